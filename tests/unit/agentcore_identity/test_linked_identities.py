import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from localcloud.agentcore.identity.linked import ServiceIdentities
from localcloud.agentcore.model import Gateway, Status, Target
from localcloud.agentcore.runtime.model import Runtime
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.store import GatewayStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://app.example.com/done"


@pytest.mark.fidelity("identity.workload.linked")
def test_an_identity_comes_and_goes_with_its_gateway_or_runtime() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        gateways, runtimes = GatewayStore(database), RuntimeStore(database)
        identities = ServiceIdentities(gateways, runtimes)
        assert identities.all() == ()

        gateways.put_gateway(Gateway("pets-0000000001", "pets", {}, Status.READY, NOW, NOW))
        runtimes.put_runtime(Runtime("faq-0000000002", "faq", NOW))
        assert [one.name for one in identities.all()] == ["pets-0000000001", "faq-0000000002"]
        for one in identities.all():
            assert one.linked
            assert identities.find(one.name) == one

        gateways.delete_gateway("pets-0000000001")
        runtimes.delete_runtime("faq-0000000002")
        assert identities.all() == ()
        assert identities.find("pets-0000000001") is None


def test_people_come_back_to_where_a_gateways_targets_say() -> None:
    provider = {"oauthCredentialProvider": {"providerArn": "a", "defaultReturnUrl": URL}}
    configurations = [{"credentialProviderType": "OAUTH", "credentialProvider": provider}]
    with closing(sqlite3.connect(":memory:")) as database:
        gateways = GatewayStore(database)
        gateways.put_gateway(Gateway("pets-0000000001", "pets", {}, Status.READY, NOW, NOW))
        for number, config in enumerate(
            ({}, {"credentialProviderConfigurations": configurations}, {})
        ):
            target = Target(str(number), "pets-0000000001", "t", config, Status.READY, NOW, NOW)
            gateways.put_target(target)
        identities = ServiceIdentities(gateways, RuntimeStore(database))
        found = identities.find("pets-0000000001")
    assert found is not None
    assert found.return_urls == (URL,)

import json
from datetime import timedelta
from typing import Any

import pytest

from localcloud.cloud import CloudError, Response
from tests.support.identity_plane import SCOPES, IdentityLaptop, custom
from tests.support.memory_plane import Client
from tests.support.oauth_server import (
    AUTHORIZE_URL,
    CLIENT_SECRET,
    DISCOVERY,
    ISSUER,
    TOKEN_URL,
)

MINUTE = timedelta(minutes=1)
METADATA = {"issuer": ISSUER, "authorizationEndpoint": AUTHORIZE_URL, "tokenEndpoint": TOKEN_URL}


def m2m(data: Client, token: str, **more: Any) -> str:  # noqa: ANN401 - JSON
    """Get a token for the workload itself."""
    wanted = {
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": "crm",
        "scopes": SCOPES,
        "oauth2Flow": "M2M",
    }
    answer: str = data.get_resource_oauth2_token(**wanted | more)["accessToken"]
    return answer


def configure(control: Client, **changes: Any) -> None:  # noqa: ANN401 - JSON
    control.update_oauth2_credential_provider(
        name="crm",
        credentialProviderVendor="CustomOauth2",
        oauth2ProviderConfigInput=custom(**changes),
    )


@pytest.mark.fidelity("identity.token.cache")
def test_a_token_is_kept_until_a_minute_before_its_end(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    assert m2m(data, token) == "access-1"
    assert m2m(data, token, scopes=list(reversed(SCOPES))) == "access-1"
    assert laptop.server.forms == [{"grant_type": "client_credentials", "scope": "read write"}]
    laptop.clock.pass_by(59 * MINUTE)
    fresh = data.get_workload_access_token(workloadName="desk")["workloadAccessToken"]
    assert m2m(data, fresh) == "access-2"


@pytest.mark.fidelity("identity.token.cache")
def test_other_wishes_and_other_workloads_get_other_tokens(
    laptop: IdentityLaptop, control: Client, data: Client, token: str
) -> None:
    control.create_workload_identity(name="other")
    other = data.get_workload_access_token(workloadName="other")["workloadAccessToken"]
    tokens = [
        m2m(data, token),
        m2m(data, other),
        m2m(data, token, scopes=["read"]),
        m2m(data, token, audiences=["https://api.example.com"]),
        m2m(data, token, resources=["https://api.example.com"]),
        m2m(data, token, customParameters={"tenant": "acme"}),
        m2m(data, token, forceAuthentication=True),
    ]
    assert len(set(tokens)) == len(tokens)
    assert laptop.server.forms[3]["audience"] == "https://api.example.com"
    assert laptop.server.forms[4]["resource"] == "https://api.example.com"
    assert laptop.server.forms[5]["tenant"] == "acme"


def test_a_token_that_does_not_say_how_long_it_lives_is_not_kept(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    laptop.server.lifetime_s = None
    assert [m2m(data, token), m2m(data, token)] == ["access-1", "access-2"]


@pytest.mark.parametrize("lifetime", ["NaN", "inf", "soon", -5, [60]])
def test_a_lifetime_that_makes_no_sense_is_none(
    laptop: IdentityLaptop, data: Client, token: str, lifetime: object
) -> None:
    body = json.dumps({"access_token": "odd", "expires_in": lifetime}).encode()
    laptop.cloud.answer("POST", TOKEN_URL, Response(200, {}, body))
    assert m2m(data, token) == "odd"
    rows = "SELECT count(*) FROM agentcore_identity_sealed WHERE kind = 'token'"
    assert laptop.database.execute(rows).fetchone() == (0,)


def test_tokens_survive_a_restart_and_end_with_their_provider_and_workload(
    laptop: IdentityLaptop, control: Client, token: str, data: Client
) -> None:
    assert m2m(data, token) == "access-1"
    with laptop.restarted().clients() as (_, again):
        assert m2m(again, token) == "access-1"
    configure(control)
    assert m2m(data, token) == "access-2"
    control.delete_workload_identity(name="desk")
    rows = "SELECT count(*) FROM agentcore_identity_sealed WHERE kind = 'token'"
    assert laptop.database.execute(rows).fetchone() == (0,)


@pytest.mark.fidelity("identity.oauth2.client-authentication")
@pytest.mark.parametrize(
    ("config", "methods", "basic"),
    [
        ({}, ("client_secret_basic", "client_secret_post"), True),
        ({}, ("client_secret_post",), False),
        ({"clientAuthenticationMethod": "CLIENT_SECRET_POST"}, ("client_secret_post",), False),
        ({"clientAuthenticationMethod": "CLIENT_SECRET_BASIC"}, ("client_secret_basic",), True),
        (
            {
                "oauthDiscovery": {
                    "authorizationServerMetadata": METADATA
                    | {"tokenEndpointAuthMethods": ["client_secret_post"]}
                }
            },
            ("client_secret_post",),
            False,
        ),
        (
            {"oauthDiscovery": {"authorizationServerMetadata": METADATA}},
            ("client_secret_basic",),
            True,
        ),
    ],
)
def test_the_client_says_who_it_is_as_configured_or_as_the_server_takes_it(
    laptop: IdentityLaptop,
    control: Client,
    data: Client,
    token: str,
    config: dict[str, Any],
    methods: tuple[str, ...],
    basic: bool,
) -> None:
    laptop.server.methods = methods
    configure(control, **config)
    assert m2m(data, token) == "access-1"
    assert laptop.server.basic == [basic]


@pytest.mark.fidelity("identity.oauth2.refused")
def test_a_refusal_says_the_servers_code_and_nothing_else_of_it(
    control: Client, data: Client, token: str
) -> None:
    configure(control, clientSecret="wrong")
    with pytest.raises(data.exceptions.ValidationException) as error:
        m2m(data, token)
    assert "gave no token: invalid_client" in str(error.value)
    assert CLIENT_SECRET not in str(error.value.response)


@pytest.mark.fidelity("identity.oauth2.refused")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (CloudError("login.example.com could not be reached"), "could not be reached"),
        (Response(503, {}, b"<html>"), "HTTP 503"),
        (Response(200, {}, b'{"token_type": "Bearer"}'), "HTTP 200"),
        (Response(200, {}, b'["access_token"]'), "HTTP 200"),
        (Response(400, {}, b'{"error": "made up"}'), "HTTP 400"),
    ],
)
def test_a_server_that_answers_nonsense_gives_no_token(
    laptop: IdentityLaptop, data: Client, token: str, answer: Response | Exception, said: str
) -> None:
    laptop.cloud.answer("POST", TOKEN_URL, answer)
    with pytest.raises(data.exceptions.ValidationException, match=said) as error:
        m2m(data, token)
    assert "made up" not in str(error.value)


@pytest.mark.fidelity("identity.oauth2.refused")
@pytest.mark.parametrize(
    "document",
    [
        b"not json",
        b'{"token_endpoint": "http://login.example.com/token"}',
        b'{"token_endpoint": 7}',
        b"{}",
    ],
)
def test_secrets_go_nowhere_that_is_not_safe(
    laptop: IdentityLaptop, data: Client, token: str, document: bytes
) -> None:
    laptop.cloud.answer("GET", DISCOVERY, Response(200, {}, document))
    with pytest.raises(data.exceptions.ValidationException):
        m2m(data, token)
    assert not [sent for sent in laptop.cloud.sent if sent.method == "POST"]


def test_the_servers_document_is_read_once_an_hour(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    for _ in range(3):
        m2m(data, token, forceAuthentication=True)
    assert sum(sent.url == DISCOVERY for sent in laptop.cloud.sent) == 1


@pytest.mark.parametrize("name", ["grant_type", "client_secret", "scope", "Redirect_Uri"])
def test_custom_parameters_may_not_be_those_of_the_protocol(
    data: Client, token: str, name: str
) -> None:
    with pytest.raises(data.exceptions.ValidationException, match="may not be set"):
        m2m(data, token, customParameters={name: "x"})

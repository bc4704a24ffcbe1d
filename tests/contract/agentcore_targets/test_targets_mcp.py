"""MCP servers as targets: listed, kept, synchronized, called."""

import json
from typing import Any

import pytest

from localcloud.agentcore.model import McpBinding, Status
from localcloud.agentcore.ports import Acting
from tests.support.control_plane import Client
from tests.support.mcp_servers import ENDPOINT, HOST, pet_server, served
from tests.support.targets import Gateways, Json, add_target, look, open_gateway, role_for

SERVER: Json = {"mcpServer": {"endpoint": ENDPOINT}}
DYNAMIC: Json = {"mcpServer": {"endpoint": ENDPOINT, "listingMode": "DYNAMIC"}}


@pytest.mark.fidelity("gateway.import-mcp")
@pytest.mark.fidelity("gateway.mcp-call")
@pytest.mark.parametrize("options", [{}, {"json_response": True}, {"stateless_http": True}])
def test_tools_of_a_server_are_listed_and_called(
    gateways: Gateways, client: Client, gateway_id: str, options: dict[str, bool]
) -> None:
    with served(pet_server(), **options) as gateways.cloud.origins[HOST]:
        target = add_target(gateways, client, gateway_id, SERVER)
        assert (target["status"], target.get("statusReasons")) == ("READY", None)
        assert target["lastSynchronizedAt"]

        find, lose = gateways.tools(gateway_id)
        assert (find["name"], lose["name"]) == ("Target___find_pet", "Target___lose_pet")
        assert find["description"] == "Find a pet by its name."
        assert find["inputSchema"]["required"] == ["name"]
        assert find["outputSchema"]["required"] == ["name", "legs"]

        found = gateways.call(gateway_id, "Target___find_pet", name="Nemo", legs=0)
        assert found["structuredContent"] == {"name": "Nemo", "legs": 0}
        assert json.loads(found["content"][0]["text"]) == {"name": "Nemo", "legs": 0}
        assert found["isError"] is False

        lost = gateways.call(gateway_id, "Target___lose_pet", name="Nemo")
        assert lost["isError"] is True
        assert "Nemo does not want to be lost" in lost["content"][0]["text"]


@pytest.mark.fidelity("gateway.mcp-call")
def test_arguments_are_checked_by_what_the_server_declares(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, SERVER)
        before = len(gateways.cloud.sent)
        refused = gateways.call(gateway_id, "Target___find_pet", legs=4)
        assert "Missing required field(s): 'name'" in refused["content"][0]["text"]
        assert len(gateways.cloud.sent) == before


@pytest.mark.fidelity("gateway.mcp-sign")
def test_a_server_is_asked_with_the_gateways_role_for_its_service(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, SERVER, credentials=role_for("lambda"))
        gateways.call(gateway_id, "Target___find_pet", name="Nemo")
        sent = gateways.cloud.sent_to(HOST)
    assert len(sent) > 4
    assert {each.service for each in sent} == {"lambda"}
    assert all(each.credentials is not None for each in sent)


@pytest.mark.fidelity("agentcore-control.target.synchronize")
def test_a_synchronization_fetches_what_the_server_lists_now(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    server = pet_server()
    with served(server) as gateways.cloud.origins[HOST]:
        target_id = add_target(gateways, client, gateway_id, SERVER)["targetId"]

        @server.tool()
        def feed_pet(name: str) -> str:
            """Feed a pet."""
            return name

        assert "Target___feed_pet" not in gateways.names(gateway_id)
        where = {"gatewayIdentifier": gateway_id, "targetIdList": [target_id]}
        (begun,) = client.synchronize_gateway_targets(**where)["targets"]
        assert begun["status"] == "SYNCHRONIZING"
        gateways.settle()
        synchronized = look(client, gateway_id, target_id)
        assert synchronized["status"] == "READY"
        assert "Target___feed_pet" in gateways.names(gateway_id)

    client.synchronize_gateway_targets(**where)
    gateways.settle()
    failed = look(client, gateway_id, target_id)
    assert failed["status"] == "SYNCHRONIZE_UNSUCCESSFUL"
    assert failed["statusReasons"][0].startswith("The MCP server's tools could not be listed")
    assert failed["lastSynchronizedAt"] == synchronized["lastSynchronizedAt"]
    kept = gateways.store.targets(gateway_id)[0].tools
    assert [tool.name for tool in kept] == ["find_pet", "lose_pet", "feed_pet"]


def test_a_synchronization_goes_on_after_a_restart(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        target_id = add_target(gateways, client, gateway_id, SERVER)["targetId"]
        (target,) = gateways.store.targets(gateway_id)
        changes: dict[str, Any] = {"status": Status.SYNCHRONIZING, "tools": ()}
        gateways.store.put_target(type(target)(**vars(target) | changes))

        again = gateways.restarted()
        again.resume()
        (resumed,) = again.store.targets(gateway_id)
    assert resumed.target_id == target_id
    assert resumed.status is Status.READY
    assert [tool.binding for tool in resumed.tools] == [McpBinding(ENDPOINT)] * 2


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_tools_of_a_dynamic_target_are_asked_for_when_they_are_listed(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    target = add_target(gateways, client, gateway_id, DYNAMIC, name="Live")
    assert (target["status"], "lastSynchronizedAt" in target) == ("READY", False)
    server = pet_server()
    with served(server) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, DYNAMIC, name="Second")
        add_target(gateways, client, gateway_id, SERVER, name="Kept")

        first = gateways.rpc(gateway_id, "tools/list")["result"]
        assert [tool["name"][:7] for tool in first["tools"]] == ["Kept___"] * 2
        page = gateways.rpc(gateway_id, "tools/list", cursor=first["nextCursor"])["result"]
        assert [tool["name"][:7] for tool in page["tools"]] == ["Live___"] * 2
        assert len(gateways.names(gateway_id)) == 6

        @server.tool()
        def feed_pet(name: str) -> str:
            """Feed a pet."""
            return name

        assert "Live___feed_pet" in gateways.names(gateway_id)
        fed = gateways.call(gateway_id, "Live___feed_pet", name="Nemo")
        assert fed["content"][0]["text"] == "Nemo"

    with pytest.raises(client.exceptions.ValidationException, match="listing mode DEFAULT"):
        client.synchronize_gateway_targets(
            gatewayIdentifier=gateway_id, targetIdList=[target["targetId"]]
        )
    answer = gateways.rpc(gateway_id, "tools/call", name="Gone___feed_pet", arguments={})
    assert answer["error"]["code"] == -32602


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_a_dynamic_target_whose_server_is_away_hides_no_others(
    gateways: Gateways, client: Client
) -> None:
    paging = {"mcp": {"disableMcpListToolsPagination": True}}
    gateway_id = open_gateway(gateways, client, protocolConfiguration=paging)
    away = {"mcpServer": {"endpoint": "https://away.example/mcp", "listingMode": "DYNAMIC"}}
    add_target(gateways, client, gateway_id, away, name="Away")
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, DYNAMIC, name="Live")
        listed = gateways.rpc(gateway_id, "tools/list")["result"]
    assert [tool["name"][:7] for tool in listed["tools"]] == ["Live___"] * 2
    assert "nextCursor" not in listed
    failed = gateways.call(gateway_id, "Away___anything")
    assert failed["isError"] is True


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_a_gateway_that_searches_takes_no_dynamic_target(
    gateways: Gateways, client: Client
) -> None:
    searching = {"mcp": {"searchType": "SEMANTIC"}}
    gateway_id = open_gateway(gateways, client, protocolConfiguration=searching)
    with pytest.raises(client.exceptions.ValidationException, match="listing mode DYNAMIC"):
        add_target(gateways, client, gateway_id, DYNAMIC)


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_a_dynamic_target_waits_for_nobodys_consent(
    client: Client, gateways: Gateways, gateway_id: str
) -> None:
    provider = BY_USER["oauthCredentialProvider"] | {"grantType": "AUTHORIZATION_CODE"}
    credentials = {
        "credentialProviderType": "OAUTH",
        "credentialProvider": {"oauthCredentialProvider": provider},
    }
    with pytest.raises(client.exceptions.ValidationException, match="listing mode DYNAMIC"):
        add_target(gateways, client, gateway_id, DYNAMIC, credentials=credentials)


@pytest.mark.fidelity("gateway.mcp-static")
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_static_schema_is_listed_without_asking_the_server(
    gateways: Gateways, client: Client, gateway_id: str, wrapped: bool
) -> None:
    tools = [{"name": "find_pet", "description": "Finds", "inputSchema": {"type": "object"}}]
    payload = json.dumps({"tools": tools} if wrapped else tools)
    server = {"endpoint": ENDPOINT, "mcpToolSchema": {"inlinePayload": payload}}
    target = add_target(gateways, client, gateway_id, {"mcpServer": server})
    assert (target["status"], "lastSynchronizedAt" in target) == ("READY", False)
    assert gateways.names(gateway_id) == ["Target___find_pet"]
    assert gateways.cloud.sent == []
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        found = gateways.call(gateway_id, "Target___find_pet", name="Nemo")
    assert found["structuredContent"] == {"name": "Nemo", "legs": 4}


@pytest.mark.fidelity("gateway.mcp-session")
def test_a_session_serves_many_calls_and_is_begun_anew_when_it_has_ended(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, SERVER)
        for _ in range(3):
            gateways.call(gateway_id, "Target___find_pet", name="Nemo")
        sent = gateways.cloud.sent_to(HOST)
        assert [b'"initialize"' in each.content for each in sent].count(True) == 2
        calls = [each for each in sent if b"tools/call" in each.content]
        assert len({each.headers["mcp-session-id"] for each in calls}) == 1
    with served(pet_server()) as gateways.cloud.origins[HOST]:  # knows no session of the other
        found = gateways.call(gateway_id, "Target___find_pet", name="Nemo")
    assert found["structuredContent"]["name"] == "Nemo"


class Keys:
    """Credential providers that give a key, or a token in the name of whoever asks."""

    async def api_key(self, acting: Acting, provider_arn: str) -> str:
        return f"key-of-{acting.gateway.name}"

    async def oauth_token(self, acting: Acting, config: Json, *, fresh: bool) -> str:
        return f"token-for-{acting.user_token}"


PROVIDER = "arn:aws:bedrock-agentcore:us-east-1:123456789012:token-vault/default/provider/x"
BY_KEY = {
    "apiKeyCredentialProvider": {"providerArn": PROVIDER, "credentialParameterName": "x-api-key"}
}
BY_USER: Json = {
    "oauthCredentialProvider": {
        "providerArn": PROVIDER,
        "scopes": [],
        "grantType": "TOKEN_EXCHANGE",
    }
}


@pytest.mark.fidelity("gateway.mcp-session")
@pytest.mark.parametrize(
    ("credentials", "header", "sessions"),
    [
        (
            {"credentialProviderType": "API_KEY", "credentialProvider": BY_KEY},
            ("x-api-key", "key-of-PetStore"),
            2,
        ),
        (
            {"credentialProviderType": "OAUTH", "credentialProvider": BY_USER},
            ("Authorization", "Bearer token-for-None"),
            3,
        ),
    ],
)
def test_a_server_gets_the_targets_credentials_and_nobody_the_session_of_a_person(
    gateways: Gateways, credentials: Json, header: tuple[str, str], sessions: int
) -> None:
    keyed = Gateways(gateways.loop, gateways.cloud, credentials=Keys())
    with keyed.client() as client, served(pet_server()) as keyed.cloud.origins[HOST]:
        gateway_id = open_gateway(keyed, client)
        add_target(keyed, client, gateway_id, SERVER, credentials=credentials)
        for _ in range(2):
            found = keyed.call(gateway_id, "Target___find_pet", name="Nemo")
            assert found["isError"] is False
        sent = keyed.cloud.sent_to(HOST)
    assert {each.headers[header[0]] for each in sent} == {header[1]}
    assert [b'"initialize"' in each.content for each in sent].count(True) == sessions
    keyed.database.close()

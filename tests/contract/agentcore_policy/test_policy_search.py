"""Searching for tools finds what the caller could still be allowed, and nothing else."""

import json

import pytest

from localcloud.agentcore.gateway.search.tool import NAME as SEARCH
from localcloud.agentcore.model import JsonObject
from tests.contract.agentcore_policy.test_policy_lists import BY_TENANT
from tests.support.policy_plane import OPEN, Desk

pytestmark = pytest.mark.fidelity("gateway.search-policy")


@pytest.fixture
def searchable(desk: Desk) -> Desk:
    """Return the desk with the search tool."""
    semantic = {"protocolConfiguration": {"mcp": {"searchType": "SEMANTIC"}}}
    desk.control.update_gateway(gatewayIdentifier=desk.gateway_id, **desk.wanted | semantic)
    desk.laptop.settle()
    return desk


def search(desk: Desk, query: str, **who: object) -> JsonObject:
    params = {"name": SEARCH, "arguments": {"query": query}}
    result: JsonObject = json.loads(desk.rpc("tools/call", params, **who).body)["result"]
    return result


def found(desk: Desk, query: str, **who: object) -> list[str]:
    tools = search(desk, query, **who)["structuredContent"]["tools"]
    return [tool["name"].partition("___")[2] for tool in tools]


def test_two_tenants_find_what_is_theirs(searchable: Desk) -> None:
    searchable.policy("Acme", BY_TENANT.format(tool="lookup_customer", tenant="acme"))
    searchable.policy("Globex", BY_TENANT.format(tool="delete_customer", tenant="globex"))
    for query in ("erase a client", "find a client"):
        assert found(searchable, query, tenant="acme") == ["lookup_customer"]
        assert found(searchable, query, tenant="globex") == ["delete_customer"]
        assert found(searchable, query) == []


def test_a_policy_is_seen_by_the_next_search(searchable: Desk) -> None:
    searchable.policy("Everything", OPEN)
    assert found(searchable, "give them their money back")[0] == "refund"
    searchable.policy(
        "NoRefunds",
        'forbid(principal, action == AgentCore::Action::"Support___refund", resource == GATEWAY);',
    )
    names = found(searchable, "give them their money back")
    assert sorted(names) == ["create_case", "delete_customer", "lookup_customer"]


def test_the_search_tool_itself_needs_no_permit(searchable: Desk) -> None:
    names = [
        tool["name"] for tool in json.loads(searchable.rpc("tools/list").body)["result"]["tools"]
    ]
    assert names == [SEARCH]
    assert search(searchable, "anything")["isError"] is False


def test_policies_that_cannot_be_asked_fail_a_search(searchable: Desk) -> None:
    searchable.policy("Everything", OPEN)
    searchable.laptop.cloud.denied.append(("bedrock-agentcore:PartiallyAuthorizeActions", "*"))
    result = search(searchable, "anything")
    assert result["isError"] is True
    assert result["content"][0]["text"] == "InternalServerException - Policy evaluation failed"

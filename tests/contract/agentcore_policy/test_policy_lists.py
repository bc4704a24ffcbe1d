"""`tools/list` shows what a caller could still be allowed; two tenants on one gateway."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from localcloud.agentcore.gateway import Choices
from localcloud.cloud import Request, Response
from tests.support.asgi import ask
from tests.support.control_plane import FakeImporter
from tests.support.planes import opened
from tests.support.policy_plane import OPEN, Desk, PolicyLaptop, tool

BY_TENANT = """
permit(principal is AgentCore::OAuthUser,
  action == AgentCore::Action::"Support___{tool}", resource == GATEWAY)
when {{ principal.hasTag("tenant") && principal.getTag("tenant") == "{tenant}" }};"""
NOT_CRITICAL = """
permit(principal is AgentCore::OAuthUser,
  action == AgentCore::Action::"Support___create_case", resource == GATEWAY)
when { context.input.priority != "Critical" };"""
CUSTOMER = {"customer_id": "c-1"}
MANY = tuple(tool(f"tool_{number:02}", f"Number {number}") for number in range(25))
EVEN = [one.name for one in MANY[::2]]


@pytest.fixture
def paged() -> Iterator[Desk]:
    """Return a gateway of 25 tools, ten a page, of which 13 may be called."""
    make = partial(PolicyLaptop, importer=FakeImporter(MANY), choices=Choices(page_size=10))
    with opened(make) as laptop, laptop.client() as control:
        desk = Desk(laptop, control)
        actions = ", ".join(f'AgentCore::Action::"Support___{name}"' for name in EVEN)
        desk.policy("Even", f"permit(principal, action in [{actions}], resource == GATEWAY);")
        yield desk


def page(desk: Desk, cursor: str | None = None) -> tuple[list[str], str | None]:
    params = {} if cursor is None else {"cursor": cursor}
    result = json.loads(desk.rpc("tools/list", params).body)["result"]
    names = [one["name"].partition("___")[2] for one in result["tools"]]
    return names, result.get("nextCursor")


@pytest.mark.fidelity("agentcore-policy.list")
def test_tools_that_are_denied_whatever_the_arguments_are_hidden(desk: Desk) -> None:
    desk.policy("NotCritical", NOT_CRITICAL)
    assert desk.listed() == ["create_case"]


@pytest.mark.fidelity("agentcore-policy.list")
def test_a_tool_that_is_forbidden_to_all_is_hidden_from_all(desk: Desk) -> None:
    desk.policy("Everything", OPEN)
    desk.policy(
        "NobodyDeletes",
        'forbid(principal, action == AgentCore::Action::"Support___delete_customer", '
        "resource == GATEWAY);",
    )
    assert desk.listed() == ["lookup_customer", "create_case", "refund"]


@pytest.mark.fidelity("agentcore-policy.list")
def test_two_tenants_see_and_call_what_is_theirs(desk: Desk) -> None:
    desk.policy("Acme", BY_TENANT.format(tool="lookup_customer", tenant="acme"))
    desk.policy("Globex", BY_TENANT.format(tool="delete_customer", tenant="globex"))
    for _ in range(2):  # the second time from what was kept
        assert desk.listed(tenant="acme") == ["lookup_customer"]
        assert desk.listed(tenant="globex") == ["delete_customer"]
        assert desk.listed() == []
    assert desk.allows("lookup_customer", CUSTOMER, tenant="acme")
    assert not desk.allows("lookup_customer", CUSTOMER, tenant="globex")
    assert not desk.allows("delete_customer", CUSTOMER, tenant="acme")


def test_pages_are_full_and_hold_each_visible_tool_once(paged: Desk) -> None:
    first, cursor = page(paged)
    second, end = page(paged, cursor)
    assert (first, second, end) == (EVEN[:10], EVEN[10:], None)


def test_a_cursor_of_tools_that_are_hidden_since_is_refused(paged: Desk) -> None:
    _, cursor = page(paged)
    paged.policy("Nothing", "forbid(principal, action, resource == GATEWAY);")
    answer = json.loads(paged.rpc("tools/list", {"cursor": cursor}).body)
    assert answer["error"]["code"] == -32602
    assert page(paged) == ([], None)


@pytest.mark.fidelity("agentcore-policy.list")
def test_a_list_that_depends_on_the_time_changes_with_it(desk: Desk) -> None:
    desk.policy(
        "UntilOne",
        "permit(principal, action, resource == GATEWAY) "
        'when { context.system.now < datetime("2026-09-01T12:30:00Z") };',
    )
    assert len(desk.listed()) == 4
    desk.laptop.clock.pass_by(timedelta(minutes=30))
    assert desk.listed() == []
    assert not desk.allows("lookup_customer", CUSTOMER)


def test_tenants_that_ask_at_the_same_time_get_what_is_theirs(desk: Desk) -> None:
    desk.policy("Acme", BY_TENANT.format(tool="lookup_customer", tenant="acme"))
    desk.policy("Globex", BY_TENANT.format(tool="delete_customer", tenant="globex"))
    theirs = {"acme": "lookup_customer", "globex": "delete_customer"}
    asked = [(tenant, name) for tenant in theirs for name in theirs.values()] * 8
    requests = [
        desk.request(
            "tools/call",
            {"name": f"Support___{name}", "arguments": CUSTOMER},
            tenant=tenant,
            sub=f"{tenant}-{number}",
        )
        for number, (tenant, name) in enumerate(asked)
    ]
    answers = desk.laptop.loop.run(together(desk, requests))
    for (tenant, name), answer in zip(asked, answers, strict=True):
        assert ("result" in json.loads(answer.body)) is (theirs[tenant] == name)


async def together(desk: Desk, requests: list[Request]) -> list[Response]:
    return await asyncio.gather(*(ask(desk.laptop.gateways, one) for one in requests))


def test_a_gateway_without_an_engine_lists_everything(desk: Desk) -> None:
    wanted = {k: v for k, v in desk.wanted.items() if k != "policyEngineConfiguration"}
    desk.control.update_gateway(gatewayIdentifier=desk.gateway_id, **wanted)
    desk.laptop.settle()
    assert len(desk.listed()) == 4
    assert desk.allows("delete_customer", CUSTOMER)
    assert desk.laptop.lines() == []

"""Moves at gateways: list, search and call tools, also with what is another's."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.isolation import table
from tests.support.isolation.moves import Exchange, Move, Step, found, lost
from tests.support.isolation.people import COMPANIES, SHARED
from tests.support.isolation.world import World

type Json = dict[str, Any]

SEARCH_TOOL = "x_amz_bedrock_agentcore_search"
ACCOUNTS = ("ACC-001", "ACC-002", "acc-001", "ACC-001 ", "*")
PRIORITIES = ("Low", "Critical", "critical", "High")
STATUSES = ("In Progress", "Done", "To Do")
REFUSALS = frozenset({-32001, -32002, -32602})
FORBIDDEN = 400
"""Statuses from here on are refusals."""


def _ask(world: World, step: Step, method: str, params: Json) -> tuple[Json, Json, bool]:
    """Ask a gateway, the wrong one at times; return what was asked, the answer, if it refuses."""
    home = step.who.home
    others = [one for one in (*COMPANIES, SHARED) if one != home]
    gateway = others[step.pick % 2] if step.astray and step.pick % 4 < 2 else home
    message = {"jsonrpc": "2.0", "id": step.pick, "method": method, "params": params}
    response = world.post(gateway, step.who.token, message)
    answer: Json = json.loads(response.body)
    assert response.status < 500, answer
    refused = response.status >= FORBIDDEN or answer.get("error", {}).get("code") in REFUSALS
    if gateway != home:
        assert response.status == 401, answer
    return {"gateway": gateway, "params": params}, answer, refused


def list_tools(world: World, step: Step) -> Exchange:
    """List a page of tools, from a cursor that somebody was given."""
    cursor = found(world, "cursor", step, None) if step.pick % 3 else None
    params: Json = {} if cursor is None else {"cursor": cursor}
    asked, answer, refused = _ask(world, step, "tools/list", params)
    result = answer.get("result", {})
    lost(world, "cursor", step, result.get("nextCursor"))
    listed = {one["name"] for one in result.get("tools", [])} - {SEARCH_TOOL}
    visible = table.shown(step.who.claims)
    assert listed <= visible, (step, listed)
    if result and cursor is None and "nextCursor" not in result:
        assert listed == visible, (step, listed)
    return Exchange(asked, answer, refused)


def search_tools(world: World, step: Step) -> Exchange:
    """Look for a tool by what it does."""
    query = table.QUERIES[step.pick % len(table.QUERIES)]
    params = {"name": SEARCH_TOOL, "arguments": {"query": query}}
    asked, answer, refused = _ask(world, step, "tools/call", params)
    if not refused:
        tools = answer["result"]["structuredContent"]["tools"]
        assert {one["name"] for one in tools} == table.shown(step.who.claims), (step, tools)
    return Exchange(asked, answer, refused)


def call_unknown(world: World, step: Step) -> Exchange:
    """Call a tool that is none, or nearly one."""
    mark = world.canaries.of(step.who.mark_of("names"))
    names = (mark, f"{table.LOOKUP}\n", table.LOOKUP.lower(), "CRMTools", f"../{table.LOOKUP}")
    params = {"name": names[step.pick % len(names)], "arguments": {"account_id": mark}}
    asked, answer, refused = _ask(world, step, "tools/call", params)
    return Exchange(asked, answer, refused, may=False)


type _Arguments = Callable[[World, Step], Json]


def _mark(world: World, step: Step, kind: str) -> str:
    return world.canaries.of(step.who.mark_of(kind))


def _customer(_: World, step: Step) -> Json:
    if step.pick % 3 == 0:
        return {"name": "Jane"}
    if step.pick % 3 == 1:
        return {"email": f"acc-001@{COMPANIES[step.pick % 2]}.example"}
    return {"account_id": ACCOUNTS[step.pick % len(ACCOUNTS)]}


def _account(_: World, step: Step) -> Json:
    return {"account_id": ACCOUNTS[step.pick % len(ACCOUNTS)]}


def _case(world: World, step: Step) -> Json:
    mark = _mark(world, step, "cases")
    priority = {"priority": PRIORITIES[step.pick % len(PRIORITIES)]} if step.pick % 5 else {}
    return {"account_id": "ACC-001", "subject": mark, "description": "It is down"} | priority


def _new_ticket(world: World, step: Step) -> Json:
    return {"project_key": "OPS", "summary": _mark(world, step, "tickets"), "issue_type": "Bug"}


def _ticket(world: World, step: Step) -> Json:
    return {"ticket_id": found(world, "ticket", step, "OPS-1")}


def _change(world: World, step: Step) -> Json:
    status = STATUSES[step.pick % len(STATUSES)]
    return _ticket(world, step) | {"status": status, "comment": _mark(world, step, "tickets")}


def _message(world: World, step: Step) -> Json:
    return {"channel": "#deals", "message": f"Won: {_mark(world, step, 'messages')}"}


def _searched(_: World, step: Step) -> Json:
    narrow = {"channel": "#deals"} if step.pick % 2 else {}
    return {"query": "canary", "limit": 100} | narrow


CALLS: Mapping[str, tuple[str, _Arguments]] = {
    "look up a customer": (table.LOOKUP, _customer),
    "see opportunities": (table.OPPORTUNITIES, _account),
    "open a case": (table.CREATE_CASE, _case),
    "delete a customer": (table.DELETE, _account),
    "open a ticket": (table.CREATE_TICKET, _new_ticket),
    "read a ticket": (table.GET_TICKET, _ticket),
    "change a ticket": (table.UPDATE_TICKET, _change),
    "send a message": (table.SEND, _message),
    "search messages": (table.SEARCH, _searched),
}


def _caller(tool: str, arguments_of: _Arguments) -> Move:
    def call(world: World, step: Step) -> Exchange:
        arguments = arguments_of(world, step)
        params = {"name": tool, "arguments": arguments}
        asked, answer, refused = _ask(world, step, "tools/call", params)
        at_home = asked["gateway"] == step.who.home
        if at_home:
            world.decided.append(tool)
        result = answer.get("result", {"isError": True})
        if tool == table.CREATE_TICKET and not result["isError"]:
            made = json.loads(result["content"][0]["text"])
            lost(world, "ticket", step, made["ticket_id"])
        may = at_home and table.may_call(step.who.claims, tool, arguments)
        return Exchange(asked, answer, refused, may)

    return call


TOOL_MOVES: Mapping[str, Move] = {
    "list tools": list_tools,
    "search tools": search_tools,
    "call a tool that is none": call_unknown,
    **{name: _caller(tool, arguments) for name, (tool, arguments) in CALLS.items()},
}

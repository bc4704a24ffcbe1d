"""What clients send, tokens above all, is in no log."""

import secrets
from collections.abc import Iterator

import pytest

from tests.support import bad_tokens
from tests.support.clients.errand import GET, LIST
from tests.support.laptop import Cloud, Laptop, Stack
from tests.support.rpc import MAX_BODY_BYTES, TERSE, Gateway
from tests.support.waiting import wait


@pytest.mark.fidelity("gateway.log")
def test_no_log_has_tokens_or_what_clients_sent(cloud: Cloud, stack: Stack) -> None:
    needle = f"needle{secrets.token_hex(8)}"
    tokens = stack.tokens(cloud)
    access, others = tokens["AccessToken"], [tokens["IdToken"], tokens["RefreshToken"]]
    gateway = Gateway.of(cloud, stack, token=access)
    refused = [bad_tokens.forged(access), bad_tokens.altered(access, sub=needle), *others]
    before = invocations(cloud, stack)

    for token in (*refused, needle):
        Gateway(gateway.url, cloud, token).request("tools/call", {"name": needle})
    misuse(gateway, needle)
    reached = [gateway.call(GET, petId=pet_id) for pet_id in (f"pet-{needle}", f"{needle}!")]
    reached += [gateway.call(LIST, **{name: needle}) for name in ("type", "nextToken")]

    assert all(result["content"][0]["text"] == TERSE for result in reached)
    wait_for_invocations(cloud, stack, len(before) + len(reached))
    logs = "\n".join(written(cloud, stack))
    assert "invalid_request" in logs  # what a refusal does leave
    assert "unexpected fault" not in logs
    signatures = [token.rpartition(".")[2] for token in (access, *refused)]
    claims = [token.split(".")[1] for token in (access, *refused)]
    assert [
        secret for secret in (needle, stack.password, *signatures, *claims) if secret in logs
    ] == []


def misuse(gateway: Gateway, needle: str) -> None:
    """Put the needle wherever a client can put something, without reaching the API."""
    gateway.post(f'{{"{needle}'.encode())
    gateway.post({"jsonrpc": needle, "id": needle, "method": needle})
    gateway.post({"jsonrpc": "2.0", "id": needle, "method": needle, "params": {needle: needle}})
    gateway.post({"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers={"origin": needle})
    gateway.post(b"{}", headers={"mcp-protocol-version": needle, "content-type": needle})
    gateway.call(GET, petId=5, **{needle: needle})
    gateway.post(needle.encode() + b" " * MAX_BODY_BYTES)


def invocations(cloud: Cloud, stack: Stack) -> list[str]:
    """Return the last line of each invocation that the log of the API's function has."""
    lines = events(cloud, f"/{stack.name}/petstore")
    return [line for line in lines if line.startswith("REPORT RequestId")]


def wait_for_invocations(cloud: Cloud, stack: Stack, count: int) -> None:
    """Wait until the function's log has this many invocations; on AWS it lags behind."""
    wait(
        cloud.client("logs"),
        "FilterLogEvents",
        f"length(events) >= `{count}`",
        True,
        logGroupName=f"/{stack.name}/petstore",
        filterPattern='"REPORT RequestId"',
    )


def written(cloud: Cloud, stack: Stack) -> Iterator[str]:
    """Yield all that is in the stack's log groups and in the laptop cloud's own log."""
    pages = cloud.client("logs").get_paginator("describe_log_groups").paginate()
    for group in (group["logGroupName"] for page in pages for group in page["logGroups"]):
        if stack.name in group or isinstance(cloud, Laptop):
            yield from events(cloud, group)
    if isinstance(cloud, Laptop):
        yield cloud.settings.log_file.read_text(encoding="utf-8")


def events(cloud: Cloud, group: str) -> list[str]:
    pages = cloud.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]

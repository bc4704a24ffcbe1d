"""Clients that others wrote, with nothing but the gateway's URL, a token and `.local/env`."""

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from localcloud import process
from localcloud.settings import LOOPBACK
from localcloud.stack_file import direct_url
from tests.support.clients.errand import CALLS, GET, LIST, variables
from tests.support.laptop import ROOT, Cloud, Finished, Laptop, Stack

PROJECT = ROOT / ".venv" / "bin" / "python"
OTHERS = ROOT / ".local" / "clients" / "bin" / "python"
INSPECTOR = ROOT / ".local" / "inspector" / "node_modules" / ".bin"
SOURCES = ROOT / "tests" / "support" / "clients"
HANDSHAKES = ("2025-03-26", "2025-06-18", "2025-11-25")
NEWEST = "2026-07-28"
MODULES = "tests.support.clients"
CLIENTS = {
    **{v: (PROJECT, (f"{MODULES}.official", v), v) for v in (*HANDSHAKES, NEWEST)},
    "auto": (PROJECT, (f"{MODULES}.official", "auto"), NEWEST),
    "fastmcp": (PROJECT, (f"{MODULES}.fastmcp_client",), NEWEST),
    "langchain": (OTHERS, (f"{MODULES}.langchain_client",), None),
}
"""Interpreter, module with arguments, and the version of MCP they agree upon if they tell."""

LIST_TOOLS = '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'


def last_line(done: Finished) -> Any:  # noqa: ANN401 - any JSON
    assert done.status == 0, done.output
    return json.loads(done.output.splitlines()[-1])


def expect_both_tools(tools: list[str]) -> None:
    assert sorted(tools) == [GET, LIST]


def expect_pets(answers: dict[str, str]) -> None:
    """Check what `CALLS` were answered with."""
    assert [pet["name"] for pet in json.loads(answers[LIST])["pets"]] == ["Nemo", "Whiskers"]
    assert json.loads(answers[GET])["name"] == "Buddy"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_python_client_lists_and_calls_both_tools(
    cloud: Cloud, stack: Stack, token: str, client: str
) -> None:
    python, arguments, version = CLIENTS[client]
    command = (str(python), "-m", *arguments)
    sent = variables(stack.outputs["GatewayUrl"], token)
    report = last_line(cloud.run(*command, extra=sent))

    expect_both_tools(report["tools"])
    expect_pets(report["answers"])
    assert report["version"] == version


@pytest.mark.parametrize("era", ["legacy", "auto", "modern"])
def test_the_inspector_lists_and_calls_both_tools(
    cloud: Cloud, stack: Stack, token: str, tmp_path: Path, era: str
) -> None:
    def inspect(*arguments: str) -> dict[str, Any]:
        command = [str(INSPECTOR / "node"), str(INSPECTOR / "mcp-inspector"), "--cli"]
        command += [stack.outputs["GatewayUrl"], "--header", f"Authorization: Bearer {token}"]
        command += ["--protocol-era", era, "--format", "json", "--quiet", *arguments]
        done = cloud.run(*command, extra={"HOME": str(tmp_path)})
        result: dict[str, Any] = last_line(done)["result"]
        return result

    def call(name: str) -> str:
        given = json.dumps(CALLS[name])
        named = ("--tool-name", name, "--tool-args-json", given)
        text: str = inspect("--method", "tools/call", *named)["content"][0]["text"]
        return text

    expect_both_tools([tool["name"] for tool in inspect("--method", "tools/list")["tools"]])
    expect_pets({name: call(name) for name in CALLS})


def test_the_fetch_of_a_new_node_finds_the_gateway_through_the_proxy(
    cloud: Cloud, stack: Stack, token: str
) -> None:
    sent = variables(stack.outputs["GatewayUrl"], token)
    done = cloud.run(str(INSPECTOR / "node"), str(SOURCES / "fetch.mjs"), extra=sent)

    expect_both_tools(last_line(done))


@pytest.mark.laptop
def test_the_fetch_of_any_node_finds_the_gateway_by_its_loopback_url(
    laptop: Laptop, stack: Stack, token: str
) -> None:
    url = direct_url(stack.outputs["GatewayUrl"], laptop.settings.url)
    assert url is not None
    done = laptop.run("node", str(SOURCES / "fetch.mjs"), extra=variables(url, token))

    expect_both_tools(last_line(done))


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
def test_curl_lists_the_tools(cloud: Cloud, stack: Stack, token: str) -> None:
    headers = ("-H", "content-type: application/json", "-H", f"authorization: Bearer {token}")
    command = ("curl", "-sS", "--fail", stack.outputs["GatewayUrl"], *headers, "-d", LIST_TOOLS)

    expect_both_tools([tool["name"] for tool in last_line(cloud.run(*command))["result"]["tools"]])


@pytest.mark.laptop
def test_the_cloud_stops_though_a_client_holds_a_connection_through_its_proxy(
    other_laptop: Laptop,
) -> None:
    settings = other_laptop.settings
    with socket.create_server((LOOPBACK, 0)) as elsewhere:
        host = f"{LOOPBACK}:{elsewhere.getsockname()[1]}"
        with socket.create_connection((LOOPBACK, settings.proxy_port), timeout=30) as client:
            client.sendall(f"CONNECT {host} HTTP/1.1\r\n\r\n".encode())
            assert client.recv(1024).startswith(b"HTTP/1.1 200")
            other_laptop.client("sts").get_caller_identity()  # whose connection is kept as well

            other_laptop.stop()

    assert process.running(settings) is None

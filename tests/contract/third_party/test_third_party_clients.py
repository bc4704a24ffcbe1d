"""The clients of docs/integrate.md against an API that refuses, fails and falls silent."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.ask_api import FAULT, KEY, TOO_MANY, Answer, AskApi, Silence
from tests.support.third_party import CLIENTS, command, files, lines_of_curl

WAIT_S = 60
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
SHORT_TRY = {
    "python": {"TRY_S = 35.0": "TRY_S = 1.0"},
    "node": {"TRY_MS = 35_000": "TRY_MS = 1_000"},
    "csharp": {"FromSeconds(35)": "FromSeconds(1)"},
    "curl": {"try_s=35": "try_s=1"},
}
SHORT_PAUSES = {
    "python": {
        "FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0": "FIRST_PAUSE_S, LONGEST_PAUSE_S = 0, 0"
    },
    "node": {"FIRST_PAUSE_MS = 500": "FIRST_PAUSE_MS = 0"},
    "csharp": {"FirstPauseMs = 500": "FirstPauseMs = 0"},
    "curl": {"first_pause_ms=500": "first_pause_ms=1"},
}

each_client = pytest.mark.parametrize("client", CLIENTS)


@dataclass(frozen=True)
class Told:
    """How a client ended, and what it printed."""

    status: int
    output: str
    errors: str


def tell(asking: tuple[str, ...], base: str, *arguments: str, key: str = KEY) -> Told:
    """Run a client."""
    kept = {name: value for name, value in os.environ.items() if name not in PROXIES}
    done = subprocess.run(
        [*asking, *arguments],
        env={**kept, "URL": f"{base}/invoke", "KEY": key},
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def run(
    client: str, folder: Path, api: AskApi, *arguments: str, key: str = KEY, **changes: str
) -> Told:
    asking = command(client, folder, changes)
    with api.serve() as base:
        return tell(asking, base, *(arguments or ("One?",)), key=key)


def gaps_s(api: AskApi) -> list[float]:
    """Return how long each question came after the one before it, in seconds."""
    return [b.at_s - a.at_s for a, b in zip(api.asked, api.asked[1:], strict=False)]


@each_client
def test_a_client_asks_again_after_429_and_500_and_waits_as_long_as_it_is_told(
    client: str, tmp_path: Path
) -> None:
    api = AskApi(Answer(429, TOO_MANY.body, {"Retry-After": "1"}), FAULT)
    told = run(client, tmp_path, api, "Grüße, “One”?", "thread-7")

    assert told.status == 0, told.errors
    reply = json.loads(told.output)
    assert reply["result"] == "You asked: Grüße, “One”?"
    assert (reply["thread_id"], reply["sources"][0]["score"]) == ("thread-7", 0.91)
    assert [one.body for one in api.asked] == [
        {"prompt": "Grüße, “One”?", "thread_id": "thread-7"}
    ] * 3
    waited_s, _ = gaps_s(api)
    assert waited_s >= 1


@each_client
def test_a_client_begins_a_thread_by_naming_none(client: str, tmp_path: Path) -> None:
    api = AskApi()

    assert run(client, tmp_path, api).status == 0
    assert api.asked[0].body == {"prompt": "One?"}
    assert api.asked[0].headers["content-type"].startswith("application/json")


@each_client
@pytest.mark.parametrize("status", [400, 404, 413])
def test_a_client_does_not_ask_again_what_is_wrong(
    client: str, tmp_path: Path, status: int
) -> None:
    api = AskApi(Answer(status, {"error": "prompt: too long"}))
    told = run(client, tmp_path, api)

    assert (told.status, told.output, len(api.asked)) == (1, "", 1)
    assert f"{status}: " in told.errors
    assert "prompt: too long" in told.errors


@each_client
def test_a_client_with_a_wrong_key_stops_and_does_not_tell_it(client: str, tmp_path: Path) -> None:
    api = AskApi()
    told = run(client, tmp_path, api, key="wrong-key")

    assert (told.status, len(api.asked)) == (1, 1)
    assert "403" in told.errors
    assert "wrong-key" not in told.errors


@each_client
def test_a_client_does_not_wait_beyond_its_deadline(client: str, tmp_path: Path) -> None:
    api = AskApi(Answer(503, {"error": "x"}, {"Retry-After": "600"}))
    told = run(client, tmp_path, api)

    assert (told.status, len(api.asked)) == (1, 1)
    assert "503" in told.errors


@each_client
def test_a_client_gives_up_after_five_tries(client: str, tmp_path: Path) -> None:
    api = AskApi(*[FAULT] * 6)
    told = run(client, tmp_path, api, **SHORT_PAUSES[client])

    assert (told.status, len(api.asked)) == (1, 5)
    assert "500" in told.errors


@each_client
def test_a_client_does_not_wait_for_silence(client: str, tmp_path: Path) -> None:
    api = AskApi(Silence())
    told = run(client, tmp_path, api, **{**SHORT_TRY[client], **SHORT_PAUSES[client]})

    assert told.status == 0, told.errors
    assert len(api.asked) == 2


@each_client
def test_a_client_tells_when_nobody_listens(client: str, tmp_path: Path) -> None:
    asking = command(client, tmp_path, SHORT_PAUSES[client])
    with AskApi().serve() as base:
        pass
    told = tell(asking, base, "One?")

    assert told.status == 1
    assert "no answer: 0" in told.errors


def test_the_lines_of_curl_get_an_answer_and_a_stream() -> None:
    whole, streamed = lines_of_curl()
    with AskApi().serve() as base:
        assert json.loads(tell(("bash", "-c", whole), base).output)["result"].startswith("You")
        events = tell(("bash", "-c", streamed), base).output.split("\n\n")

    kinds = [json.loads(one.removeprefix("data: "))["type"] for one in events if one]
    assert kinds[-1] == "result"
    assert set(kinds[:-1]) == {"delta"}


def test_the_page_holds_the_clients_and_nothing_else() -> None:
    assert set(files()) == {client.file for client in CLIENTS.values()}

"""What the check of the sample events makes of files, outcomes and the container engine."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Network
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import httpx
import pytest

from localcloud.certificates import Authority
from scripts import check_events
from scripts.check_events import report
from scripts.event_check.cases import NOBODY, Case, Names, Run, read_all, replaced
from scripts.event_check.doors import Answers, Relay
from scripts.event_check.engine import Bridge, NoEngine, bridge
from scripts.event_check.invoke import Invoked, command, returned_by
from tests.support.expectations import differences

LOOPBACK = Bridge("127.0.0.1", IPv4Network("127.0.0.0/8"))
NOWHERE = Names({}, {})
TABLE = Names({"PetsTable": "events-PetsTable-1X2Y"}, {"PetsTable": "pets"})


def case(**members: Any) -> Case:  # noqa: ANN401
    return Case(
        **{"name": "f/c", "event": {}, "function": "F", "needs": {}, "returns": {}, **members}
    )


ANSWERED = case(
    event={"ResponseURL": NOBODY, "ResourceProperties": {"TableName": "pets", "Kind": "petshop"}},
    needs={"PetsTable": "pets"},
    returns={"status": "SUCCESS"},
    answers={"Status": "SUCCESS", "PhysicalResourceId": "seeds-of-pets"},
    unanswered={"errorType": "NotDelivered"},
)
HEARD, UNHEARD = ANSWERED.runs()


# --- comparing ---------------------------------------------------------------------------------


def test_what_is_not_expected_may_be_there_in_objects() -> None:
    assert differences({"a": 1}, {"a": 1, "b": 2}) == []


def test_lists_are_compared_whole() -> None:
    assert differences({"a": [1]}, {"a": [1, 2]}) == ["$.a: expected [1], got [1, 2]"]


def test_null_stands_for_absent() -> None:
    assert differences({"a": None}, {}) == []
    assert differences({"a": None}, {"a": 1}) == ["$.a: expected None, got 1"]


def test_a_body_is_compared_as_the_json_it_says() -> None:
    assert differences({"body": {"x": 1}}, {"body": '{"y": 2, "x": 1}'}) == []
    assert differences({"body": {"x": 1}}, {"body": '{"x": 2}'}) == ["$.body.x: expected 1, got 2"]


def test_every_difference_is_named_with_its_place() -> None:
    found = differences({"a": [{"b": 1}], "c": {"d": 2}}, {"a": [{"b": 0}], "c": "text"})
    assert found == ["$.a[0].b: expected 1, got 0", "$.c: expected an object, got 'text'"]


# --- files and runs ----------------------------------------------------------------------------


def write(folder: Path, name: str, expected: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text('{"n": 1}')
    (folder / f"{name}.expected.json").write_text(json.dumps(expected))


def test_cases_are_read_by_name(tmp_path: Path) -> None:
    for name in ("two", "one"):
        write(tmp_path / "shop", name, {"function": "F", "needs": {}, "returns": {"a": 1}})
    assert [case.name for case in read_all(tmp_path)] == ["shop/one", "shop/two"]


def test_an_event_without_an_expectation_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "one.json").write_text("{}")
    with pytest.raises(FileNotFoundError):
        read_all(tmp_path)


def test_an_expectation_with_a_member_that_means_nothing_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "shop", "one", {"function": "F", "needs": {}, "returns": {}, "return": 1})
    with pytest.raises(TypeError):
        read_all(tmp_path)


@pytest.mark.parametrize(
    ("returns", "good"),
    [
        ({"statusCode": 204}, True),
        ({"statusCode": 404}, False),
        ({"status": "STARTED"}, True),
        ({"status": "FAILED"}, False),
        ({"next": "apply"}, True),
        ({"errorType": "UnknownStep"}, False),
    ],
)
def test_a_case_is_good_if_what_is_asked_for_is_done(returns: dict[str, Any], good: bool) -> None:
    assert case(returns=returns).good is good


def test_what_answers_is_run_with_a_listener_and_without() -> None:
    assert [(run.name, run.heard) for run in ANSWERED.runs()] == [
        ("f/c", True),
        ("f/c (nobody listens)", False),
    ]
    assert [run.name for run in case().runs()] == ["f/c"]


def test_real_names_and_addresses_take_the_places_of_whole_texts_alone() -> None:
    properties = {"TableName": "events-PetsTable-1X2Y", "Kind": "petshop"}
    url = "https://192.0.2.1:5/f/c"
    assert HEARD.event(TABLE, url) == {"ResponseURL": url, "ResourceProperties": properties}
    assert UNHEARD.event(TABLE, url) == {"ResponseURL": NOBODY, "ResourceProperties": properties}


def test_texts_are_replaced_however_deep_they_are() -> None:
    assert replaced({"a": ["x", {"b": "x"}], "c": 1}, {"x": "y"}) == {
        "a": ["y", {"b": "y"}],
        "c": 1,
    }


def test_an_outcome_is_compared_by_the_names_of_the_file() -> None:
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "seeds-of-events-PetsTable-1X2Y"}
    assert HEARD.differences({"status": "SUCCESS"}, answer, TABLE) == []


def test_an_answer_that_never_came_is_a_difference() -> None:
    found = HEARD.differences({"status": "SUCCESS"}, None, TABLE)
    assert found == ["$.answers: expected an object, got None"]


def test_with_nobody_listening_the_error_is_what_counts() -> None:
    assert UNHEARD.differences({"errorType": "NotDelivered"}, None, TABLE) == []
    found = UNHEARD.differences({"status": "SUCCESS"}, None, TABLE)
    assert found == ["$.unanswered.errorType: expected 'NotDelivered', got None"]


def test_what_is_no_json_is_a_difference() -> None:
    run = Run(case(returns={"next": "apply"}), heard=False)
    assert run.differences("", None, NOWHERE) == ["$.returns: expected an object, got ''"]


def test_the_command_uses_an_image_that_is_there_and_otherwise_pulls() -> None:
    files = {"template": Path("t"), "variables": Path("v"), "event": Path("e")}
    pulling = command("F", **files, image=None, overrides="Architecture=arm64")
    assert pulling == [
        *("sam", "local", "invoke", "F", "--template-file", "t", "--env-vars", "v"),
        *("--event", "e", "--parameter-overrides", "Architecture=arm64"),
    ]
    there = command("F", **files, image="base:1", overrides="Architecture=arm64")
    assert there == [*pulling, "--skip-pull-image", "--invoke-image", "base:1"]


def test_the_report_of_what_went_wrong_has_the_differences_and_the_end_of_the_log() -> None:
    log = "\n".join(f"line {number}" for number in range(100))
    assert report("f/c", Invoked({}, 3.21, log), []) == "ok         3.2 s  f/c"
    lines = report("f/c", Invoked({}, 3.21, log), ["$.a: expected 1, got 2"]).splitlines()
    assert lines[:2] == ["differs    3.2 s  f/c", "          $.a: expected 1, got 2"]
    assert lines[-1] == "          | line 99"
    assert len(lines) == 2 + check_events.LOG_LINES


# --- the engine and the doors ------------------------------------------------------------------


@pytest.fixture
def engine() -> Iterator[ThreadingHTTPServer]:
    """Stand in for an engine: `networks` says what it knows."""

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(NETWORKS).encode()
            self.send_response(200 if self.path == "/networks/bridge" else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


NETWORKS = {"IPAM": {"Config": [{"Subnet": "10.88.0.0/16", "Gateway": "10.88.0.1"}]}}


def test_the_engine_says_where_containers_find_this_machine(engine: ThreadingHTTPServer) -> None:
    found = bridge(f"tcp://127.0.0.1:{engine.server_port}")
    assert found == Bridge("10.88.0.1", IPv4Network("10.88.0.0/16"))


def test_an_engine_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoEngine, match="DOCKER_HOST"):
        bridge(f"unix://{tmp_path}/no.sock")


def test_the_check_ends_with_one_message_when_there_is_no_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    built = tmp_path / "template.yaml"
    built.touch()
    monkeypatch.setattr(check_events, "BUILT_TEMPLATE", built)
    assert check_events.main([]) == 1
    assert capsys.readouterr().err.startswith(f"No container engine answers at unix://{tmp_path}")


def test_a_name_that_no_event_has_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_events.main(["petstore/dance"]) == 1
    assert capsys.readouterr().err == "No event has such a name.\n"


def test_answers_are_taken_over_tls_and_kept_by_path(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    now = datetime.now(UTC)
    authority.ensure(now=now, system_bundle=None)
    trust = ssl.create_default_context(cafile=str(authority.certificate_file))
    answers = Answers(LOOPBACK, authority.context_for("127.0.0.1", now=now))
    with answers.open():
        url = f"{answers.url('/f/c')}?X-Amz-Signature=presigned"
        assert (
            httpx.put(url, json={"Status": "SUCCESS"}, verify=trust, timeout=5).status_code == 200
        )
    assert answers.taken == {"/f/c": {"Status": "SUCCESS"}}


class Echo(StreamRequestHandler):
    def handle(self) -> None:
        """Send the first line back."""
        self.wfile.write(self.rfile.readline())


def test_a_relay_leads_containers_to_a_port_of_loopback() -> None:
    with ThreadingTCPServer(("127.0.0.1", 0), Echo) as upstream:
        thread = threading.Thread(target=upstream.serve_forever)
        thread.start()
        relay = Relay(LOOPBACK, upstream.server_address[1])
        with relay.open():
            assert said(relay.server_address[1], b"hello\n") == b"hello\n"
        upstream.shutdown()
        thread.join()


def test_a_door_turns_others_than_containers_away() -> None:
    elsewhere = Bridge("127.0.0.1", IPv4Network("192.0.2.0/24"))
    relay = Relay(elsewhere, 1)
    with relay.open():
        assert said(relay.server_address[1], b"hello\n") == b""


def said(port: int, line: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(line)
        try:
            return connection.recv(100)
        except ConnectionResetError:
            return b""


def test_what_is_streamed_is_read_as_status_headers_and_body() -> None:
    streamed = '{"statusCode": 200, "headers": {"a": "b"}}' + "\0" * 8 + "data: 1\n\n"
    whole = {"statusCode": 200, "headers": {"a": "b"}, "body": "data: 1\n\n"}
    assert returned_by(streamed) == whole
    assert returned_by('{"a": 1}') == {"a": 1}
    assert returned_by("no JSON") == "no JSON"

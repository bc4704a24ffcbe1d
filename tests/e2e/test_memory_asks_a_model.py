"""A laptop cloud whose memories ask a model of Groq's, which a server of the test stands in for."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.support.laptop import Laptop
from tests.support.memory_model import MODEL, Body, completion, serve_groq
from tests.support.memory_plane import OCCURRED, said
from tests.support.memory_records import SEMANTIC
from tests.support.waiting import wait

pytestmark = pytest.mark.laptop

FACT = "The user lives in Munich."
WAIT_S = 30.0


@pytest.fixture
def home(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Laptop]:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_secret")
    monkeypatch.setenv("GROQ_API_BASE", httpserver.url_for("").rstrip("/"))
    laptop = Laptop(tmp_path, memory_model=f"groq:{MODEL}")
    yield laptop
    laptop.stop()


def make_memory(laptop: Laptop) -> str:
    control = laptop.client("bedrock-agentcore-control")
    made = control.create_memory(name="Long", eventExpiryDuration=30, memoryStrategies=[SEMANTIC])
    memory_id: str = made["memory"]["id"]
    wait(control, "get_memory", "memory.status", "ACTIVE", memoryId=memory_id)
    return memory_id


def tell(data: Any, memory_id: str, text: str) -> None:  # noqa: ANN401 - a boto3 client
    data.create_event(
        memoryId=memory_id,
        actorId="ann",
        sessionId="monday",
        eventTimestamp=OCCURRED,
        payload=[said(text)],
    )


def until_saved(laptop: Laptop, never: threading.Event) -> None:
    """Wait until a job is on the disk: what a cloud did half a second ago may not be there yet."""
    deadline_s = time.monotonic() + WAIT_S
    with closing(sqlite3.connect(f"file:{laptop.settings.database}?mode=ro", uri=True)) as disk:
        while not disk.execute("SELECT count(*) FROM agentcore_memory_jobs").fetchone()[0]:
            assert time.monotonic() < deadline_s
            never.wait(0.05)


@pytest.mark.fidelity("memory.extraction.model")
def test_what_was_being_asked_when_the_cloud_was_killed_is_asked_again(
    home: Laptop, httpserver: HTTPServer
) -> None:
    asked, killed = threading.Event(), threading.Event()

    def answer(_: Body) -> Response:
        asked.set()
        killed.wait(WAIT_S)
        return completion(json.dumps([{"fact": FACT}]))

    serve_groq(httpserver, answer)
    home.start()
    memory_id = make_memory(home)
    tell(home.client("bedrock-agentcore"), memory_id, "I have a flat in Munich.")
    assert asked.wait(WAIT_S)
    until_saved(home, killed)

    home.kill()
    killed.set()
    home.start()

    data = home.client("bedrock-agentcore")
    found = {"memoryId": memory_id, "namespace": "/facts/ann/"}
    place = "memoryRecordSummaries[0].content.text"
    wait(data, "list_memory_records", place, FACT, **found)
    criteria = {"searchQuery": "Where is the user's home?"}
    reply = data.retrieve_memory_records(**found, searchCriteria=criteria)
    assert [one["content"]["text"] for one in reply["memoryRecordSummaries"]] == [FACT]
    assert len(httpserver.log) == 2
    log = home.settings.log_file.read_text(encoding="utf-8")
    assert not [secret for secret in ("Munich", "gsk_secret") if secret in log]

"""What `make demo` shows of the FAQ agent: a third party with an API key and curl alone."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

STACK_FILE = Path(".local") / "stack.json"
TIMEOUT_S = 35
"""More than API Gateway's 29 s: what is shown is its answer, not curl's."""


class DoorFailed(Exception):
    """The public API did not answer as it should."""

    code = "DoorFailed"


@dataclass(frozen=True)
class Reply:
    """What curl printed: the HTTP status and the JSON body, and how long it took."""

    status: int
    body: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class Asked:
    """A question, and what its answer must quote: words of it, and the entry it comes from."""

    prompt: str
    words: Sequence[str]
    source: str


class Door:
    """The public API, by curl. The key goes to it by standard input, so that no `ps` shows it."""

    def __init__(self, url: str, key: str) -> None:
        """Take the URL of `POST /invoke` and the API key."""
        self._url, self._key = url, key

    @classmethod
    def of_stack(cls) -> "Door":
        """Read `.local/stack.json`, which is for this user alone."""
        stack = json.loads(STACK_FILE.read_text(encoding="utf-8"))
        return cls(stack["outputs"]["AgentApiUrl"], stack["apiKey"])

    def post(self, body: Mapping[str, Any], *, key: str | None = None) -> Reply:
        """Send a body with the key, or with another; print the command as a reader would type it.

        Raises:
            DoorFailed: curl got no answer.
        """
        sent = json.dumps(body)
        shown = "$KEY" if key is None else key
        print(f'$ curl -H "x-api-key: {shown}" -H "content-type: application/json" \\')
        print(f"    -d '{sent}' \\\n    {self._url}")
        command = ["curl", "--silent", "--show-error", "--max-time", str(TIMEOUT_S)]
        command += ["--header", "@-", "--data", sent, self._url]
        command += ["--write-out", "\n%{http_code} %{time_total}"]
        headers = f"x-api-key: {self._key if key is None else key}\ncontent-type: application/json"
        done = subprocess.run(  # noqa: S603 - a fixed program, arguments not through a shell
            command, input=headers, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise DoorFailed(done.stderr.strip())
        text, _, measured = done.stdout.rpartition("\n")
        status, seconds = measured.split()
        reply = Reply(int(status), json.loads(text), float(seconds))
        print(f"HTTP {reply.status} after {reply.seconds:.2f} s\n{_pretty(reply.body)}\n")
        return reply


def _pretty(body: Mapping[str, Any]) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def require_answer(reply: Reply, asked: Asked) -> None:
    """See that an answer quotes what it should.

    Raises:
        DoorFailed: it does not.
    """
    if reply.status != HTTPStatus.OK:
        raise DoorFailed(f"{asked.prompt!r} was answered with {reply.status}")
    missing = [word for word in asked.words if word not in reply.body["result"]]
    sources = [one["question"] for one in reply.body["sources"]]
    if missing or asked.source not in sources:
        raise DoorFailed(f"{asked.prompt!r}: {missing} missing, sources {sources}")


def require_refusal(reply: Reply, status: int, body: Mapping[str, Any]) -> None:
    """See that a refusal has its status and, whole, its body.

    Raises:
        DoorFailed: it does not.
    """
    if (reply.status, dict(reply.body)) != (status, dict(body)):
        raise DoorFailed(f"{status} {dict(body)} should have been the answer")


def require_named(reply: Reply, name: str) -> None:
    """See that a bad request is refused by the name of the field.

    Raises:
        DoorFailed: it is not.
    """
    if reply.status != HTTPStatus.BAD_REQUEST or name not in reply.body.get("error", ""):
        raise DoorFailed(f"a 400 that names {name} should have been the answer")


ROAMING = Asked("How do I activate roaming?", ["*123#"], "How do I activate roaming?")
QUESTIONS = (
    ROAMING,
    Asked("What is your cheapest plan?", ["Lauki Basic", "$8"], "What is the cheapest plan?"),
    Asked("Where do I find my IMEI?", ["*#06#"], "How do I find my IMEI number?"),
)
FOLLOW_UP = Asked("And how do I turn it off again?", ["*123#"], "How do I turn roaming off?")
FORBIDDEN = {"message": "Forbidden"}


def show(door: Door) -> None:
    """Ask three questions, one more that only the conversation explains, and twice wrongly.

    Raises:
        DoorFailed: an answer is not what it should be.
    """
    replies = [_ask(door, asked) for asked in QUESTIONS]
    print("The first conversation goes on: its thread_id is all that the agent needs.\n")
    _ask(door, FOLLOW_UP, thread_id=replies[0].body["thread_id"])
    wrong = door.post({"prompt": ROAMING.prompt}, key="not-the-key")
    require_refusal(wrong, 403, FORBIDDEN)
    require_named(door.post({"actor_id": "ann"}), "prompt")


def _ask(door: Door, asked: Asked, **more: str) -> Reply:
    reply = door.post({"prompt": asked.prompt, **more})
    require_answer(reply, asked)
    return reply

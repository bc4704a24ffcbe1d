"""Moves at agents on Runtime: ask one, also under a session id that another has."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from localcloud.cloud import Request, Response
from tests.support.asgi import ask
from tests.support.isolation.moves import Exchange, Move, Step
from tests.support.isolation.people import COMPANIES, Person
from tests.support.isolation.world import HOMES, World

SESSION = "x-amzn-bedrock-agentcore-runtime-session-id"
FORBIDDEN = 400
CONFLICT = 409

type Json = dict[str, Any]


def session_id(step: Step) -> str:
    """Return a session's id: the companies' people use the same ones, at agents of their own.

    Of one agent's callers, whoever has a session's id is in that session, on AWS too: a team's
    people have ids of their own.
    """
    named = "" if step.who.is_of_a_company else step.who.name
    return f"session-{step.pick % 2}-{named}".ljust(40, "0")


def _send(world: World, step: Step, action: str, payload: Json) -> tuple[Json, Response, bool]:
    others = [home for home in HOMES if home != step.who.home]
    home = others[step.pick % 2] if step.astray else step.who.home
    response = _post(world, home, step.who, session_id(step), action, payload)
    assert response.status < 500, response
    return {"agent": home, **payload}, response, response.status >= FORBIDDEN


def _post(
    world: World, home: str, who: Person, session: str, action: str, payload: Json
) -> Response:
    path = f"/runtimes/{quote(world.runtimes[home], safe='')}/{action}"
    headers = {
        "host": "bedrock-agentcore.us-east-1.amazonaws.com",
        "content-type": "application/json",
        "authorization": f"Bearer {who.token}",
        SESSION: session,
    }
    body = json.dumps(payload).encode()
    request = Request("POST", path, headers=tuple(headers.items()), body=body)
    return world.loop.run(ask(world.app, request))


def tell(world: World, who: Person, session: str, text: str) -> list[str]:
    """Tell one's own agent something in a session, and return all that it has heard there."""
    response = _post(world, who.home, who, session, "invocations", {"prompt": text})
    return [json.loads(heard)["prompt"] for heard in json.loads(response.body)["heard"]]


def invoke(world: World, step: Step) -> Exchange:
    """Tell an agent something; it answers with all it has heard."""
    whose = step.who.home if step.who.home in COMPANIES else step.who.name
    prompt = {"prompt": f"Remember {world.canaries.of(whose)}"}
    asked, response, refused = _send(world, step, "invocations", prompt)
    answer = response.body.decode()
    assert refused or json.loads(answer)["heard"].count(json.dumps(prompt)) == 1, answer
    just_ending = response.status == CONFLICT  # another client of this person's ends the session
    return Exchange(asked, answer, refused, None if just_ending else not step.astray)


def stop(world: World, step: Step) -> Exchange:
    """End a session, if there is one."""
    asked, response, refused = _send(world, step, "stopruntimesession", {})
    may = False if step.astray else None
    return Exchange(asked, response.body.decode(), refused, may)


AGENT_MOVES: Mapping[str, Move] = {"ask an agent": invoke, "end a session": stop}

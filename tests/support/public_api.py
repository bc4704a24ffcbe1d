"""The public API checked against its document for callers, wherever it is served."""

import asyncio
from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent_proxy import app as whole
from agent_proxy import stream_app
from agent_proxy.streamed import Streamed
from tests.support.agent_proxy import Context, StreamContext, door_event
from tests.support.documents import ROOT

DOCUMENT = ROOT / "docs" / "agent-api.yaml"
KEY = "0123456789abcdefghijKLMNOPQRSTuvwxyz0123"
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

type Json = dict[str, Any]


def check(base_url: str, key: str, *, examples: int, verify: bool | str = True) -> list[str]:
    """Send good and bad requests to each operation, and hold the answers against the document.

    Args:
        base_url: the API's, without a trailing slash.
        key: an API key.
        examples: how many requests of each kind each operation gets.
        verify: the certificates to trust, as Requests has it.

    Returns:
        The operations that were checked.

    Raises:
        schemathesis.FailureGroup, hypothesis.errors.HypothesisException: an answer is not of it.
    """
    schema = schemathesis.openapi.from_dict(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")))
    checked = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # the document is valid
        for mode in MODES:
            _check(operation, mode, examples, base_url, key, verify)
        checked.append(f"{operation.method.upper()} {operation.path}")
    return checked


def _check(
    operation: Any,  # noqa: ANN401  # Schemathesis has a type per specification
    mode: GenerationMode,
    examples: int,
    base_url: str,
    key: str,
    verify: bool | str,
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:  # noqa: ANN401  # as above
        case.call_and_validate(base_url=base_url, headers={"x-api-key": key}, verify=verify)

    run()


def served() -> Starlette:
    """Return the door's functions behind the part of API Gateway that a document speaks of."""
    routes = [
        Route("/invoke", _answer, methods=["POST"]),
        Route("/invoke/stream", _answer, methods=["POST"]),
        Route("/{path:path}", _nothing, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    ]
    return Starlette(routes=routes)


async def _answer(request: Request) -> Response:
    if request.headers.get("x-api-key") != KEY:
        return JSONResponse({"message": "Forbidden"}, 403)
    body = (await request.body()).decode("utf-8", errors="replace")
    event = door_event(body, path=request.url.path, headers=dict(request.headers))
    return await asyncio.to_thread(_of_stream if "stream" in request.url.path else _of_whole, event)


def _of_whole(event: Json) -> Response:
    answer = whole.lambda_handler(event, Context())
    return Response(answer["body"], answer["statusCode"], answer["headers"])


def _of_stream(event: Json) -> Response:
    answer = stream_app.lambda_handler(event, StreamContext())
    assert isinstance(answer, Streamed)
    return Response(b"".join(answer.chunks), answer.status, dict(answer.headers))


async def _nothing(_request: Request) -> Response:
    return JSONResponse({"message": "Missing Authentication Token"}, 403)

"""POST /invoke/stream: one question, its answer in server-sent events.

What fails before the first event is answered as `POST /invoke` answers it. From then on the
status is sent, and a failure is the last event.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from agent_proxy import edge, events, service
from agent_proxy.api import CLOCK
from agent_proxy.edge import Answer, Asked
from agent_proxy.errors import AgentProxyError, AgentTimedOut, Misconfigured
from agent_proxy.models import read_json
from agent_proxy.runtime import Runtime
from agent_proxy.streamed import Streamed
from agent_proxy.telemetry import metrics
from agent_proxy.visit import Visit

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SILENCE_TIMEOUT_S: Final = 60.0
"""Between two events: a model that begins slowly, and not one that has died."""

LAST_WORD_S: Final = 5.0
"""What is kept of the function's time to tell that it is over."""


@cache
def agent() -> service.Agent:
    """Open the client on first use: importing this module must need no environment."""
    return Runtime.open(os.environ["AGENT_RUNTIME_ARN"], read_timeout_s=SILENCE_TIMEOUT_S)


def answer(event: Mapping[str, Any], context: "LambdaContext") -> Streamed:
    """Answer one event of API Gateway (REST, proxy integration, response streaming)."""
    visit = Visit.begin(event, CLOCK.now_s)
    allowed = os.environ.get("ALLOWED_ORIGINS", "")
    left_s = context.get_remaining_time_in_millis() / 1000 - LAST_WORD_S
    try:
        asked = edge.read(event, trace_id=os.environ.get("_X_AMZN_TRACE_ID"))
        visit.session_id = asked.where.session_id
        sent = _events(asked, deadline_s=visit.begun_s + left_s)
        first = next(sent)  # there is one, or a failure: see `events.own_events`
    except AgentProxyError as error:
        return _whole(edge.refuse(error, event, allowed=allowed), visit)
    except Exception as error:  # noqa: BLE001  # the outermost layer: logged, and answered 500
        return _whole(edge.admit_fault(error, event, allowed=allowed), visit)
    headers = edge.headers(event, "text/event-stream", allowed=allowed)
    return Streamed(HTTPStatus.OK, headers, _to_the_end(first, sent, visit))


def _whole(answer: Answer, visit: Visit) -> Streamed:
    visit.end(answer.status, code=answer.code)
    return Streamed(answer.status, answer.headers, [answer.body.encode()])


def _events(asked: Asked, *, deadline_s: float) -> Iterator[bytes]:
    accept = "text/event-stream"
    call = service.call_for(asked.question, asked.where, asked.trail, accept=accept)
    incoming = service.begin(call, agent=agent(), clock=CLOCK)
    if incoming.content_type.startswith(accept):
        chunks = _until(deadline_s, incoming.chunks, CLOCK.now_s)
        return events.own_events(events.split(chunks), asked.where)
    text = incoming.whole(deadline_s=deadline_s, now_s=CLOCK.now_s)
    return iter([events.result_event(read_json(text), asked.where)])


def _until(
    deadline_s: float, chunks: Iterable[bytes], now_s: Callable[[], float]
) -> Iterator[bytes]:
    for chunk in chunks:
        if now_s() > deadline_s:
            raise AgentTimedOut("the stream does not end")
        yield chunk


def _to_the_end(first: bytes, rest: Iterator[bytes], visit: Visit) -> Iterator[bytes]:
    code: str | None = "not_sent"  # unless it comes to its end: nobody takes it any more
    try:
        yield first
        yield from rest
        code = None
    except AgentProxyError as error:
        code = error.code
        edge.note(error)
        metrics.flush_metrics()  # the handler has returned: nothing else would
        yield events.error_event(error, visit.request_id)
    except Exception as error:  # noqa: BLE001  # the outermost layer: logged, and told
        code = Misconfigured.code
        edge.note_fault(error)
        metrics.flush_metrics()
        yield events.error_event(Misconfigured(type(error).__name__), visit.request_id)
    finally:
        visit.end(HTTPStatus.OK, code=code)

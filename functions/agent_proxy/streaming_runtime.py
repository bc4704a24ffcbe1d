"""Lambda's Runtime API, spoken by a loop of ours, since Python's own runtime cannot stream.

Lambda starts it by way of `AWS_LAMBDA_EXEC_WRAPPER` in the place of its own
(docs/decisions/0015-streaming-by-our-own-runtime.md). It serves any function that returns a
`Streamed`, one invocation after the other:

    GET  /2018-06-01/runtime/invocation/next            waits for an event
    POST /2018-06-01/runtime/invocation/<id>/response   its answer, chunk by chunk
    POST /2018-06-01/runtime/invocation/<id>/error      no answer
    POST /2018-06-01/runtime/init/error                 no function

An answer for HTTP is a JSON object with status and headers, eight NUL bytes, and the body. If the
body ends early, two trailers say so.

Sources: Lambda Developer Guide, "Using the Lambda runtime API" and "Building a custom runtime",
response streaming; API Gateway Developer Guide, "Lambda proxy integration with payload response
streaming"; the runtime interface clients of Node.js and Rust.
"""

import base64
import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final

from agent_proxy.streamed import Streamed

API: Final = "/2018-06-01/runtime"
CONTENT_TYPE: Final = "application/vnd.awslambda.http-integration-response"
ERROR_TYPE: Final = "Lambda-Runtime-Function-Error-Type"
ERROR_BODY: Final = "Lambda-Runtime-Function-Error-Body"
END_OF_METADATA: Final = bytes(8)

logger = logging.getLogger(__name__)

type Handler = Callable[[Any, "Context"], Streamed]


class RuntimeApiError(Exception):
    """The Runtime API refuses what it was told, or answers what it should not."""

    code = "runtime_api_error"


@dataclass(frozen=True)
class Context:
    """What a handler may know of its invocation: the part of Lambda's context that is of use."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str
    function_version: str
    memory_limit_in_mb: str
    log_group_name: str
    log_stream_name: str
    streams: bool = True

    def get_remaining_time_in_millis(self) -> int:
        """Return how long there is until Lambda ends the invocation, in milliseconds."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


@dataclass(frozen=True)
class Invocation:
    """One event to answer."""

    context: Context
    event: Any
    trace_id: str | None


class RuntimeApi:
    """The client's side of the Runtime API, on one connection."""

    def __init__(self, address: str) -> None:
        """Speak to `address`, host and port, as `AWS_LAMBDA_RUNTIME_API` has them."""
        self._connection = HTTPConnection(address)  # no timeout: `next` waits for days

    def next(self) -> Invocation:
        """Wait for an event.

        Raises:
            RuntimeApiError: the environment is being ended.
        """
        self._connection.request("GET", f"{API}/invocation/next")
        answer = self._answer(200)
        return Invocation(
            context=_context(answer),
            event=json.loads(answer.read()),
            trace_id=answer.getheader("Lambda-Runtime-Trace-Id"),
        )

    def respond(self, request_id: str, answer: Streamed) -> None:
        """Send an answer, each chunk when it is there.

        A chunk that raises ends the answer: what was sent cannot be taken back, and the trailers
        tell that it is not whole. The error goes on to the caller.
        """
        connection = self._connection
        connection.putrequest("POST", f"{API}/invocation/{request_id}/response")
        connection.putheader("Content-Type", CONTENT_TYPE)
        connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.putheader("Trailer", f"{ERROR_TYPE}, {ERROR_BODY}")
        connection.endheaders()
        trailers = b""
        try:
            self._send(_metadata(answer))
            for chunk in answer.chunks:
                self._send(chunk)
        except Exception as error:  # whatever it is: it goes on to the caller
            trailers = _trailers(error)
            raise
        finally:
            connection.send(b"0\r\n" + trailers + b"\r\n")
            self._answer(202).read()

    def fail(self, request_id: str, error: Exception) -> None:
        """Tell that an event gets no answer."""
        self._post_error(f"{API}/invocation/{request_id}/error", error)

    def fail_to_begin(self, error: Exception) -> None:
        """Tell that there is no function to call."""
        self._post_error(f"{API}/init/error", error)

    def _send(self, chunk: bytes) -> None:
        if chunk:  # an empty one would be the end
            self._connection.send(b"%X\r\n%b\r\n" % (len(chunk), chunk))

    def _post_error(self, path: str, error: Exception) -> None:
        headers = {"Content-Type": "application/json", ERROR_TYPE: _error_type(error)}
        self._connection.request("POST", path, json.dumps(_error(error)), headers)
        self._answer(202).read()

    def _answer(self, status: int) -> HTTPResponse:
        answer = self._connection.getresponse()
        if answer.status != status:
            raise RuntimeApiError(f"the Runtime API answered {answer.status}")
        return answer


def serve(handler: Handler, api: RuntimeApi) -> None:
    """Answer events until the Runtime API lets go.

    Raises:
        RuntimeApiError, HTTPException, OSError: it has let go.
    """
    while True:
        serve_one(handler, api)


def serve_one(handler: Handler, api: RuntimeApi) -> None:
    """Answer one event."""
    invocation = api.next()
    request_id = invocation.context.aws_request_id
    if invocation.trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = invocation.trace_id
    try:
        answer = handler(invocation.event, invocation.context)
    except Exception as error:  # the outermost layer: Lambda is told, as its own runtimes do
        logger.exception("the handler failed")
        api.fail(request_id, error)
        return
    try:
        api.respond(request_id, answer)
    except (RuntimeApiError, HTTPException, OSError):
        raise
    except Exception:  # the outermost layer: the answer's own, and the trailers have told
        logger.exception("the answer broke off")


def load(name: str) -> Handler:
    """Return the handler of a name such as `package.module.function`."""
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), function)
    return handler


def main() -> int:
    """Serve the handler that the environment names; return the status to end with."""
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:  # as above: importing runs any code
        logger.exception("the function cannot be loaded")
        api.fail_to_begin(error)
        return 1
    try:
        serve(handler, api)
    except (RuntimeApiError, HTTPException, OSError):
        logger.exception("the Runtime API has let go")
    return 1


def _context(answer: HTTPResponse) -> Context:
    def header(name: str) -> str:
        return answer.getheader(f"Lambda-Runtime-{name}") or ""

    def variable(name: str) -> str:
        return os.environ.get(f"AWS_LAMBDA_{name}", "")

    return Context(
        aws_request_id=header("Aws-Request-Id"),
        invoked_function_arn=header("Invoked-Function-Arn"),
        deadline_ms=int(header("Deadline-Ms")),
        function_name=variable("FUNCTION_NAME"),
        function_version=variable("FUNCTION_VERSION"),
        memory_limit_in_mb=variable("FUNCTION_MEMORY_SIZE"),
        log_group_name=variable("LOG_GROUP_NAME"),
        log_stream_name=variable("LOG_STREAM_NAME"),
    )


def _metadata(answer: Streamed) -> bytes:
    found = {"statusCode": int(answer.status), "headers": dict(answer.headers)}
    return json.dumps(found).encode() + END_OF_METADATA


def _trailers(error: Exception) -> bytes:
    body = base64.b64encode(json.dumps(_error(error)).encode())
    return b"%b: %b\r\n%b: %b\r\n" % (
        ERROR_TYPE.encode(),
        _error_type(error).encode(),
        ERROR_BODY.encode(),
        body,
    )


def _error(error: Exception) -> dict[str, Any]:
    """Return an error as Lambda writes it: a kind, and where; its text may hold what was asked."""
    where = traceback.format_tb(error.__traceback__)
    return {"errorType": type(error).__name__, "errorMessage": "", "stackTrace": where}


def _error_type(error: Exception) -> str:
    return f"Function.{type(error).__name__}"


if __name__ == "__main__":
    sys.exit(main())

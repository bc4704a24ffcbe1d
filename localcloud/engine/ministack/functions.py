"""Lambda functions: what a call carries, when it ends, and who may make it.

MiniStack's Python worker gets no client context, which is where AgentCore says which tool was
called; and MiniStack waits up to 50 ms after each call for lines that may still be in the pipe.
Here the worker marks the end of each call's log instead. And MiniStack lets a REST API call a
function that has not permitted it.
"""

import os
import queue
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import Worker
from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1, lambda_svc
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.engine.layers import Layers
from localcloud.engine.ministack.grants import ServiceCall, is_granted

END_OF_CALL = "\x1eend of call\x1e"
LOG_TIMEOUT_S = 0.25
"""How long to wait for the mark: a function may have closed or broken its standard error."""

_client_context: ContextVar[str | None] = ContextVar("client_context", default=None)

_CONTEXT_BEFORE = '"client_context": None,'
_CONTEXT_AFTER = '"client_context": _client_context(_ms_durable.get("clientContext")),'
_LOOP_BEFORE = "    while True:\n        line = sys.stdin.readline()\n"
_LOOP_AFTER = '''
    def _client_context(encoded):
        """The object AWS's Python runtime makes of X-Amz-Client-Context."""
        if not encoded:
            return None
        import base64, types
        found = json.loads(base64.b64decode(encoded))
        client = types.SimpleNamespace(**(found.get("client") or {}))
        return types.SimpleNamespace(
            custom=found.get("custom"), env=found.get("env"), client=client
        )

    while True:
        line = sys.stdin.readline()
'''
_DONE_BEFORE = "        try:\n            result = handler_fn(event, context)\n"
_DONE_AFTER = f"""        try:
            try:
                result = handler_fn(event, context)
            finally:
                sys.stderr.write({END_OF_CALL!r} + "\\n")
                sys.stderr.flush()
"""
_FAILED_BEFORE = 'json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()})'
# MiniStack ends the worker of a call whose status is not `ok`.
_FAILED_AFTER = (
    'json.dumps({"status": "ok", "result": None, "raised": {"errorMessage": str(e), '
    '"errorType": type(e).__name__, "stackTrace": traceback.format_tb(e.__traceback__)}})'
)

LAYERS_VARIABLE = "_LAMBDA_LAYERS_DIRS"
"""Where MiniStack's Python worker looks for layers, separated like a path."""

_raised: ContextVar[dict[str, Any] | None] = ContextVar("raised", default=None)


def install(layers: Layers) -> None:
    """Change MiniStack's Python worker, and let all workers share what `layers` unpacks.

    Raises:
        LookupError: the worker's text is not the one this was written against.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    for before, after in (
        (_CONTEXT_BEFORE, _CONTEXT_AFTER),
        (_LOOP_BEFORE, _LOOP_AFTER),
        (_DONE_BEFORE, _DONE_AFTER),
        (_FAILED_BEFORE, _FAILED_AFTER),
    ):
        if script.count(before) != 1:
            raise LookupError(f"MiniStack's worker has changed: {before!r}")
        script = script.replace(before, after)
    lambda_runtime._PYTHON_WORKER_SCRIPT = script
    Worker.invoke = _invoke
    Worker._spawn = _sharing(layers)
    lambda_svc._execute_function_warm = _execute
    Worker._drain_stderr_bounded = _read_log
    lambda_svc._emit_lambda_logs = _emit_logs
    apigateway_v1._call_lambda_raw = _call_from_rest_api


_original_spawn = Worker._spawn


def _sharing(layers: Layers) -> Callable[[Worker], None]:
    def spawn(worker: Worker) -> None:
        config = worker.config
        if str(config.get("Runtime", "")).startswith("python"):
            worker.config = _with_shared_layers(config, layers)
        try:
            _original_spawn(worker)
        finally:
            worker.config = config

    return spawn


def _with_shared_layers(config: Mapping[str, Any], layers: Layers) -> dict[str, Any]:
    archives = [lambda_svc._resolve_layer_zip(ref) for ref in config.get("Layers") or []]
    folders = [str(layers.unpacked(archive)) for archive in archives if archive]
    environment = config.get("Environment") or {}
    variables = {**environment.get("Variables", {}), LAYERS_VARIABLE: os.pathsep.join(folders)}
    return {**config, "Layers": [], "Environment": {**environment, "Variables": variables}}


_original_invoke = Worker.invoke
_original_execute = lambda_svc._execute_function_warm


def _execute(
    func: Mapping[str, Any],
    event: Any,  # noqa: ANN401  # any JSON
    request_id: str,
) -> dict[str, Any]:
    _raised.set(None)
    outcome: dict[str, Any] = _original_execute(func, event, request_id)
    raised = _raised.get()
    return outcome if raised is None else {**outcome, "body": raised, "error": True}


def _invoke(
    worker: Worker,
    event: Any,  # noqa: ANN401  # any JSON
    request_id: str,
    *,
    durable: Mapping[str, str] | None = None,
    **options: Any,  # noqa: ANN401  # MiniStack's own
) -> dict[str, Any]:
    # The worker reads this mapping beside the event and takes from it only the names it knows.
    carried = {**(durable or {}), "clientContext": _client_context.get()}
    answer: dict[str, Any] = _original_invoke(worker, event, request_id, durable=carried, **options)
    _raised.set(answer.get("raised"))
    return answer


_original_emit_logs = lambda_svc._emit_lambda_logs


def _emit_logs(func: Mapping[str, Any], *arguments: Any, **options: Any) -> None:  # noqa: ANN401
    """Keep a call's log, unless the function is gone: its log group would be made once more.

    The last call of a stack's function may end after CloudFormation, which it has answered, has
    deleted function and log group.
    """
    config = func.get("config") or func
    if config.get("FunctionName") in lambda_svc._functions:
        _original_emit_logs(func, *arguments, **options)


def _read_log(worker: Worker) -> str:
    lines: list[str] = []
    deadline_s = time.monotonic() + LOG_TIMEOUT_S
    while (left_s := deadline_s - time.monotonic()) > 0:
        try:
            line = worker._stderr_queue.get(timeout=left_s)
        except queue.Empty:
            break
        if line == END_OF_CALL:
            break
        lines.append(line)
    return "\n".join(lines)


_original_call = apigateway_v1._call_lambda_raw


async def _call_from_rest_api(
    function_ref: str, event: dict[str, Any], **scope: str | None
) -> tuple[Any, str | None]:
    """Call a function for a REST API, if its resource policy lets API Gateway.

    Without that permission API Gateway answers 500, "Internal server error".
    """
    record, _config, _name = lambda_svc._get_func_record_for_ref_in_scope(function_ref, **scope)
    if record is not None and not may_call(record, function_ref, event):
        return None, "Invalid permissions on Lambda function"
    result: tuple[Any, str | None] = await _original_call(function_ref, event, **scope)
    return result


def may_call(record: Mapping[str, Any], function_ref: str, event: dict[str, Any]) -> bool:
    """Tell whether a function lets API Gateway call it for the method an event is of."""
    return is_granted(record["policy"], _rest_call(function_ref, event))


def _rest_call(function_ref: str, event: dict[str, Any]) -> ServiceCall:
    context = event["requestContext"]
    method = f"{context['httpMethod']}{context['resourcePath']}"
    api = f"{get_region()}:{get_account_id()}:{context['apiId']}"
    return ServiceCall(
        service="apigateway.amazonaws.com",
        action="lambda:InvokeFunction",
        resource=function_ref,
        source_arn=f"arn:aws:execute-api:{api}/{context['stage']}/{method}",
        account_id=get_account_id(),
        region=get_region(),
    )


def with_client_context(app: ASGIApp) -> ASGIApp:
    """Let `X-Amz-Client-Context` of an Invoke request reach the worker."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        found = headers.get(b"x-amz-client-context")
        token = _client_context.set(found.decode("ascii") if found else None)
        try:
            await app(scope, receive, send)
        finally:
            _client_context.reset(token)

    return wrapped

"""Proxy integrations of REST APIs: what an event carries, how long one may take, how one fails.

MiniStack tells a function neither which API key came nor the id that callers get, waits for a
function as long as it likes, answers with the text of a function's error, and cannot stream.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from ministack.core.responses import StreamingResponse, new_uuid
from ministack.services import apigateway_v1, lambda_svc

from localcloud.engine.http_integration import BadMetadata, read_metadata
from localcloud.engine.ministack import functions
from localcloud.engine.ministack.environments import Environments, brings_a_runtime
from localcloud.engine.runtime_api import InvocationFailed

TIMEOUT_MS: Final = 29_000
"""API Gateway's own: quota "Maximum integration timeout in milliseconds" of a regional API."""

STREAM: Final = "STREAM"
STREAM_ACTION: Final = "/response-streaming-invocations"

type Json = dict[str, Any]
type Reply = tuple[int, dict[str, Any], Any]

_request_id: ContextVar[str] = ContextVar("request_id", default="")


class FunctionFailed(Exception):
    """A function ended in an error, or its answer is none."""

    code = "FunctionFailed"


class _BadGateway(apigateway_v1._GatewayError):  # type: ignore[misc]  # MiniStack has no types
    """An integration that answered what is no answer: 502, in the words of the API's 5xx."""

    def __init__(self) -> None:
        super().__init__("DEFAULT_5XX", "Internal server error", "InternalServerErrorException")


_original_event = apigateway_v1._build_lambda_event_v1
_original_proxy = apigateway_v1._invoke_lambda_proxy_v1
_original_response = apigateway_v1._lambda_proxy_response
_original_error = apigateway_v1._gateway_error_response
_original_quota = apigateway_v1._check_quota
_original_settings = apigateway_v1._method_throttle_settings


def install(environments: Environments) -> None:
    """Put ours in the place of MiniStack's; functions that stream run in `environments`."""
    apigateway_v1._build_lambda_event_v1 = _event
    apigateway_v1._lambda_proxy_response = _proxy_response
    apigateway_v1._gateway_error_response = _error_response
    apigateway_v1._check_quota = _check_quota
    apigateway_v1._method_throttle_settings = _throttle_settings
    apigateway_v1._GATEWAY_RESPONSE_ERROR_TYPES |= {
        "INVALID_API_KEY": "ForbiddenException",
        "QUOTA_EXCEEDED": "LimitExceededException",
        "INTEGRATION_TIMEOUT": "InternalServerErrorException",
    }
    proxying = _Proxying(environments)
    apigateway_v1._invoke_lambda_proxy_v1 = proxying.invoke


class _Proxying:
    def __init__(self, environments: Environments) -> None:
        self._environments = environments

    async def invoke(self, integration: Json, *request: Any, **scope: Any) -> Any:  # noqa: ANN401
        """Answer by way of a function; the arguments are MiniStack's own."""
        streams = integration.get("responseTransferMode") == STREAM
        request_id = new_uuid()
        _request_id.set(request_id)
        answering = (self._stream if streams else _original_proxy)(integration, *request, **scope)
        # Cancelled, MiniStack still waits for its function: nobody here waits for MiniStack then.
        task = asyncio.ensure_future(answering)
        timeout_s = int(integration.get("timeoutInMillis") or TIMEOUT_MS) / 1000
        done, _ = await asyncio.wait({task}, timeout=timeout_s)
        if not done:
            task.cancel()
            return apigateway_v1._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        try:
            answer = await task
        except (FunctionFailed, InvocationFailed, BadMetadata):
            return _BadGateway()
        if isinstance(answer, tuple):  # and no error of the gateway's own, which has an id
            answer[1]["x-amzn-requestid"] = request_id
        return answer

    async def _stream(
        self,
        integration: Json,
        *request: Any,  # noqa: ANN401
        owner_account_id: str,
        owner_region: str,
        **parts: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        event = _event(*request, **parts)
        reference = _function_in(str(integration.get("uri", "")))
        record, config, _name = lambda_svc._get_func_record_for_ref_in_scope(
            reference, account_id=owner_account_id, region=owner_region
        )
        if not record or not brings_a_runtime(config):
            raise FunctionFailed("there is no function that streams")
        if not functions.may_call(record, reference, event):
            return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
        found = lambda_svc._execution_record_for_config(record, config)
        chunks = self._environments.invoke(found, json.dumps(event).encode())
        try:
            begun = await read_metadata(chunks)
        except BaseException:  # also when the caller has gone
            await chunks.aclose()  # which gives the environment back
            raise
        return begun.status, dict(begun.headers), StreamingResponse(_Sender(begun.body, chunks))


class _Sender:
    """Sends what comes, as it comes; an answer that breaks off ends without its last message."""

    def __init__(self, body: bytes, chunks: AsyncGenerator[bytes]) -> None:
        self._body = body
        self._chunks = chunks

    async def __call__(self, send: Any, _receive: Any) -> None:  # noqa: ANN401  # ASGI's own
        if self._body:
            await send({"type": "http.response.body", "body": self._body, "more_body": True})
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _function_in(uri: str) -> str:
    return uri.partition("/functions/")[2].removesuffix(STREAM_ACTION)


def _event(*request: Any, **parts: Any) -> Json:  # noqa: ANN401  # MiniStack's own
    """Return the event, with the API key that came and its id where the method wants one."""
    event: Json = _original_event(*request, **parts)
    event["requestContext"] |= {"requestId": _request_id.get(), "extendedRequestId": new_uuid()}
    _api_id, _stage_name, _stage, resource, _path, method, headers, *_ = request
    methods: Mapping[str, Json] = resource["resourceMethods"]
    wanted = (methods.get(method) or methods.get("ANY") or {}).get("apiKeyRequired")
    key = apigateway_v1._resolve_api_key(apigateway_v1._api_key_from_request(headers))
    if wanted and key:
        event["requestContext"]["identity"] |= {"apiKey": key["value"], "apiKeyId": key["id"]}
    return event


def _proxy_response(result: Json) -> Any:  # noqa: ANN401
    response, error = _original_response(result)
    if error:
        raise FunctionFailed(error)
    if not result.get("throttle") and not _is_answer(result.get("body")):
        raise FunctionFailed("the function's answer is not of the proxy format")
    return response, error


def _is_answer(returned: object) -> bool:
    """Tell whether a function returned what a proxy integration takes; MiniStack takes anything."""
    if not isinstance(returned, dict) or not str(returned.get("statusCode")).isdecimal():
        return False
    return isinstance(returned.get("body", ""), str | None)


def _error_response(error: Any, request: Json) -> Reply:  # noqa: ANN401
    status, headers, body = _original_error(error, request)
    if isinstance(error, _BadGateway) and status == HTTPStatus.INTERNAL_SERVER_ERROR:
        status = HTTPStatus.BAD_GATEWAY
    return int(status), headers, body


def _check_quota(key: Json | None, api_id: str, stage_name: str) -> Any:  # noqa: ANN401
    """Check the quota of a key; a day is one of UTC's, and not the 24 hours after a request."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    plans = apigateway_v1._usage_plans_for_key(key["id"], api_id, stage_name) if key else []
    for plan_id, plan, _entry in plans:
        slot = (plan_id, key["id"]) if key else None
        _count, since_s = apigateway_v1._quota_state.get(slot, (0, midnight.timestamp()))
        if (plan.get("quota") or {}).get("period") == "DAY" and since_s < midnight.timestamp():
            del apigateway_v1._quota_state[slot]
    return _original_quota(key, api_id, stage_name)


def _throttle_settings(stage: Json, path: str, method: str) -> Any:  # noqa: ANN401
    """Find a method's own limits by its path as CloudFormation and API Gateway write it."""
    settings = stage.get("methodSettings") or {}
    written = path.replace("/", "~1")
    found = settings.get(f"/{written}/{method}") or settings.get(f"{written}/{method}")
    return found or _original_settings(stage, path, method)

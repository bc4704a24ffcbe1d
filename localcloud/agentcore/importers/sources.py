"""Get the text a target points at: inline, in S3, or an API Gateway export."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from localcloud.agentcore.gateway.role import assume
from localcloud.agentcore.model import Gateway, JsonObject
from localcloud.agentcore.ports import ImportFailed
from localcloud.cloud import Caller, Cloud, CloudError, Response

MAX_INLINE_BYTES: Final = 1024 * 1024
MAX_S3_BYTES: Final = 10 * 1024 * 1024
MAX_EXPORT_BYTES: Final = 50 * 1024 * 1024
"""Limits of the Developer Guide: inline schema, schema in S3, API Gateway export."""


async def read_export(cloud: Cloud, caller: Caller, *, api_id: str, stage: str) -> bytes:
    """Export a stage of a REST API as OpenAPI 3.0, with the caller's permissions.

    Raises:
        ImportFailed: the caller may not, or there is no such API or stage.

    Source: Developer Guide, API Gateway targets: GetExport through a forward access session.
    """
    path = f"/restapis/{quote(api_id, safe='')}/stages/{quote(stage, safe='')}/exports/oas30"
    resource = f"arn:aws:apigateway:{cloud.region}::{path}"
    try:
        await cloud.authorize(caller, action="apigateway:GET", resource=resource, context={})
        response = await cloud.send(
            "GET",
            f"https://apigateway.{cloud.region}.amazonaws.com{path}",
            headers={"accept": "application/json"},
            service="apigateway",
        )
    except CloudError as error:
        raise ImportFailed(f"The API could not be exported: {error}") from error
    if response.status != HTTPStatus.OK:
        reason = _message(response)
        raise ImportFailed(f"The stage {stage} of the API {api_id} could not be exported: {reason}")
    return _within(response.body, MAX_EXPORT_BYTES)


async def read_payload(cloud: Cloud, gateway: Gateway, source: JsonObject) -> bytes | list[Any]:
    """Return what an `ApiSchemaConfiguration` or `ToolSchema` holds: text, or inline tools.

    Raises:
        ImportFailed: neither member, too large, or the object in S3 cannot be read.
    """
    if "s3" in source:
        return await _read_s3(cloud, gateway, source["s3"])
    inline = source.get("inlinePayload")
    if isinstance(inline, str):
        return _within(inline.encode(), MAX_INLINE_BYTES)
    if isinstance(inline, list):
        return inline
    raise ImportFailed("The target has neither an inline payload nor an S3 location.")


async def _read_s3(cloud: Cloud, gateway: Gateway, location: JsonObject) -> bytes:
    uri = str(location.get("uri", ""))
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise ImportFailed(f"'{uri}' is not an S3 URI.")
    owner = location.get("bucketOwnerAccountId")
    headers: Mapping[str, str] = {"x-amz-expected-bucket-owner": str(owner)} if owner else {}
    try:
        response = await cloud.send(
            "GET",
            f"https://s3.{cloud.region}.amazonaws.com/{bucket}/{quote(key)}",
            headers=headers,
            credentials=await assume(cloud, gateway),
            service="s3",
        )
    except CloudError as error:
        raise ImportFailed(f"{uri} could not be read: {error}") from error
    if response.status != HTTPStatus.OK:
        raise ImportFailed(f"{uri} could not be read with the gateway's role: {response.status}.")
    return _within(response.body, MAX_S3_BYTES)


def _within(text: bytes, limit: int) -> bytes:
    if len(text) > limit:
        raise ImportFailed(f"The document has {len(text)} bytes, more than {limit}.")
    return text


def _message(response: Response) -> str:
    """Return the message of a rest-json error, or the status."""
    try:
        body = json.loads(response.body)
    except ValueError:
        body = None
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or f"HTTP {response.status}")

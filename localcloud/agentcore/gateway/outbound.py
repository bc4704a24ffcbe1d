"""From a tool's arguments to the request a target gets.

Sources: OpenAPI 3, parameter serialisation (form for queries, simple for paths and headers);
AgentCore Developer Guide, Lambda targets (client context); Lambda API, Invoke.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from pydantic_core import to_json

from localcloud.agentcore.model import HttpBinding, JsonObject

CONTEXT_VERSION: Final = "1.0"
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_URL_CHARACTERS: Final = ":/?#[]@!$&'()*+,;=%"
"""What RFC 3986 lets stand in a URL beside letters and digits; an API's own paths may hold more."""
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e\t]*")


class UnusableArgument(Exception):
    """An argument fits the schema and cannot be sent. The message names the field."""

    code = "UnusableArgument"


@dataclass(frozen=True)
class Outbound:
    """One request to a target."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes = field(default=b"", repr=False)


def http_request(binding: HttpBinding, arguments: JsonObject) -> Outbound:
    """Put arguments where the operation wants them.

    An argument that is no parameter is a member of the body.

    Raises:
        UnusableArgument: a path or header argument that would change the request's meaning.
    """
    places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "body": {}}
    unplaced = dict(arguments)
    for parameter in binding.parameters:
        if parameter.name in arguments:
            sent_as = parameter.sent_as or parameter.name
            places[parameter.location][sent_as] = arguments[parameter.name]
            unplaced.pop(parameter.name, None)
    places["body"] |= unplaced
    own = dict(binding.headers)
    takes_body = any(parameter.location == "body" for parameter in binding.parameters)
    headers = {"accept": "application/json"}
    headers |= {name: _header(name, value) for name, value in places["header"].items()}
    content = b""
    if takes_body or places["body"] or "content-type" in own:
        content = to_json(places["body"])
        headers["content-type"] = "application/json"
    return Outbound(binding.method, _url(binding, places), headers | own, content)


def lambda_request(
    function_arn: str, arguments: JsonObject, *, region: str, context: dict[str, str]
) -> Outbound:
    """Invoke a function and wait: the event is the arguments, the rest is in the client context."""
    where = function_arn.split(":")[3] or region
    return Outbound(
        method="POST",
        url=(
            f"https://lambda.{where}.amazonaws.com/2015-03-31/functions/"
            f"{quote(function_arn, safe='')}/invocations"
        ),
        headers={
            "content-type": "application/json",
            "x-amz-invocation-type": "RequestResponse",
            "x-amz-client-context": b64encode(to_json({"custom": context})).decode(),
        },
        content=to_json(arguments),
    )


def client_context(
    *, tool: str, gateway_id: str, target_id: str, message_id: str | int, request_id: str
) -> dict[str, str]:
    """Return what a function learns about its call (Developer Guide, Lambda targets)."""
    return {
        "bedrockAgentCoreMessageVersion": CONTEXT_VERSION,
        "bedrockAgentCoreToolName": tool,
        "bedrockAgentCoreGatewayId": gateway_id,
        "bedrockAgentCoreTargetId": target_id,
        "bedrockAgentCoreMcpMessageId": str(message_id),
        "bedrockAgentCoreAwsRequestId": request_id,
    }


def _url(binding: HttpBinding, places: dict[str, dict[str, Any]]) -> str:
    url = binding.url
    if places["path"]:
        url = _PLACEHOLDER.sub(lambda match: _segment(match[1], places["path"]), url)
    url = quote(url, safe=_URL_CHARACTERS)
    pairs = list(_pairs(places["query"]))
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs, quote_via=quote)}" if pairs else url


def _segment(name: str, values: dict[str, Any]) -> str:
    """Return a path argument as it stands in a URL; `name+` stands for more than one segment."""
    text = ",".join(_texts(values.get(name, "")))
    segments = text.split("/") if name.endswith("+") else [text]
    if not {"", ".", ".."}.isdisjoint(segments):
        # As a path segment it would name another resource.
        field = name.removesuffix("+")
        raise UnusableArgument(f"Invalid value for field '{field}': not a path segment")
    return "/".join(quote(segment, safe="") for segment in segments)


def _header(name: str, value: object) -> str:
    text = ",".join(_texts(value))
    if _HEADER_VALUE.fullmatch(text) is None:
        raise UnusableArgument(f"Invalid value for field '{name}': not printable ASCII")
    return text


def _pairs(query: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        for text in _texts(value):
            yield name, text


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, str):
        return [value]
    return [to_json(value).decode()]

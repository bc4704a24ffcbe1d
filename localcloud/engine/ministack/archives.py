"""Archives of functions: each version's own, fetched over TLS as from AWS.

MiniStack gives one URL for all versions of a function, which leads to the newest code and begins
with `http`, though the cloud speaks TLS.
"""

import json
from typing import Any

from ministack.services import lambda_svc

_original_get = lambda_svc._get_function
_original_serve = lambda_svc.serve_function_code

type Reply = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Give every version a URL of its own."""
    lambda_svc._get_function = _get_function
    lambda_svc.serve_function_code = _serve_function_code


def _get_function(name: str, qualifier: str | None = None) -> Reply:
    status, headers, body = _original_get(name, qualifier)
    found: dict[str, Any] = json.loads(body)
    location = found.get("Code", {}).get("Location")
    if status != 200 or not location:
        return status, headers, body
    version = found["Configuration"].get("Version", "$LATEST")
    path, _, query = location.partition("?")
    path = path.replace("http://", "https://", 1)
    found["Code"]["Location"] = (
        f"{path}:{version}?{query}" if version.isdigit() else f"{path}?{query}"
    )
    return status, headers, json.dumps(found).encode()


def _serve_function_code(
    name: str, account_id: str | None = None, region: str | None = None
) -> Reply:
    function, _, version = name.partition(":")
    if not version:
        reply: Reply = _original_serve(name, account_id, region)
        return reply
    record = lambda_svc._functions.get_scoped(account_id, region, function)
    found = record and record["versions"].get(version)
    if not found:
        return 404, {"Content-Type": "text/plain"}, b"Version not found"
    return 200, {"Content-Type": "application/zip"}, found["code_zip"] or b""

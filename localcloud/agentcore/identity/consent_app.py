"""The two pages of a consent that a browser meets, as an ASGI app: both send it on.

    GET /identities/oauth2/authorize?request_uri=urn:ietf:params:oauth:request_uri:...
    GET /identities/oauth2/callback/<id>?state=...&code=...

Neither shows, logs or repeats what is in its URL.
"""

from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.agentcore.identity.consent import Consents
from localcloud.agentcore.identity.names import AUTHORIZE_PATH, CALLBACK_PATH

OVER: Final = "This authorization has ended or was never begun. Please start again.\n"
HEADERS: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def is_for_consent(method: str, path: str) -> bool:
    """Tell whether a request is a browser's, in the middle of a consent."""
    return method == "GET" and (path == AUTHORIZE_PATH or path.startswith(CALLBACK_PATH))


def with_consent(control: ASGIApp, pages: ASGIApp) -> ASGIApp:
    """Return the app in which browsers meet `pages`, and everybody else `control`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        browser = scope["type"] == "http" and is_for_consent(scope["method"], scope["path"])
        await (pages if browser else control)(scope, receive, send)

    return app


def consent_app(consents: Consents) -> Starlette:
    """Return the app that leads people through a consent."""

    async def authorize(request: Request) -> Response:
        return _on(await consents.authorization_url(request.query_params.get("request_uri", "")))

    async def callback(request: Request) -> Response:
        query = request.query_params
        callback_id = request.path_params["callback_id"]
        code = None if "error" in query else query.get("code")
        return _on(await consents.answered(callback_id, query.get("state", ""), code))

    return Starlette(
        routes=[
            Route(AUTHORIZE_PATH, authorize, methods=["GET"]),
            Route(CALLBACK_PATH + "{callback_id}", callback, methods=["GET"]),
        ]
    )


def _on(url: str | None) -> Response:
    if url is None:
        return PlainTextResponse(OVER, 400, HEADERS)
    return RedirectResponse(url, 302, HEADERS)

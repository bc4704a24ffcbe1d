import base64
import json
from collections.abc import Callable

import httpx2
import pytest

from assistant.cognito import ClientCredentials, claims
from assistant.errors import LoginRefused
from assistant.tokens import RefreshRefused

NOW_S = 1_700_000_000.0


def machine(answer: Callable[[httpx2.Request], httpx2.Response]) -> ClientCredentials:
    return ClientCredentials(
        token_url="https://pets.example/oauth2/token",
        client_id="machine",
        client_secret="s3cret",
        scopes=("petstore/tools", "petstore/more"),
        now_s=lambda: NOW_S,
        transport=httpx2.MockTransport(answer),
    )


def test_client_credentials_are_sent_as_basic_auth_with_the_scopes_wanted() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"access_token": "abc", "expires_in": 3600})

    grant = machine(answer).log_in()

    assert (grant.access_token, grant.expires_at_s) == ("abc", NOW_S + 3600)
    assert grant.refresh_token is None
    form = httpx2.QueryParams(seen[0].content.decode())
    assert dict(form) == {
        "grant_type": "client_credentials",
        "scope": "petstore/tools petstore/more",
    }
    basic = base64.b64encode(b"machine:s3cret").decode()
    assert seen[0].headers["Authorization"] == f"Basic {basic}"


def test_a_refusal_names_status_and_oauth_error_and_no_secret() -> None:
    refusing = machine(lambda _: httpx2.Response(400, json={"error": "invalid_client"}))
    with pytest.raises(LoginRefused) as refused:
        refusing.log_in()
    assert str(refused.value) == "the token endpoint answers 400: invalid_client"
    assert "s3cret" not in repr(refusing)


def test_a_refusal_that_is_no_json_names_the_status() -> None:
    with pytest.raises(LoginRefused, match=r"answers 503$"):
        machine(lambda _: httpx2.Response(503, text="<html>")).log_in()


def test_a_token_endpoint_that_is_not_there_refuses_the_login() -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    with pytest.raises(LoginRefused, match="no route"):
        machine(fail).log_in()


def test_client_credentials_have_nothing_to_renew() -> None:
    with pytest.raises(RefreshRefused):
        machine(lambda _: httpx2.Response(200)).renew("anything")


def test_claims_are_those_worth_showing_and_never_the_token() -> None:
    payload = {"iss": "https://issuer", "client_id": "c", "token_use": "access", "sub": "hidden"}
    part = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    shown = claims(f"header.{part}.signature")
    assert shown == {"iss": "https://issuer", "client_id": "c", "token_use": "access"}


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.%%%.c", "a.W10.c", "a.MQ.c"])
def test_a_token_that_is_no_jwt_has_no_claims(token: str) -> None:
    assert claims(token) == {}

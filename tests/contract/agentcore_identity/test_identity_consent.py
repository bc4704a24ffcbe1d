from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.identity_plane import RETURN_URL, SCOPES, IdentityLaptop
from tests.support.memory_plane import Client

MINUTE = timedelta(minutes=1)


def ask(data: Client, token: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Ask for a token with which ann's data can be reached."""
    wanted = {
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": "crm",
        "scopes": SCOPES,
        "oauth2Flow": "USER_FEDERATION",
        "resourceOauth2ReturnUrl": RETURN_URL,
    }
    reply: dict[str, Any] = data.get_resource_oauth2_token(**wanted | more)
    return reply


def workload_token(data: Client, user_id: str = "ann") -> str:
    reply = data.get_workload_access_token_for_user_id(workloadName="desk", userId=user_id)
    token: str = reply["workloadAccessToken"]
    return token


def onward(laptop: IdentityLaptop, url: str, **more: str) -> str:
    """Open a page of ours; return where it sends the browser."""
    response = laptop.open(url, **more)
    assert (response.status, response.headers["cache-control"]) == (302, "no-store")
    return response.headers["location"]


def consented(laptop: IdentityLaptop, reply: dict[str, Any]) -> str:
    """Let a person consent; return where they end up."""
    redirect_uri, answer = laptop.server.consent(onward(laptop, reply["authorizationUrl"]))
    return onward(laptop, redirect_uri, **answer)


def finish(data: Client, reply: dict[str, Any], user_id: str = "ann") -> None:
    data.complete_resource_token_auth(
        userIdentifier={"userId": user_id}, sessionUri=reply["sessionUri"]
    )


@pytest.mark.fidelity("identity.consent.session")
def test_a_person_consents_and_the_workload_has_a_token(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token, customState="where I was", customParameters={"prompt": "consent"})
    assert reply["sessionStatus"] == "IN_PROGRESS"
    assert reply["sessionUri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert "accessToken" not in reply

    location = onward(laptop, reply["authorizationUrl"])
    asked = parse_qs(urlsplit(location).query)
    assert (asked["scope"], asked["prompt"]) == (["read write"], ["consent"])
    redirect_uri, answer = laptop.server.consent(location)
    end = onward(laptop, redirect_uri, **answer)
    assert end.startswith(f"{RETURN_URL}?")
    back = parse_qs(urlsplit(end).query)
    assert back == {"session_id": [reply["sessionUri"]], "state": ["where I was"]}

    still = ask(data, token, sessionUri=reply["sessionUri"], customParameters={"prompt": "consent"})
    assert still["sessionStatus"] == "IN_PROGRESS"
    finish(data, reply)
    done = ask(data, token, customParameters={"prompt": "consent"})
    assert done["accessToken"] == "access-1"
    assert laptop.server.grants == ["authorization_code"]


@pytest.mark.fidelity("identity.consent.binding")
def test_a_consent_is_bound_to_the_user_who_asked_and_to_nobody_else(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    consented(laptop, reply)
    with pytest.raises(data.exceptions.AccessDeniedException, match="another user"):
        finish(data, reply, "mallory")
    mallory = workload_token(data, "mallory")
    with pytest.raises(data.exceptions.AccessDeniedException, match="another user"):
        ask(data, mallory, sessionUri=reply["sessionUri"])
    assert "accessToken" not in ask(data, token)
    finish(data, reply)
    assert "accessToken" not in ask(data, mallory)
    assert ask(data, token)["accessToken"] == "access-1"
    with pytest.raises(data.exceptions.ValidationException):
        finish(data, reply)


@pytest.mark.fidelity("identity.consent.binding")
def test_a_name_that_somebody_claims_is_not_the_user_an_issuer_vouches_for(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    consented(laptop, reply)
    with pytest.raises(data.exceptions.AccessDeniedException):
        data.complete_resource_token_auth(
            userIdentifier={"userToken": "a.b.c"}, sessionUri=reply["sessionUri"]
        )


@pytest.mark.fidelity("identity.consent.lifetime")
def test_an_authorization_url_lives_for_ten_minutes(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    laptop.clock.pass_by(9 * MINUTE)
    assert laptop.open(reply["authorizationUrl"]).status == 302
    laptop.clock.pass_by(MINUTE)
    assert laptop.open(reply["authorizationUrl"]).status == 400
    fresh = workload_token(data)
    status = ask(data, fresh, sessionUri=reply["sessionUri"])
    assert (status["sessionStatus"], "authorizationUrl" in status) == ("FAILED", False)


def test_an_answer_counts_once_and_only_where_it_was_asked_for(
    laptop: IdentityLaptop, control: Client, data: Client, token: str
) -> None:
    control.create_oauth2_credential_provider(
        name="other",
        credentialProviderVendor="GithubOauth2",
        oauth2ProviderConfigInput={
            "githubOauth2ProviderConfig": {"clientId": "c", "clientSecret": "s"}
        },
    )
    elsewhere = control.get_oauth2_credential_provider(name="other")["callbackUrl"]
    reply = ask(data, token)
    redirect_uri, answer = laptop.server.consent(onward(laptop, reply["authorizationUrl"]))
    session_id = answer["state"].partition(".")[0]
    for uri, changed in (
        (elsewhere, answer),
        (redirect_uri, answer | {"state": f"{session_id}.guessed"}),
        (redirect_uri, answer | {"state": session_id}),
        (redirect_uri, {"code": answer["code"]}),
    ):
        assert laptop.open(uri, **changed).status == 400
    assert laptop.server.forms == []
    assert onward(laptop, redirect_uri, **answer).startswith(RETURN_URL)
    assert laptop.open(redirect_uri, **answer).status == 400
    assert laptop.open(reply["authorizationUrl"]).status == 400
    assert laptop.server.grants == ["authorization_code"]


def test_a_person_who_says_no_ends_the_session(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    redirect_uri, answer = laptop.server.consent(onward(laptop, reply["authorizationUrl"]))
    end = onward(laptop, redirect_uri, state=answer["state"], error="access_denied")
    assert end.startswith(RETURN_URL)
    status = ask(data, token, sessionUri=reply["sessionUri"])
    assert status["sessionStatus"] == "FAILED"
    with pytest.raises(data.exceptions.ValidationException):
        finish(data, reply)


def test_a_code_that_is_not_the_servers_ends_the_session(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    redirect_uri, answer = laptop.server.consent(onward(laptop, reply["authorizationUrl"]))
    onward(laptop, redirect_uri, **answer | {"code": "stolen elsewhere"})
    assert ask(data, token, sessionUri=reply["sessionUri"])["sessionStatus"] == "FAILED"


@pytest.mark.fidelity("identity.consent.return-url")
@pytest.mark.parametrize("url", [None, "https://evil.example.com/", f"{RETURN_URL}/more"])
def test_people_are_sent_back_only_where_the_workload_identity_allows(
    data: Client, token: str, url: str | None
) -> None:
    with pytest.raises(data.exceptions.ValidationException, match="allowedResourceOauth2"):
        ask(data, token, resourceOauth2ReturnUrl=url)


def test_federation_needs_a_user(data: Client, desk: str) -> None:
    token = data.get_workload_access_token(workloadName=desk)["workloadAccessToken"]
    with pytest.raises(data.exceptions.ValidationException, match="made for a user"):
        ask(data, token)


@pytest.mark.fidelity("identity.consent.refresh")
def test_a_token_that_has_ended_is_refreshed_until_the_consent_is_withdrawn(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    consented(laptop, reply)
    finish(data, reply)
    assert ask(data, token)["accessToken"] == "access-1"
    laptop.clock.pass_by(61 * MINUTE)
    assert ask(data, workload_token(data))["accessToken"] == "access-2"
    assert laptop.server.forms[-1]["refresh_token"] == "refresh-1"
    laptop.clock.pass_by(61 * MINUTE)
    laptop.server.withdrawn = True
    assert "authorizationUrl" in ask(data, workload_token(data))


def test_a_user_can_be_made_to_consent_again(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    first = ask(data, token)
    consented(laptop, first)
    finish(data, first)
    second = ask(data, token, forceAuthentication=True)
    assert "accessToken" not in ask(data, token, sessionUri=second["sessionUri"])
    consented(laptop, second)
    finish(data, second)
    assert ask(data, token, sessionUri=second["sessionUri"])["accessToken"] == "access-2"


def test_a_consent_goes_on_after_a_restart(
    laptop: IdentityLaptop, data: Client, token: str
) -> None:
    reply = ask(data, token)
    again = laptop.restarted()
    consented(again, reply)
    with again.clients() as (_, fresh):
        finish(fresh, reply)
        assert ask(fresh, token)["accessToken"] == "access-1"

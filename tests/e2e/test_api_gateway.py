"""API Gateway on the laptop: keys, plans, its own errors, and functions that misbehave."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support import echo_api
from tests.support.laptop import Laptop

pytestmark = pytest.mark.laptop

ORIGIN = "https://shop.example"


class Api:
    """The API, asked with the key of one of its plans."""

    def __init__(self, client: httpx.Client, found: dict[str, Any]) -> None:
        self.client = client
        self.ids: dict[str, str] = found["ids"]
        self._found = found

    def ask(self, path: str, plan: str | None = "Open", **parts: Any) -> httpx.Response:  # noqa: ANN401  # of a request
        key = {"x-api-key": self._found["keys"].get(plan, plan)} if plan else {}
        headers = {"origin": ORIGIN, **key}
        method = "POST" if "json" in parts else "GET"
        return self.client.request(method, self._found["url"] + path, headers=headers, **parts)


@pytest.fixture(scope="module")
def api(laptop: Laptop) -> Iterator[Api]:
    found = echo_api.deploy(laptop)
    with httpx.Client(verify=laptop.ssl_context(), trust_env=False, timeout=30) as client:
        yield Api(client, found)
    echo_api.remove(laptop)


def refusal(answer: httpx.Response) -> tuple[int, Any, str, str | None]:
    kind = answer.headers["x-amzn-errortype"]
    origin = answer.headers.get("access-control-allow-origin")
    return answer.status_code, answer.json(), kind, origin


@pytest.mark.fidelity("door.key-in-event")
def test_a_function_is_told_which_key_came_and_the_id_that_the_caller_gets(api: Api) -> None:
    answer = api.ask("/echo")
    told = answer.json()
    assert (told["keyId"], told["id"]) == (api.ids["Open"], answer.headers["x-amzn-requestid"])
    assert api.ask("/open/echo").json()["keyId"] is None


@pytest.mark.fidelity("door.no-key")
@pytest.mark.parametrize("plan", [None, "no-key-of-anybody-at-all"])
def test_without_a_key_the_answer_is_forbidden(api: Api, plan: str | None) -> None:
    found = refusal(api.ask("/echo", plan))
    assert found == (403, {"message": "Forbidden"}, "ForbiddenException", ORIGIN)


@pytest.mark.fidelity("door.throttled")
@pytest.mark.fidelity("door.cors-on-errors")
def test_a_burst_is_let_in_and_no_more(api: Api) -> None:
    answers = [api.ask("/echo", "Slow") for _ in range(5)]
    assert [one.status_code for one in answers] == [200] * 3 + [429] * 2
    told = (429, {"message": "Too Many Requests"}, "TooManyRequestsException", ORIGIN)
    assert refusal(answers[-1]) == told
    assert api.ask("/echo").status_code == 200  # another key's bucket is another


@pytest.mark.fidelity("door.quota")
def test_a_days_quota_is_let_in_and_no_more(api: Api) -> None:
    answers = [api.ask("/echo", "Little") for _ in range(5)]
    assert [one.status_code for one in answers] == [200] * 3 + [429] * 2
    told = (429, {"message": "Limit Exceeded"}, "LimitExceededException", ORIGIN)
    assert refusal(answers[-1]) == told


@pytest.mark.fidelity("door.method-throttle")
def test_a_method_without_a_key_has_limits_of_its_own(api: Api) -> None:
    statuses = [api.ask("/open/echo", None).status_code for _ in range(4)]
    assert statuses[-2:] == [429, 429]
    assert api.ask("/echo").status_code == 200


@pytest.mark.fidelity("door.body-refused")
def test_a_body_that_is_not_of_the_model_is_refused_in_the_apis_words(api: Api) -> None:
    answer = api.ask("/echo", json={"promt": "x"})
    assert (answer.status_code, answer.json()) == (400, {"error": "prompt"})
    assert api.ask("/echo", json={"prompt": "x"}).status_code == 200


@pytest.mark.fidelity("door.function-failed")
@pytest.mark.parametrize("path", ["/fails", "/says-nothing"])
def test_a_function_that_fails_is_502_and_its_words_stay_inside(api: Api, path: str) -> None:
    told = (502, {"error": "Internal server error"}, "InternalServerErrorException", ORIGIN)
    assert refusal(api.ask(path)) == told


@pytest.mark.fidelity("door.integration-timeout")
def test_a_function_that_takes_too_long_is_504(api: Api) -> None:
    told = (504, {"error": "Endpoint request timed out"}, "InternalServerErrorException", ORIGIN)
    assert refusal(api.ask("/slow")) == told

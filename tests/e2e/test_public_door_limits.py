"""The usage plan of the public API: what the deployed one says, and that such limits hold."""

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.door import Door
from tests.support.laptop import Cloud, Laptop, Stack
from tests.support.pace import paced

TOO_MANY = {"message": "Too Many Requests"}
SPENT = {"message": "Limit Exceeded"}
QUESTION = {"prompt": "How do I activate roaming?"}
BAD = {"prompt": ""}
"""Refused by the function or before it: cheap, and counted like any other request."""
RATE_PER_S, SECONDS, CONVERSATIONS = 50, 20, 6


@dataclass(frozen=True)
class Limits:
    """A usage plan."""

    rate_per_s: float
    burst: int
    per_day: int


@pytest.fixture(scope="module")
def door(cloud: Cloud, stack: Stack) -> Iterator[Door]:
    with Door.of(cloud, stack) as opened:
        yield opened


def plan_of(cloud: Cloud, stack: Stack) -> dict[str, Any]:
    plans = cloud.client("apigateway").get_usage_plans(keyId=stack.outputs["AgentApiKeyId"])
    plan: dict[str, Any] = plans["items"][0]
    return plan


@contextmanager
def customer(cloud: Cloud, stack: Stack, limits: Limits) -> Iterator[str]:
    """A customer with a usage plan of his own; yields his key."""
    api = cloud.client("apigateway")
    name = f"tested-{uuid.uuid4().hex}"
    key = api.create_api_key(name=name, enabled=True)
    stages = [
        {"apiId": stage["apiId"], "stage": stage["stage"]}
        for stage in plan_of(cloud, stack)["apiStages"]
    ]
    plan = api.create_usage_plan(
        name=name,
        apiStages=stages,
        throttle={"rateLimit": limits.rate_per_s, "burstLimit": limits.burst},
        quota={"limit": limits.per_day, "period": "DAY"},
    )
    api.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
    yield key["value"]
    api.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])
    for stage in stages:
        path = f"{stage['apiId']}:{stage['stage']}"
        api.update_usage_plan(
            usagePlanId=plan["id"],
            patchOperations=[{"op": "remove", "path": "/apiStages", "value": path}],
        )
    api.delete_usage_plan(usagePlanId=plan["id"])
    api.delete_api_key(apiKey=key["id"])


def test_the_deployed_plan_is_the_promised_one(cloud: Cloud, stack: Stack) -> None:
    plan = plan_of(cloud, stack)

    assert plan["throttle"] == {"rateLimit": 50.0, "burstLimit": 100}
    assert (plan["quota"]["limit"], plan["quota"]["period"]) == (10_000, "DAY")


@pytest.mark.laptop
def test_the_burst_is_served_and_what_exceeds_it_is_not(
    laptop: Laptop, stack: Stack, door: Door
) -> None:
    with customer(laptop, stack, Limits(rate_per_s=0.01, burst=3, per_day=1000)) as key:
        answers = [door.with_key(key).post(BAD) for _ in range(5)]

    assert [one.status_code for one in answers] == [400, 400, 400, 429, 429]
    assert answers[-1].json() == TOO_MANY


@pytest.mark.laptop
def test_the_rate_refills_what_the_burst_spent(laptop: Laptop, stack: Stack, door: Door) -> None:
    """Ten a second for two seconds, of which five a second and the burst get through."""
    with customer(laptop, stack, Limits(rate_per_s=5, burst=2, per_day=1000)) as key:
        strict = door.with_key(key)
        answers = paced(lambda _: strict.post(BAD).status_code, per_s=10, count=20)

    served = Counter(answers)[400]
    assert 2 + 5 < served <= 2 + 5 * 3, Counter(answers)
    assert Counter(answers)[429] == len(answers) - served


@pytest.mark.laptop
def test_the_day_s_quota_ends_it(laptop: Laptop, stack: Stack, door: Door) -> None:
    with customer(laptop, stack, Limits(rate_per_s=100, burst=100, per_day=4)) as key:
        answers = [door.with_key(key).post(BAD) for _ in range(6)]

    assert [one.status_code for one in answers] == [400, 400, 400, 400, 429, 429]
    assert answers[-1].json() == SPENT


@pytest.mark.laptop
def test_fifty_questions_a_second_meet_no_error_but_the_plan_s_own(door: Door) -> None:
    """For 20 seconds, in a few conversations at once; the model is the offline one."""
    threads = [uuid.uuid4().hex for _ in range(CONVERSATIONS)]
    with ThreadPoolExecutor(CONVERSATIONS) as pool:  # every conversation has its session
        begun = list(pool.map(lambda thread: door.ask(**QUESTION, thread_id=thread), threads))
    assert len(begun) == CONVERSATIONS

    def ask(number: int) -> int:
        thread = threads[number % CONVERSATIONS]
        return door.post({**QUESTION, "thread_id": thread}).status_code

    answers = Counter(paced(ask, per_s=RATE_PER_S, count=RATE_PER_S * SECONDS))

    assert set(answers) <= {200, 429}, answers
    assert answers[200] > answers[429], answers

import json
from pathlib import Path

import pytest

from tests.contract.agentcore_runtime.asking import OTHER_SESSION, SESSION, say
from tests.support.agent_runtimes import Client, Laptop, wanted


@pytest.mark.fidelity("agentcore-runtime.stop")
def test_a_session_can_be_stopped_and_begun_anew(laptop: Laptop, data: Client, arn: str) -> None:
    first = say(data, arn)["pid"]
    stopped = data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)
    assert stopped["runtimeSessionId"] == SESSION
    assert not Path(f"/proc/{first}").exists()
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        data.stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=SESSION)
    assert say(data, arn)["pid"] != first


@pytest.mark.fidelity("agentcore-runtime.session.idle")
def test_a_session_ends_when_nobody_asks_unless_its_agent_is_busy(
    laptop: Laptop, data: Client, arn: str
) -> None:
    first = say(data, arn)["pid"]
    say(data, arn, do="busy", status="HealthyBusy")
    laptop.now_s = 950
    laptop.loop.run(laptop.service.sessions.tick())
    assert say(data, arn)["pid"] == first

    say(data, arn, do="busy", status="Healthy")
    laptop.now_s += 901
    laptop.loop.run(laptop.service.sessions.tick())
    assert laptop.service.sessions.count() == 0
    assert say(data, arn)["pid"] != first


@pytest.mark.fidelity("agentcore-runtime.session.version")
def test_a_session_stays_with_its_version_and_a_new_one_has_the_new(
    laptop: Laptop, client: Client, data: Client, arn: str
) -> None:
    runtime_id = arn.rpartition("/")[2]
    client.create_agent_runtime_endpoint(agentRuntimeId=runtime_id, name="prod")
    laptop.settle()
    first = say(data, arn)["pid"]
    members = wanted(environmentVariables={"VERSION": "two"}) | {"agentRuntimeId": runtime_id}
    del members["agentRuntimeName"]
    client.update_agent_runtime(**members)
    laptop.settle()

    assert say(data, arn)["pid"] == first
    assert say(data, arn, OTHER_SESSION)["environment"]["VERSION"] == "two"
    pinned = data.invoke_agent_runtime(agentRuntimeArn=arn, qualifier="prod", payload=b"{}")
    assert "VERSION" not in json.loads(pinned["response"].read())["environment"]


@pytest.mark.fidelity("agentcore-runtime.session.limit")
def test_the_session_used_least_lately_makes_room_for_a_new_one(
    laptop: Laptop, data: Client, arn: str
) -> None:
    pids = []
    for number in range(4):
        laptop.now_s += 1
        pids.append(say(data, arn, f"session-number-{number}-{'x' * 20}")["pid"])
    assert laptop.service.sessions.count() == 3
    assert [Path(f"/proc/{pid}").exists() for pid in pids] == [False, True, True, True]


@pytest.mark.fidelity("agentcore-runtime.delete.sessions")
def test_sessions_end_with_their_runtime(
    laptop: Laptop, client: Client, data: Client, arn: str
) -> None:
    pid = say(data, arn)["pid"]
    client.delete_agent_runtime(agentRuntimeId=arn.rpartition("/")[2])
    laptop.settle()
    laptop.loop.run(laptop.service.sessions.stop_all())
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        say(data, arn)

"""Callers as principals, and what a gateway's role may do, for as long as it is remembered."""

import pytest

from localcloud.agentcore.gateway.engine_access import AUTHORIZE, EngineAccess
from localcloud.agentcore.gateway.errors import PolicyEvaluationFailed
from localcloud.agentcore.gateway.principals import Admitted, principal_of, without_session
from localcloud.agentcore.gateway.role import CREDENTIALS_TTL_S, RoleCredentials, role_caller
from localcloud.agentcore.model import Gateway, Status
from localcloud.cloud import Credentials
from policy.model import Principal
from tests.support.control_plane import ROLE_ARN
from tests.support.fake_cloud import FakeCloud
from tests.support.policy_plane import ENGINES, GATEWAYS, NOW

ENGINE = f"{ENGINES}/Rules-0000000001"
GATEWAY = Gateway("desk-1", "Desk", {"roleArn": ROLE_ARN}, Status.READY, NOW, NOW)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:sts::1:assumed-role/Agents/session", "arn:aws:sts::1:assumed-role/Agents"),
        ("arn:aws:sts::1:assumed-role/Agents", "arn:aws:sts::1:assumed-role/Agents"),
        ("arn:aws:iam::1:user/ann", "arn:aws:iam::1:user/ann"),
        ("", ""),
    ],
)
def test_only_sessions_of_roles_lose_a_part_of_their_name(arn: str, expected: str) -> None:
    assert without_session(arn) == expected


def test_a_subject_that_is_no_text_is_no_id() -> None:
    principal = principal_of(Admitted(claims={"sub": 7, "none": None, "deep": {"a": 1}}))
    assert principal == Principal("OAuthUser", "", {"sub": "7"})


def test_a_session_of_a_role_with_a_path_has_the_role_s_name_alone() -> None:
    made = role_caller("arn:aws:iam::123:role/teams/a/Desk", Credentials("AKID", "", ""), "s")
    assert made.arn == "arn:aws:sts::123:assumed-role/Desk/s"
    assert (made.account_id, made.access_key_id) == ("123", "AKID")


async def test_permission_is_remembered_for_as_long_as_credentials() -> None:
    cloud, now_s = FakeCloud(), [0.0]
    roles = RoleCredentials(cloud, lambda: now_s[0])
    access = EngineAccess(cloud, roles, lambda: now_s[0])
    await access.expect(GATEWAY, ENGINE, AUTHORIZE)
    asked = [(one.action, one.resource) for one in cloud.authorizations]
    assert asked == [(AUTHORIZE, ENGINE), (AUTHORIZE, f"{GATEWAYS}/desk-1")]
    cloud.denied.append((AUTHORIZE, "*"))
    now_s[0] = CREDENTIALS_TTL_S - 1
    await access.expect(GATEWAY, ENGINE, AUTHORIZE)
    now_s[0] = CREDENTIALS_TTL_S
    with pytest.raises(PolicyEvaluationFailed):
        await access.expect(GATEWAY, ENGINE, AUTHORIZE)
    cloud.denied.clear()
    await access.expect(GATEWAY, ENGINE, AUTHORIZE)


async def test_a_role_that_cannot_be_taken_cannot_ask() -> None:
    cloud = FakeCloud(unassumable=[ROLE_ARN])
    access = EngineAccess(cloud, RoleCredentials(cloud, lambda: 0.0), lambda: 0.0)
    with pytest.raises(PolicyEvaluationFailed):
        await access.expect(GATEWAY, ENGINE, AUTHORIZE)

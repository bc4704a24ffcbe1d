"""In whose name the functions work: their own, or a role of the tenant's whose stack it is."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.credentials import RefreshableCredentials

from custom_resources import tenants

STACK = (
    "arn:aws:cloudformation:us-east-1:123456789012:stack/{}/11111111-2222-4333-8444-555555555555"
)
OURS = {"STACK_NAME": "petstore"}


@pytest.fixture(autouse=True)
def fresh(aws: None) -> Iterator[None]:
    """Keep no session over the end of a test's cloud."""
    tenants._session.cache_clear()
    yield
    tenants._session.cache_clear()


def caller(session: boto3.Session) -> str:
    return session.client("sts").get_caller_identity()["Arn"]


def test_for_a_tenants_stack_and_those_within_it_is_the_tenants_role() -> None:
    session = tenants.session(STACK.format("petstore-tenant-acme"), "provisioner", OURS)
    within = STACK.format("petstore-tenant-acme-Platform-1A2B3C")
    assert tenants.session(within, "provisioner", OURS) is session
    role = "arn:aws:sts::123456789012:assumed-role/petstore-tenant-acme-provisioner"
    assert caller(session) == f"{role}/provisioner"
    # botocore takes the role again before these expire.
    assert isinstance(session.get_credentials(), RefreshableCredentials)
    users = caller(tenants.session(within, "users", OURS))
    assert users.endswith("assumed-role/petstore-tenant-acme-users/users")


def test_for_all_other_stacks_it_is_the_functions_own() -> None:
    session = tenants.session(STACK.format("petstore"), "provisioner", OURS)
    assert "assumed-role" not in caller(session)
    for other in ("petstore-PlatformStack-1A2B3C", "another-tenant-acme"):
        assert tenants.session(STACK.format(other), "provisioner", OURS) is session

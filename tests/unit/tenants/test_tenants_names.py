"""Names: of tenants, of their stacks, and of the roles that are found by them."""

import pytest

from custom_resources.tenants import TENANT, tenants_role
from tenants import names
from tenants.errors import BadName

ACCOUNT = "123456789012"


@pytest.mark.parametrize("tenant", ["acme", "a1", "x" * 14])
def test_a_tenants_name_gives_the_stacks(tenant: str) -> None:
    stack = names.stack_name("petstore", tenant)
    assert stack == f"petstore-tenant-{tenant}"
    assert len(f"{stack}-platform") <= 39
    assert len(f"{names.underscored(stack)}_orchestrator") <= 48
    assert len(f"{stack}-provisioner") <= 64
    assert TENANT.fullmatch(tenant)


@pytest.mark.parametrize("tenant", ["", "a", "Acme", "1st", "acme-labs", "acme_", "ä", "x" * 15])
def test_other_names_are_refused(tenant: str) -> None:
    with pytest.raises(BadName):
        names.stack_name("petstore", tenant)


def test_a_root_with_a_long_name_has_no_room_for_tenants() -> None:
    with pytest.raises(BadName, match="0 characters"):
        names.stack_name("r" * 30, "acme")


@pytest.mark.parametrize(
    ("stack", "tenant"),
    [
        ("petstore-tenant-acme", "acme"),
        ("petstore-tenant-acme-Platform-1A2B3C", "acme"),
        ("petstore", None),
        ("petstore-PlatformStack-1A2B3C", None),
        ("petstore2-tenant-acme", None),
        ("other-petstore-tenant-acme", None),
        ("petstore-tenant-", None),
        ("petstore-tenant-Acme", None),
        ("petstore-tenants-acme", None),
    ],
)
def test_a_stack_of_a_tenants_is_served_in_the_tenants_role_and_others_are_not(
    stack: str, tenant: str | None
) -> None:
    stack_id = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/{stack}/11111111-2222"
    expected = tenant and f"arn:aws:iam::{ACCOUNT}:role/petstore-tenant-{tenant}-provisioner"
    assert tenants_role(stack_id, "provisioner", "petstore") == expected


def test_what_is_no_stacks_id_has_no_role() -> None:
    assert tenants_role("petstore-tenant-acme", "users", "petstore") is None

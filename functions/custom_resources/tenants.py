"""In whose name a function of this stack works: its own, or a tenant's.

Stacks of tenants are named `<this stack>-tenant-<tenant>`, and hold roles that this stack's
functions take to work for them and for the stacks within (tenants/template.yaml). So what goes
wrong for one tenant cannot touch another, and rights come and go with the tenant.

Imported on the first event, not with the handler, for boto3's sake.
"""

import os
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Final

import boto3
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.session import Session as BotocoreSession

STACK_ID: Final = re.compile(
    r"arn:(?P<partition>[\w-]+):cloudformation:[\w-]+:(?P<account>\d{12}):stack/(?P<name>[\w-]+)/"
)
QUICK: Final = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
"""In seconds, of the call that takes a role."""

TENANT: Final = re.compile(r"[a-z][a-z0-9]*")
"""Without hyphens, or `acme` could not be told from the beginning of `acme-labs`."""


def session(stack_id: str, duty: str, environment: Mapping[str, str] = os.environ) -> boto3.Session:
    """Return a session with the rights to work for a stack, kept for the next time.

    Args:
        stack_id: the stack's ARN, of an event of CloudFormation.
        duty: what the role is for, the end of its name, such as `provisioner`.
        environment: holds STACK_NAME, the name of this function's own stack.
    """
    return _session(tenants_role(stack_id, duty, environment["STACK_NAME"]))


def tenants_role(stack_id: str, duty: str, root: str) -> str | None:
    """Return the ARN of a tenant's role; None for a stack that is no tenant's of this root."""
    found = STACK_ID.match(stack_id)
    name = found["name"] if found else ""
    if found is None or not name.startswith(f"{root}-tenant-"):
        return None
    tenant = name.removeprefix(f"{root}-tenant-").partition("-")[0]
    if not TENANT.fullmatch(tenant):
        return None
    role = f"{root}-tenant-{tenant}-{duty}"
    return f"arn:{found['partition']}:iam::{found['account']}:role/{role}"


@cache
def _session(role_arn: str | None) -> boto3.Session:
    own = boto3.Session()
    if role_arn is None:
        return own
    made = BotocoreSession()
    # With what has been read of the services' models: reading it again takes longer than a call.
    made.register_component("data_loader", _botocore(own).get_component("data_loader"))
    made.register_component("credential_provider", CredentialResolver([_Role(own, role_arn)]))
    return boto3.Session(botocore_session=made)


class _Role(CredentialProvider):
    """Credentials of a role, taken when they are needed and again before they expire."""

    METHOD = "assume-role"

    def __init__(self, own: boto3.Session, role_arn: str) -> None:
        """Take who asks, and for which role."""
        super().__init__()
        self._own, self._role_arn = own, role_arn

    def load(self) -> DeferredRefreshableCredentials:
        """Return the credentials; nothing is asked for yet."""
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=partial(_botocore(self._own).create_client, config=QUICK),
            source_credentials=self._own.get_credentials(),
            role_arn=self._role_arn,
            extra_args={"RoleSessionName": self._role_arn.rpartition("-")[2]},
        )
        return DeferredRefreshableCredentials(
            refresh_using=fetcher.fetch_credentials, method=self.METHOD
        )


def _botocore(session: boto3.Session) -> BotocoreSession:
    inner: BotocoreSession = session._session  # boto3 has no other way to it
    return inner

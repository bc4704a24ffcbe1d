"""Why a tenant is not as it was asked for: one class per reason, with a stable `code`.

TenancyError
├── BadName       no tenant can be called so
├── RootUnusable  the root stack cannot be read, is not ready, or has no platform
├── NoSuchTenant  there is no such tenant
├── NotOurs       a stack has the tenant's name and is none
├── Busy          the tenant's stack is being changed, or was left half way
├── Failed        CloudFormation did not do it, or not in time
└── LeftBehind    the stack is gone, and something of the tenant's is not
"""

from collections.abc import Iterable


class TenancyError(Exception):
    """A refusal or a failure; `exit_code` is the command's."""

    code = "TenancyError"
    exit_code = 1


class BadName(TenancyError):
    """No tenant can be called so, under this root stack."""

    code = "BadName"
    exit_code = 2


class RootUnusable(TenancyError):
    """The root stack cannot be read, is not ready, or has no platform."""

    code = "RootUnusable"
    exit_code = 3


class NoSuchTenant(TenancyError):
    """There is no such tenant."""

    code = "NoSuchTenant"
    exit_code = 4


class NotOurs(TenancyError):
    """A stack has the tenant's name and is none."""

    code = "NotOurs"
    exit_code = 5


class Busy(TenancyError):
    """The tenant's stack is being changed, or was left half way."""

    code = "Busy"
    exit_code = 5


class Failed(TenancyError):
    """CloudFormation did not do it, or not in time."""

    code = "Failed"
    exit_code = 6

    def __init__(self, said: str, reasons: Iterable[str] = ()) -> None:
        """Take what happened, and CloudFormation's reasons."""
        super().__init__("\n  ".join([said, *reasons]))


class LeftBehind(TenancyError):
    """The stack is gone, and something of the tenant's is not."""

    code = "LeftBehind"
    exit_code = 7

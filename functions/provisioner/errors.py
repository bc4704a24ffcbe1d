"""What can go wrong while provisioning. Class names are the error names Step Functions sees.

ProvisioningError
├── Throttled         too many calls, or the service is down for a moment    (tried again)
├── Busy              the resource is in the middle of another change        (tried again)
├── RoleNotReady      IAM has not yet told AgentCore of the role             (tried again)
├── Denied            IAM forbids it, or does not yet allow it               (tried again, once)
├── Refused           AgentCore said no
├── NameTaken         a gateway of this name belongs to someone else
├── GatewayFailed     the gateway ended in a failed status
├── TargetFailed      a target ended in a failed status
├── WaitedTooLong     a wait came to its end
├── NotAsStated       what is there at the end is not what was asked for
└── UnknownStep       the state machine and this function do not fit together
"""


class ProvisioningError(Exception):
    """A reason not to go on; its message is for whoever deploys."""

    code = "ProvisioningError"


class Throttled(ProvisioningError):
    """Too many calls, no connection, or a failure of the service's own."""

    code = "Throttled"


class Busy(ProvisioningError):
    """ConflictException: the name is taken, or the resource is changing."""

    code = "Busy"


class RoleNotReady(ProvisioningError):
    """The service cannot take the role yet: IAM spreads changes within about a minute."""

    code = "RoleNotReady"


class Denied(ProvisioningError):
    """AccessDeniedException."""

    code = "Denied"


class Refused(ProvisioningError):
    """Any other error of the API. `aws_code` is AWS's name for it."""

    code = "Refused"

    def __init__(self, message: str, aws_code: str = "") -> None:
        """Take the whole message and AWS's code."""
        super().__init__(message)
        self.aws_code = aws_code


class NameTaken(ProvisioningError):
    """There is a gateway of this name, and its tags do not say that it is ours."""

    code = "NameTaken"


class GatewayFailed(ProvisioningError):
    """The gateway is FAILED, UPDATE_UNSUCCESSFUL or gone."""

    code = "GatewayFailed"


class TargetFailed(ProvisioningError):
    """One or more targets failed. The message holds AWS's statusReasons."""

    code = "TargetFailed"


class WaitedTooLong(ProvisioningError):
    """A resource did not get where it should within `WaitSeconds`."""

    code = "WaitedTooLong"


class NotAsStated(ProvisioningError):
    """The last look found other targets than asked for, or not all of them READY."""

    code = "NotAsStated"


class UnknownStep(ProvisioningError):
    """No step has this name."""

    code = "UnknownStep"

"""What can go wrong while provisioning. Class names are the error names Step Functions sees.

ProvisioningError
├── Throttled         too many calls, or the service is down for a moment    (tried again)
├── Busy              the resource is in the middle of another change        (tried again)
├── RoleNotReady      IAM has not yet told AgentCore of the role             (tried again)
├── Denied            IAM forbids it, or does not yet allow it               (tried again, once)
├── Refused           it cannot be done as stated: AWS or the kind says no
├── NameTaken         a resource of this name belongs to someone else
├── ResourceFailed    the resource ended in a failed status
├── PartFailed        a target or an endpoint ended in a failed status
├── WaitedTooLong     a wait came to its end
├── NotAsStated       what is there at the end is not what was asked for
├── BadArchive        the function's archive is not what Lambda says it is
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
    """Any other error of the API, whose `aws_code` is AWS's name for it; or what a kind lacks."""

    code = "Refused"

    def __init__(self, message: str, aws_code: str = "") -> None:
        """Take the whole message and AWS's code."""
        super().__init__(message)
        self.aws_code = aws_code


class NameTaken(ProvisioningError):
    """There is a resource of this name, and its tags do not say that it is ours."""

    code = "NameTaken"


class ResourceFailed(ProvisioningError):
    """The resource is in a failed status, or gone."""

    code = "ResourceFailed"


class PartFailed(ProvisioningError):
    """One or more targets or endpoints failed. The message holds AWS's reasons."""

    code = "PartFailed"


class WaitedTooLong(ProvisioningError):
    """A resource did not get where it should within `WaitSeconds`."""

    code = "WaitedTooLong"


class NotAsStated(ProvisioningError):
    """The last look found other parts than asked for, or not all of them READY."""

    code = "NotAsStated"


class BadArchive(ProvisioningError):
    """What Lambda hands out has another SHA-256 than Lambda says, or could not be fetched."""

    code = "BadArchive"


class UnknownStep(ProvisioningError):
    """No step, or no kind of resource, has this name."""

    code = "UnknownStep"

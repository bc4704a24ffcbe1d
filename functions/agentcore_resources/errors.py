"""What the door of the custom resources refuses.

ResourceError
├── BadProperties    the template states something that cannot be asked of AgentCore
├── NotProvisioned   the state machine gave up; the message is the reason it gave
└── NotDelivered     CloudFormation did not take the answer

`custom_resources.direct` adds Refused, for the custom resources that need no state machine.
"""


class ResourceError(Exception):
    """A refusal; its message goes to CloudFormation's events."""

    code = "ResourceError"


class BadProperties(ResourceError):
    """Properties are missing, unknown or malformed. The message names each of them."""

    code = "BadProperties"


class NotProvisioned(ResourceError):
    """The state machine could not do what was asked."""

    code = "NotProvisioned"


class NotDelivered(ResourceError):
    """The response URL could not be reached or refused; a second try may do."""

    code = "NotDelivered"

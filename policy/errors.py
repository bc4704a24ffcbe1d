"""Why the policy core refuses: one class per reason, with a stable `code`.

PolicyError
├── UnparsableStatement  the text is not one Cedar policy
├── SchemaMismatch       an argument is not of the type that its schema declares
├── UnknownTool          the gateway has no such tool
├── UnreadableFile       a file is not what it should be
└── NotPromoted          the gateway's mode stays what it is
"""


class PolicyError(Exception):
    """A refusal by the policy core."""

    code = "PolicyError"


class UnparsableStatement(PolicyError):
    """The text is not exactly one Cedar policy."""

    code = "UnparsableStatement"


class SchemaMismatch(PolicyError):
    """An argument has no value of the type that the tool's input schema declares.

    `path` is where, such as `items.2.price`; the value is not told.
    """

    code = "SchemaMismatch"

    def __init__(self, path: str, expected: str) -> None:
        """Say which argument should have been what."""
        super().__init__(f"argument '{path}' is not a Cedar {expected}")
        self.path = path


class UnknownTool(PolicyError):
    """The gateway has no tool of that name."""

    code = "UnknownTool"


class UnreadableFile(PolicyError):
    """A file of policies, tools, cases or decisions is not what it should be."""

    code = "UnreadableFile"


class NotPromoted(PolicyError):
    """The gateway's mode stays what it is."""

    code = "NotPromoted"

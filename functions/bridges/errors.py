"""Why a tool refuses a call. The message is for the model that called: it names the argument.

BridgeError
├── UnknownTool     the bridge has no tool of this name
├── BadArguments    arguments that the tool's schema could not refuse: values, combinations, extras
├── NotThere        what an argument names does not exist
├── NotAllowedNow   it exists, and is not in a state for this
├── Conflict        another call got in the way; trying again may help
└── UnknownBackend  the environment chooses a system that this bridge cannot talk to
"""


class BridgeError(Exception):
    """A call that is refused. `code` is stable and begins the message; the rest is for people."""

    code = "bridge_error"

    def __init__(self, message: str) -> None:
        """Take what to say after the code."""
        super().__init__(f"{self.code}: {message}")


class UnknownTool(BridgeError):
    """The bridge has no tool of this name."""

    code = "unknown_tool"


class BadArguments(BridgeError):
    """The arguments are not the tool's. Names each that is wrong, and shows none."""

    code = "bad_arguments"


class NotThere(BridgeError):
    """What an argument names does not exist."""

    code = "not_there"


class NotAllowedNow(BridgeError):
    """What an argument names is not in a state for what is asked."""

    code = "not_allowed_now"


class Conflict(BridgeError):
    """Another call has changed the same thing, or has taken the same id."""

    code = "conflict"


class UnknownBackend(BridgeError):
    """The function's environment chooses a system that nobody has written an adapter for."""

    code = "unknown_backend"

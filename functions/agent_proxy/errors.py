"""Why a question gets no answer.

AgentProxyError
├── InvalidRequest     the request breaks the contract; the message names the field
├── Misconfigured      this deployment is at fault: rights, a name, a call without an API key
├── AgentFailed        the agent ended in an error, or did not answer as agreed
├── AgentBusy          too many at once, or one conversation asked twice at the same time
├── AgentUnavailable   AgentCore could not be reached, or had a fault of its own
└── AgentTimedOut      no answer in time

Only the message of InvalidRequest is for callers, for it is about what they sent. Of all others
they get the sentence of the class, whatever the message says.
"""


class AgentProxyError(Exception):
    """No answer. `code` and `sentence` are stable; the message is for the log."""

    code = "agent_proxy_error"
    sentence = "The question could not be answered."


class InvalidRequest(AgentProxyError):
    """The request breaks the contract."""

    code = "invalid_request"
    sentence = "The request is not valid."


class Misconfigured(AgentProxyError):
    """The deployment is at fault, and asking again does not help."""

    code = "misconfigured"
    sentence = "This is a fault of ours."


class AgentFailed(AgentProxyError):
    """The agent ended in an error, or its answer is not one."""

    code = "agent_failed"
    sentence = "The agent could not answer."


class AgentBusy(AgentProxyError):
    """The agent takes no more for now, or still answers this conversation's last question."""

    code = "agent_busy"
    sentence = "The agent is busy. Try again."


class AgentUnavailable(AgentProxyError):
    """What runs the agent could not be reached, or failed."""

    code = "agent_unavailable"
    sentence = "The agent could not be reached. Try again."


class AgentTimedOut(AgentProxyError):
    """The agent took too long."""

    code = "agent_timed_out"
    sentence = "The agent did not answer in time."

"""The log groups of runtimes: made before AgentCore makes them, so that they expire and go."""

from provisioner.calls import Calls
from provisioner.errors import Refused

PREFIX = "/aws/bedrock-agentcore/runtimes/"
"""AgentCore Developer Guide, observability: one log group for each endpoint of a runtime."""

EXISTS = "ResourceAlreadyExistsException"


class RuntimeLogs:
    """The log groups `<PREFIX><runtime id>-<endpoint>`."""

    def __init__(self, logs: Calls) -> None:
        """Take the calls of `logs`."""
        self._logs = logs

    def keep(self, runtime_id: str, endpoints: list[str], days: int) -> None:
        """Have a log group for each endpoint that forgets after so many days."""
        there = self._groups(runtime_id)
        for endpoint in endpoints:
            name = f"{PREFIX}{runtime_id}-{endpoint}"
            if name not in there:
                self._create(name)
            if there.get(name) != days:
                self._logs("put_retention_policy", logGroupName=name, retentionInDays=days)

    def forget(self, runtime_id: str) -> None:
        """Remove the log groups of all endpoints there have been."""
        for name in self._groups(runtime_id):
            self._logs.found("delete_log_group", logGroupName=name)

    def _groups(self, runtime_id: str) -> dict[str, int | None]:
        """Return how many days each log group keeps, by name; None is for ever."""
        found = self._logs.all(
            "describe_log_groups", "logGroups", logGroupNamePrefix=f"{PREFIX}{runtime_id}-"
        )
        return {group["logGroupName"]: group.get("retentionInDays") for group in found}

    def _create(self, name: str) -> None:
        try:
            self._logs("create_log_group", logGroupName=name)
        except Refused as error:
            if error.aws_code != EXISTS:  # the service has been quicker
                raise

"""Agent runtimes, and named endpoints as their parts.

Every runtime has the endpoint DEFAULT, which follows its newest version. It comes and goes with the
runtime, and is counted as the runtime's own: what is called is an endpoint.
"""

from collections.abc import Callable
from urllib.parse import quote

from provisioner.archives import Archives
from provisioner.calls import Calls
from provisioner.difference import differs
from provisioner.document import JsonObject, PartStatement, Statement
from provisioner.kinds.agentcore import AgentCoreResources
from provisioner.logs import RuntimeLogs
from provisioner.ports import Found
from provisioner.statuses import CREATING, READY

DEFAULT = "DEFAULT"
VERSION = "agentRuntimeVersion"


class Runtimes(AgentCoreResources):
    """`provisioner.ports.Kind` for agent runtimes."""

    noun, part_noun = "Runtime", "Endpoint"

    def __init__(self, agentcore: Calls, archives: Archives, logs: RuntimeLogs) -> None:
        """Take AgentCore's calls, and what lies around a runtime."""
        super().__init__(agentcore)
        self._archives, self._logs = archives, logs

    def find(self, name: str) -> Found | None:
        """Look through the list: there is no way to ask by name."""
        for runtime in self._agentcore.all("list_agent_runtimes", "agentRuntimes"):
            if runtime["agentRuntimeName"] == name:
                return self.get(runtime["agentRuntimeId"])
        return None

    def get(self, resource_id: str) -> Found | None:
        """Return a runtime, or None. It is no further than its endpoint DEFAULT is."""
        found = self._agentcore.found("get_agent_runtime", agentRuntimeId=resource_id)
        if found is None:
            return None
        status, reasons = found["status"], found.get("failureReason", "")
        if status in READY:
            default = self.part(resource_id, DEFAULT)
            status, reasons = (default.status, default.reasons) if default else (CREATING, "")
        return Found(
            id=found["agentRuntimeId"],
            arn=found["agentRuntimeArn"],
            name=found["agentRuntimeName"],
            status=status,
            reasons=reasons,
            members=found,
        )

    def differs(self, stated: Statement, found: Found, previous: Statement | None) -> bool:
        """Compare what is stated, and was, with what the service returns."""
        before = previous["resource"] if previous else {}
        code = self._code(stated, lambda _, version_arn: self._archives.place(version_arn))
        return differs(stated["resource"] | code, found.members, before)

    def create(self, stated: Statement, tags: dict[str, str], token: str) -> str:
        """Put the code in its place, then create a runtime."""
        parameters = self._with_code(stated) | {"tags": tags, "clientToken": token}
        return str(self._agentcore("create_agent_runtime", **parameters)["agentRuntimeId"])

    def update(self, resource_id: str, stated: Statement, token: str) -> None:
        """Replace all of a runtime's configuration: that makes its next version."""
        parameters = self._with_code(stated) | {"clientToken": token}
        del parameters["agentRuntimeName"]
        self._agentcore("update_agent_runtime", agentRuntimeId=resource_id, **parameters)

    def delete(self, resource_id: str) -> None:
        """Begin to delete a runtime; one that is gone is fine."""
        self._agentcore.found("delete_agent_runtime", agentRuntimeId=resource_id)

    def parts(self, resource_id: str) -> list[Found]:
        """Return a runtime's named endpoints."""
        return [one for one in self._endpoints(resource_id) if one.name != DEFAULT]

    def part(self, resource_id: str, part_id: str) -> Found | None:
        """Return an endpoint, or None; its id is its name."""
        found = self._agentcore.found(
            "get_agent_runtime_endpoint", agentRuntimeId=resource_id, endpointName=part_id
        )
        return _endpoint(found) if found else None

    def part_differs(
        self,
        stated: PartStatement,
        found: Found,
        of: Found | None,
        previous: PartStatement | None,
    ) -> bool:
        """Compare an endpoint; one without a stated version follows the runtime's newest."""
        version = stated["parameters"].get(VERSION) or (of and of.members[VERSION])
        serves = found.members.get("targetVersion") or found.members.get("liveVersion")
        before = previous["parameters"] if previous else {}
        return version != serves or differs(
            _text(stated["parameters"]), found.members, _text(before)
        )

    def create_part(self, resource_id: str, parameters: JsonObject, token: str) -> str:
        """Create an endpoint."""
        whole = self._with_version(resource_id, parameters) | {"clientToken": token}
        self._agentcore("create_agent_runtime_endpoint", agentRuntimeId=resource_id, **whole)
        return str(parameters["name"])

    def update_part(
        self, resource_id: str, part_id: str, parameters: JsonObject, token: str
    ) -> None:
        """Lead an endpoint to the version that is stated, or to the newest."""
        whole = self._with_version(resource_id, parameters) | {"clientToken": token}
        del whole["name"]
        self._agentcore(
            "update_agent_runtime_endpoint",
            agentRuntimeId=resource_id,
            endpointName=part_id,
            **whole,
        )

    def delete_part(self, resource_id: str, part_id: str) -> None:
        """Begin to delete an endpoint; one that is gone is fine."""
        self._agentcore.found(
            "delete_agent_runtime_endpoint", agentRuntimeId=resource_id, endpointName=part_id
        )

    def settle(self, found: Found, stated: Statement) -> None:
        """Have log groups that expire, and no archives but those of versions in service."""
        endpoints = self._endpoints(found.id)
        days = stated.get("logRetentionDays")
        if days is not None:
            self._logs.keep(found.id, [endpoint.name for endpoint in endpoints], days)
        self._archives.forget(found.name, but=self._served(found, endpoints))

    def sweep(self, name: str, resource_id: str | None) -> None:
        """Remove archives and log groups."""
        self._archives.forget(name)
        if resource_id is not None:
            self._logs.forget(resource_id)

    def attributes(self, found: Found, _parts: list[Found]) -> dict[str, str]:
        """Return id, ARN, version and the ARN of the endpoint DEFAULT.

        And the ARN as URLs have it, for CloudFormation has no function that encodes one.
        """
        return {
            "AgentRuntimeId": found.id,
            "AgentRuntimeArn": found.arn,
            "UrlEncodedArn": quote(found.arn, safe=""),
            "AgentRuntimeVersion": found.members[VERSION],
            "EndpointArn": f"{found.arn}/runtime-endpoint/{DEFAULT}",
        }

    def _endpoints(self, resource_id: str) -> list[Found]:
        listed = self._agentcore.all_of(
            "list_agent_runtime_endpoints", "runtimeEndpoints", agentRuntimeId=resource_id
        )
        return [_endpoint(one) for one in listed]

    def _served(self, found: Found, endpoints: list[Found]) -> frozenset[str]:
        """Return the prefixes of the code that endpoints lead to."""
        members = [endpoint.members for endpoint in endpoints]
        versions = {one.get(which) for one in members for which in ("liveVersion", "targetVersion")}
        older = [
            self._agentcore("get_agent_runtime", agentRuntimeId=found.id, **{VERSION: version})
            for version in sorted(versions - {None, found.members[VERSION]}, key=str)
        ]
        return frozenset(filter(None, map(_prefix, [found.members, *older])))

    def _with_code(self, stated: Statement) -> JsonObject:
        return stated["resource"] | self._code(stated, self._archives.keep)

    def _code(self, stated: Statement, at: Callable[[str, str], dict[str, str]]) -> JsonObject:
        """Return the artifact of code that is stated by a function's version; else nothing."""
        code = stated.get("code")
        if code is None:
            return {}
        place = at(stated["resource"]["agentRuntimeName"], code["functionVersionArn"])
        configuration = {
            "code": {"s3": place},
            "runtime": code["runtime"],
            "entryPoint": code["entryPoint"],
        }
        return {"agentRuntimeArtifact": {"codeConfiguration": configuration}}

    def _with_version(self, resource_id: str, parameters: JsonObject) -> JsonObject:
        if VERSION in parameters:
            return parameters
        newest = self._agentcore("get_agent_runtime", agentRuntimeId=resource_id)[VERSION]
        return parameters | {VERSION: newest}


def _endpoint(found: JsonObject) -> Found:
    return Found(
        id=found["name"],
        arn=found["agentRuntimeEndpointArn"],
        name=found["name"],
        status=found["status"],
        reasons=found.get("failureReason", ""),
        members=found,
    )


def _text(parameters: JsonObject) -> JsonObject:
    return {key: value for key, value in parameters.items() if key == "description"}


def _prefix(members: JsonObject) -> str | None:
    configuration = members.get("agentRuntimeArtifact", {}).get("codeConfiguration", {})
    prefix: str | None = configuration.get("code", {}).get("s3", {}).get("prefix")
    return prefix

"""The assets of a generation: each sentence translated, and each statement validated."""

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.agentcore.control.areas import NewId
from localcloud.agentcore.model import TOOL_NAME_SEPARATOR, Gateway, Status
from localcloud.agentcore.policy.checks import Checks
from localcloud.agentcore.policy.model import Asset, Finding, Generation
from localcloud.agentcore.policy.names import bare_id
from localcloud.agentcore.policy.translator import Translation, translate
from localcloud.agentcore.policy.words import GatewayTool
from policy.findings import validate
from policy.schema import Schema, cedar_schema


@dataclass(frozen=True)
class Generator:
    """Makes assets from the texts of generations."""

    checks: Checks
    new_id: NewId

    def assets(self, generation: Generation) -> tuple[Asset, ...]:
        """Translate a text against the tools its gateway has now.

        Raises:
            LookupError: the gateway is gone.
        """
        gateway = self.checks.gateways.gateway(bare_id(generation.gateway_arn))
        if gateway is None:
            raise LookupError(generation.gateway_arn)
        arn = generation.gateway_arn
        schema = cedar_schema({arn: self.checks.tools(gateway)})
        made = translate(generation.raw_text, arn, tuple(self._tools(gateway)))
        return tuple(
            Asset(
                f"{generation.name}-{self.new_id()}",
                translation.fragment,
                translation.statement,
                _findings(translation, schema),
            )
            for translation in made
        )

    def _tools(self, gateway: Gateway) -> Iterator[GatewayTool]:
        for target in self.checks.gateways.targets(gateway.gateway_id):
            if target.status is Status.READY:
                for tool in target.tools:
                    name = f"{target.name}{TOOL_NAME_SEPARATOR}{tool.name}"
                    yield GatewayTool(name, tool.description, tool.input_schema)


def _findings(translation: Translation, schema: Schema) -> tuple[Finding, ...]:
    if translation.statement is None:
        return (Finding("NOT_TRANSLATABLE", translation.reason),)
    found = validate(translation.statement, schema)
    if found.errors:
        return (Finding("INVALID", "; ".join(found.errors)),)
    said = tuple(Finding(each.type, each.description) for each in found.findings)
    return said or (Finding("VALID", "The statement is valid for the gateway's tools"),)

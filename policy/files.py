"""Read the policies of a folder, the tools they are about, and the table that tests them.

`*.cedar` files hold one policy each, named as the file; `${GatewayArn}` in them stands for the
gateway. `tools.json` holds the tool definitions of each target, as CreateGatewayTarget takes
them, and `cases.yaml` the table.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from policy.errors import UnreadableFile
from policy.model import TOOL_NAME_SEPARATOR, JsonObject, Policy, Principal, ToolSchema

GATEWAY_PLACEHOLDER: Final = "${GatewayArn}"
ANY_GATEWAY_ARN: Final = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/table-0000000000"
"""Stands for the gateway where policies are tested without one."""


class Case(BaseModel):
    """One row of the table: a call, and what is to become of it.

    `by` are the policies that decide: every permit that applies, or every forbid.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    claims: Mapping[str, str] = {}
    role_arn: str | None = None
    tool: str
    arguments: JsonObject
    expect: Literal["ALLOW", "DENY"]
    by: tuple[str, ...]

    @model_validator(mode="after")
    def _is_of_one_caller(self) -> "Case":
        if self.claims and self.role_arn is not None:
            raise ValueError("an IAM caller has no claims")
        return self

    def principal(self) -> Principal:
        """Return the caller."""
        if self.role_arn is not None:
            return Principal("IamEntity", self.role_arn)
        return Principal("OAuthUser", "user", self.claims)


def read_policies(folder: Path, gateway_arn: str = ANY_GATEWAY_ARN) -> list[Policy]:
    """Return the policies of a folder, by name. The name is the id too.

    Raises:
        UnreadableFile: there is none.
    """
    found = [
        Policy(
            path.stem, path.stem, path.read_text("utf-8").replace(GATEWAY_PLACEHOLDER, gateway_arn)
        )
        for path in sorted(folder.glob("*.cedar"))
    ]
    if not found:
        raise UnreadableFile(f"no policies (*.cedar) in {folder}")
    return found


def read_tools(path: Path) -> list[ToolSchema]:
    """Return the tools of all targets.

    Raises:
        UnreadableFile: it is not there, or no JSON of targets with their tools.
    """
    try:
        targets = json.loads(path.read_text("utf-8"))
        return [
            ToolSchema(f"{target}{TOOL_NAME_SEPARATOR}{tool['name']}", tool["inputSchema"])
            for target, tools in targets.items()
            for tool in tools
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"{path}: {error}") from error


def read_cases(path: Path) -> list[Case]:
    """Return the rows of a table.

    Raises:
        UnreadableFile: it is not there, not YAML, or a row is not a case.
    """
    try:
        return TypeAdapter(list[Case]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise UnreadableFile(f"{path}: {error}") from error

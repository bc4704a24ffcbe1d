"""`Custom::AgentCorePolicyEngine` and `Custom::AgentCorePolicies`: an engine, and what is in it.

Two statements, for between the two comes a third: policies are validated against the tools of the
gateways that use their engine, so a gateway names its engine before the engine has policies.

The engine's properties are those of CreatePolicyEngine. Those of the policies:

- `PolicyEngineId`: whose policies these are, all of them. Others that are found there are removed,
  as a gateway's other targets are.
- `Policies`: by name, each with `Statement` (Cedar, one statement), and perhaps `Description`,
  `EnforcementMode` and `ValidationMode`, which are CreatePolicy's. A name is the policy's with the
  end of the engine's id after it: names of policies are unique within an account.
- `ValidationMode`: of policies that state none.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from agentcore_resources.kind import Common, StatedKind, input_shape
from agentcore_resources.shapes import to_parameters

ENGINE_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,47}$"  # botocore, PolicyEngineName
ENGINE_ID = r"^[A-Za-z][A-Za-z0-9_]*-[a-z0-9_]{10}$"  # botocore, PolicyEngineId
POLICY_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,36}$"
"""Room for an underscore and ten characters in the 48 of botocore's PolicyName."""

SET_BY_THE_PROVISIONER = frozenset({"clientToken", "policyEngineId"})


class EngineProperties(Common):
    """What the provisioner itself reads of an engine's properties."""

    Name: Annotated[str, Field(pattern=ENGINE_NAME)]


class Policy(BaseModel):
    """One entry of `Policies`."""

    model_config = ConfigDict(extra="allow")

    Statement: Annotated[str, Field(min_length=1)]


class PoliciesProperties(Common):
    """The properties of an engine's policies."""

    model_config = ConfigDict(extra="forbid")

    PolicyEngineId: Annotated[str, Field(pattern=ENGINE_ID)]
    Policies: dict[Annotated[str, Field(pattern=POLICY_NAME)], Policy]
    ValidationMode: str | None = None


def _engine(properties: EngineProperties) -> dict[str, Any]:
    parameters = to_parameters(
        {"Name": properties.Name} | (properties.model_extra or {}),
        input_shape("CreatePolicyEngine"),
        path="",
        given_elsewhere=frozenset({"clientToken", "tags"}),
    )
    return {"resource": parameters, "tags": properties.Tags, "parts": []}


def _policies(properties: PoliciesProperties) -> dict[str, Any]:
    return {
        "resource": {"policyEngineId": properties.PolicyEngineId},
        "tags": properties.Tags,
        "parts": [_part(name, one, properties) for name, one in properties.Policies.items()],
    }


def _part(name: str, policy: Policy, of: PoliciesProperties) -> dict[str, Any]:
    whole_name = f"{name}_{of.PolicyEngineId.rpartition('-')[2]}"
    defaults = {} if of.ValidationMode is None else {"ValidationMode": of.ValidationMode}
    parameters = to_parameters(
        {
            "Name": whole_name,
            "Definition": {"Cedar": {"Statement": policy.Statement}},
            **defaults,
            **(policy.model_extra or {}),
        },
        input_shape("CreatePolicy"),
        path=f"Policies.{name}",
        given_elsewhere=SET_BY_THE_PROVISIONER,
    )
    return {"name": whole_name, "revision": None, "parameters": parameters}


POLICY_ENGINE = StatedKind("policy-engine", EngineProperties, _engine, pattern=ENGINE_NAME)
POLICIES = StatedKind(
    "policies", PoliciesProperties, _policies, named_by="PolicyEngineId", pattern=ENGINE_ID
)

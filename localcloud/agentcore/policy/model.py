"""What AgentCore Policy keeps. Values only.

Source: botocore `PolicyEngine`, `Policy`, `PolicyGeneration`, `PolicyGenerationAsset`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

ASSETS_LIVE: Final = timedelta(days=7)
"""How long generated assets are kept (botocore `StartPolicyGeneration`)."""


class PolicyStatus(StrEnum):
    """States of engines and policies (botocore `PolicyEngineStatus`, `PolicyStatus`)."""

    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    UPDATING = "UPDATING"
    DELETING = "DELETING"
    CREATE_FAILED = "CREATE_FAILED"
    UPDATE_FAILED = "UPDATE_FAILED"


class GenerationStatus(StrEnum):
    """States of generations (botocore `PolicyGenerationStatus`)."""

    GENERATING = "GENERATING"
    GENERATED = "GENERATED"
    GENERATE_FAILED = "GENERATE_FAILED"


TRANSITIONAL: Final = frozenset(
    {PolicyStatus.CREATING, PolicyStatus.UPDATING, PolicyStatus.DELETING}
)
"""States that something goes on behind."""


@dataclass(frozen=True)
class Engine:
    """A policy engine. `config` holds description and key as CreatePolicyEngine has them."""

    engine_id: str
    name: str
    config: JsonObject
    status: PolicyStatus
    created_at: datetime
    updated_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EnginePolicy:
    """A policy of an engine.

    `config` holds definition, description and enforcementMode as the API has them; `change`, while
    the policy is UPDATING, those that are to take their place. `strict` says whether the analyser's
    findings fail it (`FAIL_ON_ANY_FINDINGS`), `caller` for whom it was last changed. A policy is
    `in_force` from its first ACTIVE until it is gone.
    """

    policy_id: str
    engine_id: str
    name: str
    config: JsonObject
    status: PolicyStatus
    created_at: datetime
    updated_at: datetime
    caller: Caller
    strict: bool = True
    change: JsonObject | None = None
    in_force: bool = False
    status_reasons: tuple[str, ...] = ()

    @property
    def shown(self) -> JsonObject:
        """Return what the policy is, or is about to become."""
        return {**self.config, **(self.change or {})}

    @property
    def statement(self) -> str:
        """Return the Cedar statement that the policy has, or is about to have."""
        statement: str = self.shown["definition"]["cedar"]["statement"]
        return statement

    @property
    def enforced(self) -> bool:
        """Tell whether decisions go by the policy, and not only logs."""
        return self.config.get("enforcementMode") != "LOG_ONLY"


@dataclass(frozen=True)
class Finding:
    """What is to be said of a generated statement (botocore `Finding`)."""

    type: str
    description: str


@dataclass(frozen=True)
class Asset:
    """What became of one sentence. Without a statement it could not be translated."""

    asset_id: str
    fragment: str
    statement: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Generation:
    """A request to turn plain language into policies for one gateway."""

    generation_id: str
    engine_id: str
    name: str
    gateway_arn: str
    raw_text: str
    status: GenerationStatus
    created_at: datetime
    updated_at: datetime
    status_reasons: tuple[str, ...] = ()
    assets: tuple[Asset, ...] = ()

    def live_assets(self, now: datetime) -> tuple[Asset, ...]:
        """Return the assets, or none once they have been there for a week."""
        return self.assets if now < self.created_at + ASSETS_LIVE else ()

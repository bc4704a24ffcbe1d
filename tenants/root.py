"""The root stack: what tenants share, and the platform that each gets a copy of."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tenants.errors import RootUnusable
from tenants.stacks import Stacks

PLATFORM: Final = "PlatformStack"
"""Logical id of the nested stack in template.yaml."""

BUCKET: Final = "ArtifactsBucketName"
READY: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})


@dataclass(frozen=True)
class Root:
    """A root stack with its platform as it is deployed."""

    name: str
    template_url: str
    parameters: Mapping[str, str]
    """Those the root gives its platform."""
    outputs: tuple[str, ...]
    """Keys of the platform's outputs."""

    @property
    def revision(self) -> str:
        """Return a digest of all of it, 12 hexadecimal digits."""
        given = json.dumps([self.template_url, dict(self.parameters), self.outputs], sort_keys=True)
        return hashlib.sha256(given.encode()).hexdigest()[:12]


def read(stacks: Stacks, name: str) -> Root:
    """Read a root stack.

    Raises:
        RootUnusable: there is none, it is being changed, or it has no platform.
    """
    stack = stacks.find(name)
    if stack is None:
        raise RootUnusable(f"there is no stack {name}")
    if stack["StackStatus"] not in READY:
        raise RootUnusable(f"stack {name} is {stack['StackStatus']}")
    stated = _resources(stacks.template(name)).get(PLATFORM)
    platform = stacks.nested(name, PLATFORM) if stated else None
    if stated is None or platform is None:
        raise RootUnusable(f"stack {name} has no platform (deploy it with Platform=enabled)")
    return Root(
        name=name,
        template_url=str(stated["Properties"]["TemplateURL"]),
        parameters={
            one["ParameterKey"]: one["ParameterValue"] for one in platform.get("Parameters", [])
        },
        outputs=tuple(sorted(one["OutputKey"] for one in platform.get("Outputs", []))),
    )


def _resources(template: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3 reads JSON, not YAML
    document = json.loads(template) if isinstance(template, str) else template
    found: Mapping[str, Any] = document["Resources"]
    return found

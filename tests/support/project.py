"""A built project that a test may change: the template and the OpenAPI document as data."""

from pathlib import Path
from typing import Any

import yaml

from tests.support.laptop import BUILT_TEMPLATE, ROOT

OPENAPI = Path("functions") / "petstore" / "openapi.yaml"
MACHINE = Path("statemachines")
ARCHIVES = Path(".aws-sam") / "archives"
AGENT_API = Path("functions") / "agent_proxy"


class Project:
    """A copy of what `sam build` built. The functions' code is linked, not copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._build = folder / ".aws-sam" / "build"
        self._build.mkdir(parents=True)
        for built in BUILT_TEMPLATE.parent.iterdir():
            if built.is_dir():
                (self._build / built.name).symlink_to(built)
        for linked in (MACHINE, ARCHIVES, AGENT_API):
            (folder / linked).parent.mkdir(parents=True, exist_ok=True)
            (folder / linked).symlink_to(ROOT / linked)
        (folder / OPENAPI).parent.mkdir(parents=True)
        self.template: dict[str, Any] = yaml.safe_load(BUILT_TEMPLATE.read_text("utf-8"))
        self.openapi: dict[str, Any] = yaml.safe_load((ROOT / OPENAPI).read_text("utf-8"))

    @property
    def folder(self) -> Path:
        """Where the project is: the SAM CLI run there finds what was built."""
        return self._folder

    @property
    def gateway(self) -> dict[str, Any]:
        """The properties of the gateway."""
        properties: dict[str, Any] = self.template["Resources"]["PetStoreGateway"]["Properties"]
        return properties

    @property
    def target(self) -> dict[str, Any]:
        """The gateway's one target."""
        target: dict[str, Any] = self.gateway["Targets"][0]
        return target

    @property
    def tools(self) -> dict[str, Any]:
        """The target's tool filters and overrides."""
        api = self.target["TargetConfiguration"]["Mcp"]["ApiGateway"]
        tools: dict[str, Any] = api["ApiGatewayToolConfiguration"]
        return tools

    def write(self) -> Path:
        """Write the project; return the template to deploy."""
        path = self._build / "template.yaml"
        path.write_text(yaml.safe_dump(self.template, sort_keys=False), encoding="utf-8")
        openapi = yaml.safe_dump(self.openapi, sort_keys=False)
        (self._folder / OPENAPI).write_text(openapi, encoding="utf-8")
        return path

"""The targets that docs/extend.md states are targets of the API."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from agentcore_resources.gateway import GATEWAY
from localcloud.agentcore.control.target_rules import check_target
from localcloud.agentcore.model import Gateway, Status
from tests.support.documents import ROOT, text_of
from tests.support.objects import Objects
from tests.support.provisioning import as_strings, properties

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class _Template(yaml.SafeLoader):
    """CloudFormation's short forms stand for their text."""


def _text(_loader: _Template, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Template.add_constructor("!Sub", _text)
_Template.add_constructor("!GetAtt", _text)


def snippets() -> list[dict[str, Any]]:
    """Return the targets of the section."""
    section = text_of(ROOT / "docs/extend.md").partition("## Targets of other kinds\n")[2]
    blocks = re.findall(r"```yaml\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    return [target for block in blocks for target in yaml.load(block, _Template)]  # noqa: S506 - safe


@pytest.mark.parametrize("target", snippets(), ids=lambda target: str(target["Name"]))
def test_a_target_of_the_document_is_one_of_the_api(target: dict[str, Any]) -> None:
    text = yaml.safe_dump(target).replace("<region>", "us-east-1").replace("<URL-encoded ARN>", "x")
    stated = as_strings(properties(Targets=[yaml.safe_load(text)]))
    request = {
        "RequestType": "Create",
        "RequestId": "request-1",
        "StackId": "arn:stack",
        "LogicalResourceId": "Gateway",
        "ResourceProperties": stated,
    }
    (part,) = GATEWAY.request(request)["desired"]["parts"]
    part["parameters"] = Objects().documents().placed("gateway-0123456789", part["parameters"])
    model = Loader().load_service_model("bedrock-agentcore-control", "service-2")
    shape = ServiceModel(model).operation_model("CreateGatewayTarget").input_shape
    assert shape is not None
    wanted = part["parameters"] | {"gatewayIdentifier": "gateway-0123456789"}
    assert ParamValidator().validate(wanted, shape).generate_report() == ""
    gateway = Gateway(
        "gateway-0123456789", "gateway", {"protocolType": "MCP"}, Status.READY, NOW, NOW
    )
    check_target(gateway, part["parameters"])


def test_each_kind_has_its_target() -> None:
    kinds = {next(iter(target["TargetConfiguration"]["Mcp"])) for target in snippets()}
    assert kinds == {"OpenApiSchema", "SmithyModel", "McpServer"}

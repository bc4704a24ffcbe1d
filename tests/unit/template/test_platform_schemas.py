"""What the template includes for its targets is what the sources say, and what gateways take."""

import json

import pytest
import yaml

from localcloud.agentcore.importers.openapi import ApiDocument
from localcloud.agentcore.importers.smithy import smithy_tools
from scripts import schemas
from tests.support.template import PLATFORM, ROOT

URL = "https://abcdef0123.execute-api.us-east-1.amazonaws.com/prod"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def document(name: str, **filled: str) -> str:
    included = yaml.safe_load((PLATFORM.parent / name).read_text("utf-8"))
    text: str = included["Document"]["Fn::Sub"]
    for variable, value in filled.items():
        text = text.replace(f"${{{variable}}}", value)
    return text


def test_the_included_documents_are_those_of_the_sources() -> None:
    for name, text in schemas.included().items():
        assert (PLATFORM.parent / name).read_text("utf-8") == text, "python -m scripts.schemas"


def test_a_gateway_makes_a_tool_of_each_operation_of_the_api_at_its_own_url() -> None:
    text = document("internal-api.yaml").replace(schemas.URL, URL)
    assert "${" not in text
    api = ApiDocument(json.loads(text))
    assert api.server_url() == URL
    names = {one.definition["operationId"] for one in api.operations()}
    written = yaml.safe_load(schemas.INTERNAL_API.read_text("utf-8"))["paths"].values()
    assert names == {item["get"]["operationId"] for item in written}
    for one in api.operations():
        tool = api.tool(one, name="one", description=None, url=URL, service=None)
        assert tool.output_schema is not None


def test_what_is_api_gateways_own_is_not_shown_to_gateways() -> None:
    text = document("internal-api.yaml")
    assert "x-amazon-apigateway" not in text
    assert "lambda" not in text
    assert '"security' not in text


def test_the_tickets_are_read_by_two_operations_that_name_their_table() -> None:
    text = document("tickets-table.yaml", TicketsTable="tickets-0123")
    assert "${" not in text
    tools = {one.name: one for one in smithy_tools(json.loads(text), "us-east-1")}
    assert set(tools) == set(schemas.OPERATIONS)
    for tool in tools.values():
        assert "tickets-0123" in tool.description
        assert "tickets-0123" in tool.input_schema["properties"]["TableName"]["description"]
    assert "TICKET#" in tools["GetItem"].input_schema["properties"]["Key"]["description"]


def test_the_model_has_no_shape_that_its_operations_do_not_need() -> None:
    kept = schemas.tickets_table(schemas.DYNAMODB)["shapes"]
    everything = json.loads(schemas.DYNAMODB.read_text("utf-8"))["shapes"]
    assert kept.keys() < everything.keys()
    assert not [name for name in kept if "ListTables" in name or "Query" in name]

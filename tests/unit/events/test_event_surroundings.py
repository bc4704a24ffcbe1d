"""The copy of the built templates that sample events are run with."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from scripts.event_check.surroundings import Surroundings, write_template

GLOBALS = {"Function": {"Runtime": "python3.12"}}


def function(code: str) -> dict[str, Any]:
    return {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": code}}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    build = tmp_path / "build"
    for name in ("Outer", "Child/Inner"):
        (build / name).mkdir(parents=True)
        (build / name / "app.py").write_text(f"# {name}\n")
    child = {"Globals": GLOBALS, "Resources": {"Inner": function("Inner")}}
    (build / "Child" / "template.yaml").write_text(yaml.safe_dump(child))
    resources = {
        "Outer": function("../archives/outer.zip"),
        "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "Layer"}},
        "Child": {
            "Type": "AWS::Serverless::Application",
            "Properties": {"Location": "Child/template.yaml"},
        },
    }
    template = build / "template.yaml"
    template.write_text(yaml.safe_dump({"Globals": GLOBALS, "Resources": resources}))
    return template


def test_functions_of_both_stacks_get_their_code_their_variables_and_the_way_to_the_cloud(
    built: Path, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("authority")
    surroundings = SimpleNamespace(
        laptop=SimpleNamespace(settings=SimpleNamespace(ca_bundle=bundle)),
        variables=lambda name: {"TABLE": f"{name}-table"},
    )
    folder = tmp_path / "code"
    folder.mkdir()

    template, variables = write_template(
        folder, cast("Surroundings", surroundings), "10.0.0.1:1", built=built
    )

    root = yaml.safe_load(template.read_text())
    assert root["Resources"]["Outer"]["Properties"]["CodeUri"] == "Outer"
    assert root["Resources"]["Layer"]["Properties"]["ContentUri"] == str(built.parent / "Layer")
    inner = Path(root["Resources"]["Child"]["Properties"]["Location"])
    child = yaml.safe_load(inner.read_text())
    assert (inner.parent / child["Resources"]["Inner"]["Properties"]["CodeUri"]).is_dir()
    for code in (folder / "Outer", inner.parent / "Inner"):
        assert {one.name for one in code.iterdir()} == {"app.py", "ca-bundle.pem"}
    for document in (root, child):
        cloud = document["Globals"]["Function"]["Environment"]["Variables"]
        assert cloud["HTTPS_PROXY"] == "http://10.0.0.1:1"
    values = json.loads(variables.read_text())
    assert values["Outer"] == {"TABLE": "Outer-table"}
    assert values["Inner"] == {"TABLE": "Inner-table"}

"""`sam deploy --guided`, as a newcomer runs it."""

import shutil
import tomllib
from pathlib import Path

import pytest

from tests.support.laptop import ROOT, Laptop, Stack
from tests.support.project import Project
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

CONFIG = "samconfig.toml"
QUESTIONS_BESIDE_PARAMETERS = 8
"""Stack, region; confirm, roles, rollback; save, file, environment."""


def test_what_its_prompts_suggest_works_and_the_next_deploy_uses_what_it_wrote(
    other_laptop: Laptop, tmp_path: Path
) -> None:
    project = Project(tmp_path / "project")
    project.write()
    shutil.copy(ROOT / CONFIG, project.folder / CONFIG)
    questions = QUESTIONS_BESIDE_PARAMETERS + len(project.template["Parameters"])

    guided = other_laptop.run(
        "sam", "deploy", "--guided", cwd=project.folder, answers="\n" * questions + "y\n"
    )

    assert guided.status == 0, guided.output
    written = tomllib.loads((project.folder / CONFIG).read_text("utf-8"))
    name = written["default"]["global"]["parameters"]["stack_name"]
    stack = Stack.read(other_laptop, name)
    gateway = Gateway.of(other_laptop, stack)
    assert gateway.call("PetStoreTarget___ListPets")["isError"] is False

    again = other_laptop.run("sam", "deploy", cwd=project.folder)
    assert again.status == 0, again.output
    assert "No changes to deploy" in again.output

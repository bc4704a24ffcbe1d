"""The platform's policies: their table, and that the table would notice a change."""

import io
from pathlib import Path

import pytest
import yaml

from policy.__main__ import main
from policy.decider import Decider
from policy.errors import UnreadableFile
from policy.files import ANY_GATEWAY_ARN, Case, read_cases, read_policies, read_tools
from policy.findings import validate
from policy.mutants import mutants
from policy.mutation import survivors, unproved
from policy.schema import cedar_schema
from policy.table import run
from tests.support.laptop import ROOT
from tests.support.policies import NOW, policies, text

FOLDER = ROOT / "policies"
POLICIES = read_policies(FOLDER)
CASES = read_cases(FOLDER / "cases.yaml")
TOOLS = read_tools(FOLDER / "tools.json")
SCHEMA_DEFINITION = {"type", "properties", "required", "items", "description"}


def command(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    status = main(arguments, out=out, now=lambda: NOW)
    return status, out.getvalue()


def here(*, cases: Path = FOLDER / "cases.yaml", folder: Path = FOLDER) -> tuple[str, ...]:
    tools = str(FOLDER / "tools.json")
    return ("--policies", str(folder), "--tools", tools, "--cases", str(cases))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_decided_as_the_table_says(case: Case) -> None:
    (outcome,) = run(Decider(POLICIES, ANY_GATEWAY_ARN, TOOLS), [case], NOW)
    assert outcome.passed, outcome.decision


def test_the_table_notices_every_change_of_a_policy() -> None:
    tried = list(survivors(POLICIES, ANY_GATEWAY_ARN, TOOLS, CASES, NOW))
    assert [f"{m.policy}: {m.change}" for m, survives in tried if survives] == []
    assert {mutant.policy for mutant, _ in tried} == {policy.name for policy in POLICIES}
    assert len(tried) > 60


def test_each_permit_has_a_case_it_allows_and_a_neighbour_it_does_not() -> None:
    assert list(unproved(POLICIES, ANY_GATEWAY_ARN, CASES)) == []


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_a_policy_fits_the_schema_of_the_tools(policy: object) -> None:
    schema = cedar_schema({ANY_GATEWAY_ARN: TOOLS})
    found = {p.name: validate(p.statement, schema) for p in POLICIES}
    assert all(each.errors == () for each in found.values())
    total = {name for name, each in found.items() if each.findings}
    assert total == {"forbid_customer_deletion"}


def test_schemas_use_what_a_tool_definition_of_agentcore_knows() -> None:
    def members(schema: object) -> set[str]:
        if not isinstance(schema, dict):
            return set()
        below = [*schema.get("properties", {}).values(), schema.get("items")]
        return set(schema).union(*map(members, below))

    assert {m for tool in TOOLS for m in members(tool.input_schema)} <= SCHEMA_DEFINITION


def test_the_command_prints_who_decided_and_fails_with_the_table(tmp_path: Path) -> None:
    status, printed = command("test", *here())
    assert status == 0
    assert printed.splitlines()[-1] == f"{len(CASES)} cases, 0 failed"
    assert "DENY   forbid_customer_deletion" in printed

    wrong = [{**CASES[0].model_dump(mode="json"), "expect": "DENY", "by": []}]
    table = tmp_path / "cases.yaml"
    table.write_text(yaml.safe_dump(wrong))
    status, printed = command("test", *here(cases=table))
    assert status == 1
    assert "FAIL  ALLOW  tenant_a_crm_access" in printed
    assert "expected DENY by no policy" in printed


def test_a_case_without_its_row_lets_a_mutant_live_that_is_named(tmp_path: Path) -> None:
    fewer = [c.model_dump(mode="json") for c in CASES if c.name != "Support updates a ticket"]
    fewer = [c for c in fewer if c["tool"] != "TicketingTools___update_ticket"]
    table = tmp_path / "cases.yaml"
    table.write_text(yaml.safe_dump(fewer))
    status, printed = command("mutate", *here(cases=table))
    assert status == 1
    survivor = "survives  tenant_a_crm_access: without action TicketingTools___update_ticket"
    assert survivor in printed
    assert command("mutate", *here())[0] == 0


def test_a_permit_without_cases_is_named() -> None:
    lacking = list(unproved(policies(text("permit", tool="Crm___look")), ANY_GATEWAY_ARN, CASES))
    assert lacking == ["p0: no case that it allows", "p0: no case of its tools that is denied"]


def test_mutants_differ_from_the_policies_they_are_made_of() -> None:
    changes = [m.change for m in mutants(policies(text("permit", when="context has a || true")))]
    assert changes == [
        "without it",
        "forbid in place of permit",
        "without `when` 1",
        "without what stands before || true",
        "without || true",
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cases.yaml", "- {name: x}"),
        ("cases.yaml", "- ["),
        (
            "cases.yaml",
            "- {name: x, claims: {a: b}, role_arn: r, tool: t, arguments: {}, "
            "expect: ALLOW, by: []}",
        ),
        ("tools.json", "{"),
        ("tools.json", '{"A": [{}]}'),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    tmp_path: Path, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UnreadableFile, match=name):
        read_cases(path) if name == "cases.yaml" else read_tools(path)


def test_a_folder_without_policies_and_a_case_of_no_tool_end_with_status_1(tmp_path: Path) -> None:
    assert command("test", *here(folder=tmp_path)) == (
        1,
        f"UnreadableFile: no policies (*.cedar) in {tmp_path}\n",
    )
    table = tmp_path / "cases.yaml"
    row = {**CASES[0].model_dump(mode="json"), "tool": "CRMTools___nothing"}
    table.write_text(yaml.safe_dump([row]))
    assert command("test", *here(cases=table))[0] == 1

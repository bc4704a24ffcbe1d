"""Documents say what is there: links, files, parameters, statements, tasks, sums."""

import re
from pathlib import Path

import pytest

from tests.support.documents import ROOT, anchors, blocks, documents, links, shown, text_of
from tests.support.template import PLATFORM, TENANT, resource, statements, template

DOCUMENTS = documents()
EVERYTHING = "\n".join(text_of(document) for document in DOCUMENTS)
ROOMS = (
    "agent|benchmarks|docs|events|functions|identity_providers|layers|localcloud|policies|policy|"
    "schemas|scripts|stacks|statemachines|tests"
)
NAMED_FILE = re.compile(rf"`((?:{ROOMS})/[\w./-]*\w)`")
EXAMPLES = {  # what docs/extend.md has the reader make
    "functions/vet/__init__.py",
    "functions/vet/app.py",
    "functions/agentcore_resources/browser.py",
    "functions/provisioner/kinds/browsers.py",
}


def each_document() -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT))
    )


@each_document()
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    for target in links(document):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@each_document()
def test_files_that_are_named_exist(document: Path) -> None:
    named = set(NAMED_FILE.findall(text_of(document))) - EXAMPLES
    assert [path for path in named if not (ROOT / path).exists()] == []


@each_document()
def test_no_document_names_a_path_of_a_machine(document: Path) -> None:
    assert not re.search(r"(?<![\w.~$<>}])/(home|root|Users|tmp|work|opt|mnt)/", text_of(document))


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_deploying_describes_every_parameter_and_output(section: str) -> None:
    rows = [line for line in text_of(ROOT / "docs/deploy.md").splitlines() if line[:3] == "| `"]
    described = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert template()[section].keys() - described == set()


def test_deploying_gives_the_parameters_their_defaults() -> None:
    text = text_of(ROOT / "docs/deploy.md")
    for name, parameter in template()["Parameters"].items():
        assert re.search(rf"^\| `{name}` \| `?{parameter['Default']}`? \|", text, re.MULTILINE)


def test_security_gives_every_statement_of_every_role_its_reason() -> None:
    rows = text_of(ROOT / "docs/security.md").splitlines()
    described = {
        sid for row in rows for sid in re.findall(r"^\|[^|]*\| `(\w+)` \|.*\|.*\|.*\|$", row)
    }
    stated = [*statements(), *statements(PLATFORM), *statements(TENANT)]
    assert described == {statement["Sid"] for statement in stated}


def test_every_function_and_log_group_is_in_operating() -> None:
    text = text_of(ROOT / "docs/operate.md")
    everything = template()["Resources"] | template(PLATFORM)["Resources"]
    for name, one in everything.items():
        if one["Type"] == "AWS::Serverless::Function":
            assert name in text
        if one["Type"] == "AWS::Logs::LogGroup":
            group = one["Properties"]["LogGroupName"]["Fn::Sub"]
            named = re.sub(r"\$\{(AWS::|Root)StackName\}", "petstore", group)
            named = re.sub(r"\$\{\w+\.GatewayId\}", "<gateway id>", named)
            assert f"`{named}`" in text


def test_the_steps_of_provisioning_are_those_of_the_machine() -> None:
    definition = (ROOT / "statemachines/provision.asl.yaml").read_text(encoding="utf-8")
    table = text_of(ROOT / "docs/operate.md").partition("| Step | Does |")[2].partition("\n\n")[0]
    named = re.findall(r"\b[A-Z]\w+[a-z](?:, [A-Z]\w+)?(?= \|)", table)
    for name in {one for names in named for one in names.split(", ")}:
        assert re.search(rf"^ +{name}:", definition, re.MULTILINE), name


def test_every_task_of_make_is_mentioned() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 5
    assert [name for name in targets if not re.search(rf"\bmake {name}\b", EVERYTHING)] == []


def test_every_task_that_is_mentioned_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    mentioned = re.findall(r"(?:`|^    )make ([a-z]+)", EVERYTHING, re.MULTILINE)
    assert set(mentioned) - targets == set()


def test_the_changelog_keeps_its_shape() -> None:
    text = text_of(ROOT / "CHANGELOG.md")
    assert text.startswith("# Changelog\n")
    assert "https://keepachangelog.com/" in text
    versions = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", one) for one in versions[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= kinds


def test_decision_records_are_numbered_in_order_and_complete() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    for number, record in enumerate(records, start=1):
        text = text_of(record)
        assert record.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        for part in ("Context", "Decision", "Refused", "Undo"):
            assert f"**{part}.**" in text, record.name
        assert len(text.splitlines()) <= 40, "one screen"


def test_the_sums_in_cost_are_right() -> None:
    text = text_of(ROOT / "docs/cost.md")
    for heading in ("Here", "Per 1,000 questions", "Per 1,000 answers"):
        rows = text.partition(f"| {heading} |\n")[2].partition("\n\n")[0].splitlines()[1:]
        *parts, total = [float(row.split("|")[-2].strip().strip("*")) for row in rows]
        assert sum(parts) == pytest.approx(total)
    month = re.findall(r"^\| ([\d,]+) \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    assert month
    for questions, by_use, whole in month:
        expected = int(questions.replace(",", "")) * 30 / 1000 * 0.0199
        assert float(by_use) == pytest.approx(expected, abs=0.005)
        assert float(whole) == pytest.approx(expected + 2.80, abs=0.006)


def test_cost_takes_the_memory_the_functions_have() -> None:
    text = text_of(ROOT / "docs/cost.md")
    for name in ("PetStoreFunction", "AgentProxyFunction"):
        megabytes = resource(name)["Properties"]["MemorySize"]
        assert f"{megabytes:,} MB" in text


def test_every_console_block_is_run() -> None:
    """A block that cannot be run is an indented one, without a prompt."""
    fenced = sum(text_of(document).count("```console\n") for document in DOCUMENTS)
    assert fenced == sum(1 for document in DOCUMENTS for _ in blocks(document))
    assert fenced > 0


@pytest.mark.parametrize(
    ("lines", "printed", "right"),
    [
        (("a … c", "…", "z"), "a b c\n1\n2\nz\n\n", True),
        (("a … c", "…", "z"), "a b c\nz\n", True),
        (("a",), "a\nb\n", False),
        (("…",), "", True),
        ((), "", True),
        ((), "said\n", False),
    ],
)
def test_what_a_block_shows_is_compared_line_by_line(
    lines: tuple[str, ...], printed: str, right: bool
) -> None:
    assert bool(shown(lines).fullmatch(printed)) is right

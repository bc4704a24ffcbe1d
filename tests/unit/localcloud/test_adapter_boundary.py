"""Only the adapter knows MiniStack: a change of its inside is one package's concern."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
ADAPTER = ROOT / "localcloud" / "engine" / "ministack"


def imported(path: Path) -> set[str]:
    """Return the top-level names of the packages a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def test_only_the_adapter_imports_ministack() -> None:
    others = [path for path in (ROOT / "localcloud").rglob("*.py") if ADAPTER not in path.parents]

    assert others
    assert [str(path) for path in others if "ministack" in imported(path)] == []


def test_nothing_that_is_deployed_knows_the_laptop_cloud() -> None:
    deployed = [path for room in ("functions", "agent") for path in (ROOT / room).rglob("*.py")]

    assert deployed
    assert [str(path) for path in deployed if "localcloud" in imported(path)] == []

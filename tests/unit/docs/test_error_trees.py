"""The trees of errors: each package's is drawn at the top of its module."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.documents import ROOT

MODULES = sorted(
    path
    for folder in ("agent", "examples", "functions", "localcloud", "policy", "tenants")
    for path in (ROOT / folder).rglob("errors.py")
)


def drawn(text: str) -> dict[str, str | None]:
    """Return the classes of a drawing with what each hangs on; the root is alone on its line."""
    hung: dict[str, str | None] = {}
    path: list[str] = []
    for lines, name in re.findall(r"^((?:[│ ]   )*[├└]── |(?=\w+$))([A-Z]\w+)", text, re.M):
        depth = len(lines) // 4
        path = [*path[:depth], name]
        hung[name] = path[depth - 1] if depth else None
    return hung


def coded(module: ast.Module) -> dict[str, str | None]:
    """Return the exceptions of a module with what each derives from, if that is there as well."""
    classes = [one for one in module.body if isinstance(one, ast.ClassDef)]
    based = {one.name: ast.unparse(one.bases[0]) for one in classes if one.bases}
    return {name: base if base in based else None for name, base in based.items()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_of_errors_draws_all_that_it_has(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    classes = coded(module)
    if len(classes) > 1:
        assert drawn(ast.get_docstring(module) or "") == classes

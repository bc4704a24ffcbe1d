"""A cloud whose memories ask a model starts with it or says why not; others know none."""

import subprocess
import sys
from pathlib import Path

import pytest

from localcloud import process
from localcloud.__main__ import main
from localcloud.process import CloudProcessError
from localcloud.settings import Settings

ROOT = Path(__file__).parents[3]
NO_MODEL = """
import sys
import localcloud.server
from localcloud.agentcore.memory.extraction.model_backed.choice import extractors_of
assert extractors_of("offline", {"GROQ_API_KEY": "k"})
found = [name for name in sys.modules if name.startswith(("langchain", "langsmith", "groq"))]
sys.exit(f"imported: {found}" if found else 0)
"""


@pytest.mark.fidelity("memory.extraction.model")
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("nonsense", "MEMORY_MODEL is 'nonsense', not offline or one of"),
        ("groq:some", "groq:some needs GROQ_API_KEY in the environment"),
    ],
)
def test_a_cloud_does_not_start_with_a_model_it_cannot_have(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    model: str,
    reason: str,
) -> None:
    monkeypatch.setenv("MEMORY_MODEL", model)
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    assert main(["up", "--home", str(tmp_path)]) == 1
    assert f"the laptop cloud did not start: {reason}" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


@pytest.mark.fidelity("memory.extraction.model")
def test_a_cloud_that_reaches_no_other_host_asks_no_model(tmp_path: Path) -> None:
    settings = Settings(tmp_path, offline=True, memory_model="groq:some")
    with pytest.raises(CloudProcessError, match="--offline reaches no other host"):
        process.start(settings)


@pytest.mark.fidelity("memory.extraction.model")
def test_nothing_of_langchain_is_imported_where_no_model_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_MODEL],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")

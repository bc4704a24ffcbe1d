"""What contract tests run against: peers in process, or with `--cloud aws` an account."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On AWS, leave out what brings a cloud of its own: there is nothing to compare there."""
    if config.getoption("--cloud") != "aws":
        return
    skip = pytest.mark.skip(reason="brings a cloud of its own, in process")
    for item in items:
        if HERE in item.path.parents and "control_plane" not in getattr(item, "fixturenames", ()):
            item.add_marker(skip)

"""The commands in the documents do what the documents say."""

import re
import shutil

import pytest

from tests.support.documents import Block, blocks, documents, shown
from tests.support.laptop import Laptop, Stack

pytestmark = pytest.mark.laptop

BLOCKS = [block for document in documents() for block in blocks(document)]
MARKER = "-- next command --"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.document}:{block.line}")
def test_a_documented_command_prints_what_its_document_shows(
    laptop: Laptop, stack: Stack, block: Block
) -> None:
    if block.needs and shutil.which(block.needs) is None:
        pytest.skip(f"this machine has no {block.needs}")
    assert stack.name == "petstore", "the documents call it so"

    done = laptop.run("bash", "-euo", "pipefail", "-c", block.script(MARKER))

    printed = re.split(rf"^{MARKER}\n", done.output, flags=re.MULTILINE)
    assert done.status == 0, done.output
    for (command, lines), output in zip(block.steps, printed, strict=False):
        assert shown(lines).fullmatch(output), f"{command}\n{output}"

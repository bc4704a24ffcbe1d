"""What the sentence model made of tools, kept on disk by what it read.

Without it, a gateway of 1,000 tools is read anew after each start, for some ten seconds of the
processor. It is a file of its own beside the cloud's state: no checkpoint waits for it, and who
deletes it loses nothing but that time. Texts are not in it, only their digests.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from minilm.embedding import Reading
from minilm.weights import WIDTH

logger = logging.getLogger(__name__)

KEPT: Final = 4096
"""Tools on the shelf, those read last, some 11 kB each."""

TOKEN_SCALE: Final = np.float32(1 / 127)

_FORMAT: Final = 1
"""To be raised when a row means something else."""

_TABLE: Final = """CREATE TABLE IF NOT EXISTS readings (
    digest BLOB PRIMARY KEY, ids BLOB NOT NULL, vector BLOB NOT NULL, tokens BLOB NOT NULL
) STRICT"""
_PUT: Final = "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?)"
_GET: Final = "SELECT ids, vector, tokens FROM readings WHERE digest = ?"
_PRUNE: Final = "DELETE FROM readings WHERE rowid <= (SELECT max(rowid) FROM readings) - ?"


@dataclass(frozen=True)
class Packed:
    """A reading with its tokens as int8, (len(ids), 384), to be taken times TOKEN_SCALE."""

    ids: tuple[int, ...]
    vector: npt.NDArray[np.float32]
    tokens: npt.NDArray[np.int8]

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """Pack a reading."""
        # A byte each is a quarter of the memory, and moves no likeness by more than a hundredth.
        tokens = np.rint(reading.tokens / TOKEN_SCALE).astype(np.int8)
        return cls(reading.ids, reading.vector.copy(), tokens)


class Shelf:
    """Readings in a file. A file that cannot be used is done without."""

    def __init__(self, path: Path, model: str) -> None:
        """Take the file's path, and the model's name: readings of others are not taken."""
        self._path = path
        self._model = model

    def find(self, sentences: Sequence[str]) -> dict[str, Packed]:
        """Return those readings that are there."""
        if not self._path.exists():
            return {}
        with _may_fail(), _opened(self._path) as db:
            rows = {each: db.execute(_GET, (self._digest(each),)).fetchone() for each in sentences}
            return {sentence: _packed(*row) for sentence, row in rows.items() if row}
        return {}

    def keep(self, readings: Mapping[str, Packed]) -> None:
        """Put readings there; the oldest make room."""
        with _may_fail():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _opened(self._path) as db:
                rows = ((self._digest(each), *_row(packed)) for each, packed in readings.items())
                db.executemany(_PUT, rows)
                db.execute(_PRUNE, (KEPT,))

    def _digest(self, sentence: str) -> bytes:
        """Name a reading by all that it depends on."""
        return hashlib.sha256(f"{_FORMAT}\0{self._model}\0{sentence}".encode()).digest()


@contextmanager
def _may_fail() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, ValueError) as error:
        logger.warning("kept tools cannot be used: %s", type(error).__name__)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for one transaction, from whichever thread."""
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.execute(_TABLE)
            yield connection
    finally:
        connection.close()


def _row(packed: Packed) -> tuple[bytes, bytes, bytes]:
    ids = np.array(packed.ids, dtype="<u2")
    vector = packed.vector.astype("<f4")
    return ids.tobytes(), vector.tobytes(), packed.tokens.tobytes()


def _packed(ids: bytes, vector: bytes, tokens: bytes) -> Packed:
    """Read a row.

    Raises:
        ValueError: it is not of the shape that was written.
    """
    numbers = tuple(np.frombuffer(ids, dtype="<u2").tolist())
    rows = np.frombuffer(tokens, dtype=np.int8).reshape(len(numbers), WIDTH)
    return Packed(numbers, np.frombuffer(vector, dtype="<f4").reshape(WIDTH), rows)

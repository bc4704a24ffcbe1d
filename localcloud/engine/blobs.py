"""Large binary values of a snapshot, each kept once in a file named by its digest.

A layer of 30 MB would otherwise be encoded and written anew at every checkpoint.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

THRESHOLD_BYTES = 64 * 1024


@lru_cache(maxsize=256)
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Blobs:
    """A folder of binary values."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when the first value is kept."""
        self._folder = folder
        self._named: set[str] = set()

    def keep(self, content: bytes) -> str:
        """Keep a value; return its digest."""
        name = _digest(content)
        self._named.add(name)
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".new")
            unfinished.write_bytes(content)
            unfinished.replace(path)
        return name

    def read(self, name: str) -> bytes:
        """Return a value by its digest."""
        return (self._folder / name).read_bytes()

    def begin(self) -> None:
        """Begin a snapshot: what it keeps from now on is what it needs."""
        self._named.clear()

    def forget_others(self) -> None:
        """Remove what the last snapshot did not keep; call it once that is saved."""
        if self._folder.exists():
            for path in self._folder.iterdir():
                if path.name not in self._named:
                    path.unlink()

"""Large binary values of a snapshot, each kept once in a file named by its digest.

A layer of 30 MB would otherwise be encoded and written anew at every checkpoint.
"""

import hashlib
from pathlib import Path

THRESHOLD_BYTES = 64 * 1024


class Blobs:
    """A folder of binary values."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when the first value is kept."""
        self._folder = folder
        self._named: dict[bytes, str] = {}
        self._named_before: dict[bytes, str] = {}

    def keep(self, content: bytes) -> str:
        """Keep a value; return its digest."""
        name = self._named_before.get(content) or hashlib.sha256(content).hexdigest()
        self._named[content] = name
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
        # Those of the snapshot before need not be hashed again; older ones are let go of.
        self._named_before, self._named = self._named, {}

    def forget_others(self) -> None:
        """Remove what the last snapshot did not keep; call it once that is saved."""
        if self._folder.exists():
            needed = set(self._named.values())
            for path in self._folder.iterdir():
                if path.name not in needed:
                    path.unlink()

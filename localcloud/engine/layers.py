"""Lambda layers unpacked once for all functions that use them, not once for each worker."""

import hashlib
import io
import shutil
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path


class Layers:
    """A folder of unpacked layers, each named by the digest of its archive."""

    def __init__(self, folder: Path) -> None:
        """Unpack below `folder`, which is made when it is needed."""
        self._folder = folder

    def unpacked(self, archive: bytes) -> Path:
        """Return the folder that holds an archive's files. Workers must not write there.

        Raises:
            zipfile.BadZipFile: it is no archive.
        """
        return self.unpacked_as(_digest(archive), archive)

    def unpacked_as(self, digest: str, archive: bytes) -> Path:
        """Return the same for an archive whose digest is known: it is not kept in memory."""
        folder = self._folder / digest
        if not folder.exists():
            self._unpack(archive, folder)
        return folder

    def _unpack(self, archive: bytes, folder: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            unfinished = Path(tempfile.mkdtemp(dir=self._folder))
            try:
                files.extractall(unfinished)
                unfinished.rename(folder)
            except OSError:
                if not folder.exists():  # or another worker, started in the same moment, was first
                    raise
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)  # unless it has its name


@lru_cache(maxsize=4)  # it keeps the archives, which may have 50 MB each
def _digest(archive: bytes) -> str:
    return hashlib.sha256(archive).hexdigest()

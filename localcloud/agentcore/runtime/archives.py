"""The code of agents: read from S3, looked through, and unpacked once for all who run it.

Sources: Developer Guide, direct code deployment (sizes) and its troubleshooting page (a package
for another processor or without its entry point ends in CREATE_FAILED). The reasons are worded by
us (claim `agentcore-runtime.code.refused`).
"""

import asyncio
import hashlib
import io
import platform
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.errors import BadCode
from localcloud.cloud import Cloud, CloudError
from localcloud.engine.layers import Layers

MAX_ARCHIVE_BYTES: Final = 250 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 750 * 1024 * 1024

ELF_MACHINES: Final = {62: "x86_64", 183: "arm64"}
"""`e_machine` of the ELF header, and how AgentArchitecture names the processor."""

ARCHITECTURES: Final = {"amd64": "x86_64", "aarch64": "arm64"}
"""Names of processors that differ from AWS's."""

INSTRUMENTATION: Final = "opentelemetry-instrument"
"""What may stand before the program; on the laptop the program is run without it."""


class Archives:
    """A folder of unpacked archives, each named by its digest: a cache that can be made again."""

    def __init__(self, folder: Path) -> None:
        """Unpack below `folder`, which is made when it is needed."""
        self._folder = folder
        self._unpacked = Layers(folder)
        self._digests: dict[str, str] = {}
        self.turn = asyncio.Lock()

    def find(self, digest: str) -> Path | None:
        """Return the folder of an archive that is unpacked, or None."""
        folder = self._folder / digest
        return folder if folder.is_dir() else None

    def unpack(self, archive: bytes, entry_point: Sequence[str]) -> str:
        """Look an archive through and unpack it; return its digest. It takes seconds.

        Raises:
            BadCode: it is no archive, too large, without its entry point, or for another machine.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as files:
                _check(files, entry_point)
            digest = hashlib.sha256(archive).hexdigest()
            self._unpacked.unpacked_as(digest, archive)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError) as error:
            raise BadCode(f"The code cannot be unpacked: {error}") from error
        return digest

    def tags(self) -> list[str]:
        """Return the entity tags of what is unpacked, as far as they are known."""
        return [tag for tag, digest in self._digests.items() if self.find(digest)]

    def remember(self, tag: str, digest: str) -> None:
        """Note the entity tag that S3 gives an archive: it is of the content, wherever it lies."""
        self._digests[tag] = digest

    def unpacked(self, tag: str, entry_point: Sequence[str]) -> str:
        """Return the digest of an archive that is unpacked, and has been looked through before.

        Raises:
            BadCode: it is without this entry point.
        """
        digest = self._digests[tag]
        path = PurePosixPath(program(entry_point))
        if _climbs(path) or not (self._folder / digest / path).is_file():
            raise BadCode(f"The entry point {program(entry_point)} is not in the code.")
        return digest

    def set_aside(self, digests: frozenset[str]) -> Path | None:
        """Take away what no version runs, and what was never finished: nothing may be unpacked now.

        Returns:
            The folder where it is now, to be removed, which may take seconds; None for nothing.
        """
        found = self._folder.iterdir() if self._folder.is_dir() else iter(())
        useless = [folder for folder in found if folder.name not in digests]
        if not useless:
            return None
        aside = Path(tempfile.mkdtemp(dir=self._folder))
        for folder in useless:
            folder.rename(aside / folder.name)
        return aside


async def read_archive(cloud: Cloud, code: JsonObject, known: Sequence[str]) -> tuple[str, bytes]:
    """Return the object a `codeConfiguration` names; its reader has been authorized.

    Args:
        cloud: where S3 is.
        code: the `codeConfiguration`.
        known: entity tags of what need not be read again.

    Returns:
        Its entity tag, and what is in it: nothing if the tag is a known one.

    Raises:
        BadCode: there is none, or it is too large.
    """
    location = code.get("code", {}).get("s3")
    if location is None:
        raise BadCode("The codeConfiguration names no object in S3.")
    name = f"s3://{location['bucket']}/{location['prefix']}"
    version = location.get("versionId")
    query = f"?versionId={quote(version)}" if version else ""
    host = f"https://s3.{cloud.region}.amazonaws.com"
    url = f"{host}/{location['bucket']}/{quote(location['prefix'])}{query}"
    headers = {"If-None-Match": ", ".join(known)} if known else {}
    try:
        response = await cloud.send("GET", url, headers=headers, service="s3")
    except CloudError as error:
        raise BadCode(f"The code at {name} could not be read: {error}") from error
    tag = response.headers.get("etag", "")
    if response.status == HTTPStatus.NOT_MODIFIED and tag in known:
        return tag, b""
    if response.status != HTTPStatus.OK:
        raise BadCode(f"The code at {name} could not be read: status {response.status}.")
    if len(response.body) > MAX_ARCHIVE_BYTES:
        raise BadCode(f"The code at {name} has more than {MAX_ARCHIVE_BYTES} bytes.")
    return tag, response.body


def program(entry_point: Sequence[str]) -> str:
    """Return the file of an `entryPoint` that is run."""
    return entry_point[-1] if entry_point[0] == INSTRUMENTATION else entry_point[0]


def _check(files: zipfile.ZipFile, entry_point: Sequence[str]) -> None:
    if sum(info.file_size for info in files.infolist()) > MAX_UNPACKED_BYTES:
        raise BadCode(f"The code has more than {MAX_UNPACKED_BYTES} bytes unpacked.")
    if not _names_a_file(files, program(entry_point)):
        raise BadCode(f"The entry point {program(entry_point)} is not in the code.")
    here = architecture()
    for info, found in _machines(files):
        if found != here:
            raise BadCode(
                f"The code is built for {found}, and this machine is {here} ({info.filename}): "
                f"build with --parameter-overrides AgentArchitecture={here}"
            )


def _names_a_file(files: zipfile.ZipFile, name: str) -> bool:
    climbs = _climbs(PurePosixPath(name))
    return name in files.namelist() and not climbs and not name.endswith("/")


def _climbs(path: PurePosixPath) -> bool:
    # What climbs out of the archive is in it under another name once it is unpacked.
    return path.is_absolute() or ".." in path.parts


def _machines(files: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    for info in files.infolist():
        if info.filename.endswith(".so") or ".so." in info.filename:
            with files.open(info) as library:
                head = library.read(20)
            if head.startswith(b"\x7fELF"):
                yield info, ELF_MACHINES.get(int.from_bytes(head[18:20], "little"), "another")


def architecture() -> str:
    """Return this machine's processor as AWS names it; libraries of Linux run on Linux alone."""
    machine = platform.machine()
    name = ARCHITECTURES.get(machine, machine)
    return name if sys.platform == "linux" else f"{name} without Linux"

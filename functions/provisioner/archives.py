"""The archives of published function versions, kept where AgentCore Runtime takes its code from.

A version's archive never changes, so neither does its copy: it is named by its digest, and all
runtimes of a stack that run the same code share it. Who uses a copy says so with an empty object
beside it, put there before the copy is looked for and taken away before it is removed. A runtime
that begins to use a copy in the very moment in which the last other one drops it would lose it:
the stack's own runtimes go from one version to the next together.
"""

import base64
import hashlib
import ssl
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig

from provisioner.calls import Calls, translated
from provisioner.errors import BadArchive

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mypy_boto3_s3 import S3Client

TIMEOUT_S = 10.0
CHUNK_BYTES = 8 * 1024 * 1024
_LIST = "list_objects_v2", "Contents"
CHUNKS_AT_ONCE = 4
"""Bounds what is in memory at a time: an archive may have 250 MB."""


class Archives:
    """Copies in a bucket of the stack's own, with a folder per runtime that says what it uses."""

    def __init__(
        self,
        functions: Calls,
        objects: "S3Client",
        bucket: str,
        fetch: "Callable[[str], AbstractContextManager[Readable]] | None" = None,
    ) -> None:
        """Take what archives come from and go to.

        Args:
            functions: the calls of `lambda`.
            objects: a client of `s3`.
            bucket: the bucket's name.
            fetch: opens a presigned URL; unless given, over the network.
        """
        self._functions, self._client, self._bucket = functions, objects, bucket
        self._objects = Calls(objects)
        self._fetch = fetch or Download

    def place(self, version_arn: str) -> dict[str, str]:
        """Return where the archive of a version is, or is going to be: bucket and prefix."""
        return self._place(self._version(version_arn))

    def keep(self, name: str, version_arn: str) -> dict[str, str]:
        """Copy the archive of a version for a runtime, unless it is there; return where it is.

        Raises:
            BadArchive: it is not what Lambda says it is.
        """
        version = self._version(version_arn)
        place = self._place(version)
        key = place["prefix"]
        self._objects("put_object", Bucket=self._bucket, Key=_mark(name, key), Body=b"")
        if self._objects.found("head_object", Bucket=self._bucket, Key=key) is None:
            self._copy(version, key)
        return place

    def forget(self, name: str, *, but: frozenset[str] = frozenset()) -> None:
        """Remove what a runtime uses, but for these prefixes, and what nobody uses any more."""
        kept = {_mark(name, prefix) for prefix in but} | but  # `but`: from before they were shared
        listed = [item["Key"] for item in self._objects.all(*_LIST, Bucket=self._bucket)]
        dropped = {key for key in listed if key.startswith(f"{name}/")} - kept
        if not dropped:
            return
        for key in dropped:
            self._objects("delete_object", Bucket=self._bucket, Key=key)
        used = {_used(key) for key in listed if key not in dropped and "/" in key}
        for key in {_used(key) for key in dropped} - used:
            self._objects("delete_object", Bucket=self._bucket, Key=key)

    def _version(self, version_arn: str) -> dict[str, Any]:
        return self._functions("get_function", FunctionName=version_arn)

    def _place(self, version: dict[str, Any]) -> dict[str, str]:
        digest = base64.b64decode(version["Configuration"]["CodeSha256"]).hex()
        return {"bucket": self._bucket, "prefix": f"{digest}.zip"}

    def _copy(self, version: dict[str, Any], key: str) -> None:
        configuration = version["Configuration"]
        limits = TransferConfig(multipart_chunksize=CHUNK_BYTES, max_concurrency=CHUNKS_AT_ONCE)
        limits.max_in_memory_upload_chunks = CHUNKS_AT_ONCE
        with self._fetch(version["Code"]["Location"]) as response:
            checked: Any = _Checked(
                response, configuration["CodeSize"], configuration["CodeSha256"]
            )
            translated(
                "put_object",
                lambda: self._client.upload_fileobj(checked, self._bucket, key, Config=limits),
            )


def _mark(name: str, key: str) -> str:
    """Return the key that says that a runtime uses a copy."""
    return f"{name}/{key}"


def _used(mark: str) -> str:
    """Return the key of the copy that somebody uses."""
    return mark.partition("/")[2]


class Readable(Protocol):
    """An archive on its way."""

    def read(self, size_bytes: int | None = None, /) -> bytes:
        """Return so many bytes, fewer only at the end; all that is left without a number."""
        ...


class Download:
    """One GET of a presigned URL. Whoever has the URL can read the code, so no error names it."""

    def __init__(self, url: str) -> None:
        """Take the URL; nothing is sent yet."""
        parts = urlsplit(url)
        # SSL_CERT_FILE is honoured here as everywhere in Python.
        self._connection = HTTPSConnection(
            parts.netloc, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
        self._target = f"{parts.path}?{parts.query}"

    def __enter__(self) -> HTTPResponse:
        """Send the request and return what comes.

        Raises:
            BadArchive: no connection, or another status than 200.
        """
        try:
            self._connection.request("GET", self._target)
            response = self._connection.getresponse()
        except (OSError, HTTPException) as error:
            raise BadArchive(f"Lambda's archive: {type(error).__name__}") from error
        if response.status != HTTPStatus.OK:
            raise BadArchive(f"Lambda's archive: status {response.status}")
        return response

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._connection.close()


class _Checked:
    """Hands on what it reads, and raises at the end if that is not what it should have been.

    Raised while an upload reads, it ends the upload: nothing is left in the bucket.
    """

    def __init__(self, response: Readable, size_bytes: int, sha256: str) -> None:
        self._response, self._left_bytes, self._sha256 = response, size_bytes, sha256
        self._digest = hashlib.sha256()

    def read(self, size_bytes: int = -1) -> bytes:
        try:
            chunk = self._response.read(size_bytes if size_bytes >= 0 else None)
        except (OSError, HTTPException) as error:
            raise BadArchive(f"Lambda's archive: {type(error).__name__}") from error
        self._digest.update(chunk)
        self._left_bytes -= len(chunk)
        if (not chunk and size_bytes) or self._left_bytes <= 0:
            self._check()
        return chunk

    def _check(self) -> None:
        if base64.b64encode(self._digest.digest()).decode() != self._sha256:
            raise BadArchive("Lambda's archive has another SHA-256 than Lambda says")

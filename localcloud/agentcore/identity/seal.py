"""Secrets and tokens at rest: sealed with AES-256-GCM, by a key that is not in the database.

The key is a file of its own, readable by its owner alone (docs/decisions/0022-the-token-vault.md).
What is sealed for one purpose cannot be opened for another, so that rows cannot change places.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from localcloud.agentcore.identity.errors import Unreadable

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class Seal:
    """Seals texts and opens them again."""

    def __init__(self, key: bytes) -> None:
        """Take a key of `KEY_BYTES`."""
        self._cipher = AESGCM(key)

    @classmethod
    def of_file(cls, path: Path) -> "Seal":
        """Seal with the key in a file, which is made if it is not there (mode 0600)."""
        if not path.exists():
            partial = path.with_suffix(".partial")  # a crash must not leave half a key
            partial.unlink(missing_ok=True)
            descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(AESGCM.generate_key(bit_length=KEY_BYTES * 8))
            partial.replace(path)
        return cls(path.read_bytes())

    def close(self, text: str, purpose: str) -> bytes:
        """Return `text` sealed for `purpose`: another sequence of bytes each time."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """Return what was sealed for `purpose`.

        Raises:
            Unreadable: it was not, or not with this key.
        """
        try:
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable(
                f"what is kept as {purpose.partition(' ')[0]} is unreadable"
            ) from error

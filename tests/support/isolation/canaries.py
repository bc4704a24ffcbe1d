"""Marks in what is written, by which one sees whose it is wherever it turns up."""

import base64
import binascii
import itertools
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from minilm.embedding import Embedder, Reading
from minilm.weights import Floats

MARK = re.compile(r"canary\.([a-z]+(?:-[a-z]+)*)\.\d{5}")
TOKEN = re.compile(r'"(?:nextToken|nextCursor)": "([^"]+)"')


@dataclass
class Canaries:
    """Gives out marks: `canary.<whose>.<number>`, no two the same."""

    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def of(self, whose: str) -> str:
        """Return a new mark of a tenant, or of a kind of data."""
        return f"canary.{whose}.{next(self._numbers):05}"


class MarkBlind(Embedder):
    """The sentence model, but for marks: what differs in them alone is worked out once."""

    def __init__(self) -> None:
        """Begin without anything read."""
        super().__init__()
        self._lock, self._read = threading.Lock(), dict[str, Reading]()

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one row of length 1 for each text."""
        with self._lock:  # one by one, they are kept
            rows = [super(MarkBlind, self).embed([MARK.sub("canary", text)]) for text in texts]
        return np.concatenate(rows)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return what the model makes of each text."""
        with self._lock:
            missing = [text for text in texts if text not in self._read]
            if missing:
                self._read.update(zip(missing, super().read(missing), strict=True))
            return [self._read[text] for text in texts]


def marks(text: str) -> dict[str, str]:
    """Return the marks in a text, with whose they are."""
    return {found[0]: found[1] for found in MARK.finditer(text)}


def leaked(reply: object, asked: object, may_read: frozenset[str]) -> list[str]:
    """Return the marks in a reply that are not for its reader.

    What the reader has said is no news: errors repeat names. Tokens of pages are opened.
    """
    text, said = json.dumps(reply, default=str), json.dumps(asked, default=str)
    text += "".join(_opened(token[1]) for token in TOKEN.finditer(text))
    known = marks(said)
    return [
        mark for mark, whose in marks(text).items() if whose not in may_read and mark not in known
    ]


def _opened(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token + "==").decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""

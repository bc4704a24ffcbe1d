"""The chat page as one document: `page/index.html` with its style sheet and scripts put in.

The files stand for themselves too: any web server can serve the folder as it is. Put together they
are one answer, and its policy can name each of them by its digest, so that nothing else runs.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "page"
_STYLE = re.compile(r'<link rel="stylesheet" href="(?P<file>[\w.]+)">')
_SCRIPT = re.compile(r'<script src="(?P<file>[\w.]+)"></script>')


@dataclass(frozen=True)
class Document:
    """The page, the Content-Security-Policy that fits it, and the tag of this version of it."""

    html: str
    policy: str
    etag: str


def assemble(folder: Path) -> Document:
    """Put the page of a folder together.

    Raises:
        OSError: the folder lacks `index.html`, or a file that it names.
    """
    scripts: list[str] = []
    styles: list[str] = []
    html = (folder / "index.html").read_text(encoding="utf-8")
    html = _STYLE.sub(_put_in(folder, "style", styles), html)
    html = _SCRIPT.sub(_put_in(folder, "script", scripts), html)
    return Document(html, _policy(scripts, styles), f'"{_digest(html)}"')


def _put_in(folder: Path, tag: str, digests: list[str]) -> Callable[[re.Match[str]], str]:
    def replace(found: re.Match[str]) -> str:
        content = (folder / found["file"]).read_text(encoding="utf-8")
        digests.append(f"'sha256-{_digest(content)}'")
        return f"<{tag}>{content}</{tag}>"

    return replace


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode("ascii")


def _policy(scripts: list[str], styles: list[str]) -> str:
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": " ".join(styles),
        "connect-src": "'self'",
        "img-src": "data:",  # its icon
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",  # text never becomes markup
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())

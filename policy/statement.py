"""Read the text of a policy: exactly one `permit` or `forbid`, as AgentCore takes it.

Sources: Developer Guide, policy (one statement a policy); awslabs/nx-plugin-for-aws (several
are refused with `unexpected token 'forbid'`); awslabs/fullstack-solution-template-for-agentcore
(comments are stripped).
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from cedarpy import PolicySet, policies_to_pst, pst

from policy.errors import UnparsableStatement

_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n\r]*')
_UNEXPECTED = re.compile(r"unexpected token `(?P<token>.+)`", re.DOTALL)


@dataclass(frozen=True)
class ParsedStatement:
    """One policy: its text without comments, and Cedar's own tree of it."""

    text: str
    node: pst.Template


def check_statement(text: str) -> ParsedStatement:
    """Parse one policy.

    Raises:
        UnparsableStatement: it is not Cedar, or not exactly one policy. The message is Cedar's,
            with line and column where Cedar stumbled over a token.
    """
    bare = strip_comments(text)
    policies = _parsed(bare)
    if policies.templates:
        raise UnparsableStatement("a policy may not have slots such as ?principal")
    nodes = list(policies.static_policies.values())
    if not nodes:
        raise UnparsableStatement("unexpected end of input")
    if len(nodes) > 1:
        raise UnparsableStatement(f"unexpected token `{nodes[1].effect}`{_second(bare)}")
    return ParsedStatement(text=bare.strip(), node=nodes[0])


def strip_comments(text: str) -> str:
    """Return the text with its `//` comments gone; lines and columns stay what they were."""
    return _STRING_OR_COMMENT.sub(lambda m: "" if m[0].startswith("//") else m[0], text)


def _parsed(text: str) -> pst.PolicySet:
    try:
        return policies_to_pst(text)
    except ValueError as error:
        raise UnparsableStatement(f"{error}{_place(text, str(error))}") from error


def _place(text: str, message: str) -> str:
    """Find the token of the message: it is the first one that no longer is a fair beginning."""
    found = _UNEXPECTED.fullmatch(message)
    matches = list(re.finditer(re.escape(found["token"]), text)) if found else []

    def stumbled(match: re.Match[str]) -> bool:
        return _complaint(f"{text[: match.end()]} ;") == message  # Cedar looks one token ahead

    first = bisect_left(matches, True, key=stumbled)
    return _line_and_column(text, matches[first].start()) if first < len(matches) else ""


def _second(text: str) -> str:
    """Find where a second policy begins: behind the first end of a statement that parses."""
    for match in re.finditer(r";\s*", text):
        if not _complaint(text[: match.end()]):
            return _line_and_column(text, match.end())
    return ""


def _complaint(text: str) -> str:
    try:
        PolicySet.from_str(text)
    except ValueError as error:
        return str(error)
    return ""


def _line_and_column(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return f" at {line}:{column}"

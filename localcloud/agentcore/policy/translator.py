"""Policies from plain language, by templates: what is in none of their forms is not guessed at.

    Users with role R [or R] may call TOOL[, TOOL and TOOL] [when ARGUMENT is [not] VALUE]
    Users of tenant T can only look up customers
    Only users with role R may call TOOL
    Nobody may call TOOL              Everyone may call TOOL unless ARGUMENT is more than 500

A tool is named as it is, or by words that are in the name and description of no other. `only`
makes two statements: one that permits, and one that forbids the rest.

On AWS a model writes these policies; that the forms are these is ours (claim
`agentcore-policy.generation`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from localcloud.agentcore.policy.words import GatewayTool, Untranslatable, tools_meant

LONGEST: Final = 10_000
"""Characters a statement may have (botocore `Statement`)."""

TOO_LONG: Final = "The statement would be longer than a policy may be"

_VALUE: Final = r"(?:\"[^\"]+\"|'[^']+'|[\w.@:+-]+)"
_WHO: Final = (
    r"(?P<nobody>nobody|no one|no user)"
    r"|(?P<only>only )?(?:users?|people|callers?|members) (?:with|of|in|whose) (?:the |a )?"
    rf"(?P<claim>[\w:.-]+) (?:is )?(?P<values>{_VALUE}(?: or {_VALUE})*)"
    r"|(?P<everyone>everyone|everybody|anyone|all users|users)"
)
_MAY: Final = (
    r"(?P<never>(?:may|must|can) (?:not|never)|cannot|can't|(?:are|is) not allowed to)"
    r"|(?P<may>(?:may|can|(?:are|is) allowed to)(?P<just> only)?)"
)
_WHEN: Final = (
    r"(?: (?P<link>when|if|unless) (?:the )?(?P<argument>\w+) is "
    rf"(?P<relation>not |less than |more than |at most |at least )?(?P<value>{_VALUE}))?"
)
_SENTENCE: Final = re.compile(
    rf"(?:{_WHO}) (?:{_MAY}) (?:(?:call|use|invoke|run) )?(?:the tools? )?(?P<tools>.+?){_WHEN}",
    re.IGNORECASE,
)
_END: Final = re.compile(r"(?<=[^\s])[.;!](?:\s+|$)|\n+")
_RELATIONS: Final = {
    "": "==",
    "not ": "!=",
    "less than ": "<",
    "more than ": ">",
    "at most ": "<=",
    "at least ": ">=",
}
_DECIMAL: Final = {
    "<": "lessThan",
    ">": "greaterThan",
    "<=": "lessThanOrEqual",
    ">=": "greaterThanOrEqual",
}


@dataclass(frozen=True)
class Translation:
    """One statement for a sentence, or why there is none."""

    fragment: str
    statement: str | None
    reason: str = ""


def translate(text: str, gateway_arn: str, tools: Sequence[GatewayTool]) -> tuple[Translation, ...]:
    """Return what becomes of each sentence of a text, in order."""
    return tuple(
        translation
        for fragment in _sentences(text)
        for translation in _translations(fragment, gateway_arn, tools)
    )


def _sentences(text: str) -> Iterator[str]:
    for part in _END.split(text):
        fragment = " ".join(part.split()).rstrip(".;! ")
        if fragment:
            yield fragment


def _translations(
    fragment: str, gateway_arn: str, tools: Sequence[GatewayTool]
) -> Iterator[Translation]:
    try:
        statements = tuple(_statements(fragment, gateway_arn, tools))
    except Untranslatable as error:
        yield Translation(fragment, None, str(error))
    else:
        for statement in statements:
            fits = len(statement) <= LONGEST
            yield Translation(fragment, statement if fits else None, "" if fits else TOO_LONG)


def _statements(fragment: str, gateway_arn: str, tools: Sequence[GatewayTool]) -> Iterator[str]:
    found = _SENTENCE.fullmatch(fragment)
    if found is None:
        raise Untranslatable("The sentence has none of the forms that are known")
    meant = tools_meant(found["tools"], tools)
    who, when = _who(found), _when(found, meant)
    scope = _Scope(gateway_arn, meant)
    if found["nobody"] or found["never"]:
        if found["nobody"] and found["never"]:
            raise Untranslatable("A double negation is not guessed at")
        yield scope.statement("forbid", [who], when)
        return
    yield scope.statement("permit", [who], when)
    if found["just"]:
        everything = _Scope(gateway_arn, ())
        yield everything.statement("forbid", [who], f"!({scope.in_condition})")
    if found["only"]:
        yield scope.statement("forbid", [], f"!({who})")


@dataclass(frozen=True)
class _Scope:
    """Which calls of a gateway a statement is about. No tools are all tools."""

    gateway_arn: str
    tools: tuple[GatewayTool, ...]

    @property
    def in_condition(self) -> str:
        return f"action in [{', '.join(map(_action, self.tools))}]" if self.tools else "true"

    def statement(self, effect: str, conditions: Sequence[str], more: str) -> str:
        match self.tools:
            case ():
                action = "action"
            case (tool,):
                action = f"action == {_action(tool)}"
            case several:
                action = f"action in [{', '.join(map(_action, several))}]"
        scope = (
            f"{effect}(\n  principal is AgentCore::OAuthUser,\n  {action},\n"
            f"  resource == AgentCore::Gateway::{_quoted(self.gateway_arn)}\n)"
        )
        wanted = [condition for condition in (*conditions, more) if condition]
        return scope + (f" when {{ {' && '.join(wanted)} }};" if wanted else ";")


def _who(found: re.Match[str]) -> str:
    if not found["claim"]:
        return ""
    claim = _quoted(found["claim"])
    values = [_text_of(value) for value in re.findall(_VALUE, _without_or(found["values"]))]
    tests = [f"principal.getTag({claim}) == {_quoted(value)}" for value in values]
    either = tests[0] if len(tests) == 1 else f"({' || '.join(tests)})"
    return f"principal.hasTag({claim}) && {either}"


def _without_or(values: str) -> str:
    return re.sub(rf"(?<=\S) or (?={_VALUE})", " ", values)


def _when(found: re.Match[str], tools: tuple[GatewayTool, ...]) -> str:
    argument = found["argument"]
    if argument is None:
        return ""
    if not tools or any(argument not in tool.properties for tool in tools):
        raise Untranslatable(f"'{argument}' is not an argument of every tool meant")
    kinds = {str(tool.properties[argument].get("type")) for tool in tools}
    operator = _RELATIONS[(found["relation"] or "").lower()]
    test = _comparison(argument, kinds.pop() if len(kinds) == 1 else "", operator, found["value"])
    if found["link"].lower() == "unless":
        return f"!({_given(argument)} && {test})"
    return f"{_given(argument)} && {test}"


def _given(argument: str) -> str:
    return f"context.input has {argument}"


def _comparison(argument: str, kind: str, operator: str, shown: str) -> str:
    value, path = _text_of(shown), f"context.input.{argument}"
    equality = operator in ("==", "!=")
    if kind == "string" and equality:
        return f"{path} {operator} {_quoted(value)}"
    if kind == "boolean" and equality and value in ("true", "false"):
        return f"{path} {operator} {value}"
    if kind == "integer" and re.fullmatch(r"-?\d{1,18}", value):
        return f"{path} {operator} {value}"
    if kind == "number" and re.fullmatch(r"-?\d{1,14}(\.\d{1,4})?", value):
        decimal = f'decimal("{value if "." in value else value + ".0"}")'
        return (
            f"{path} {operator} {decimal}"
            if equality
            else (f"{path}.{_DECIMAL[operator]}({decimal})")
        )
    raise Untranslatable(f"'{argument}' cannot be compared with {shown} so")


def _action(tool: GatewayTool) -> str:
    return f"AgentCore::Action::{_quoted(tool.name)}"


def _text_of(value: str) -> str:
    return value[1:-1] if value[0] in "\"'" else value


def _quoted(text: str) -> str:
    """Return a Cedar string: printable text, as JSON writes it."""
    if not text.isprintable():
        raise Untranslatable("A name or value has characters that cannot be printed")
    return json.dumps(text, ensure_ascii=False)

"""Decide what a question asks for: which tools, with which arguments, and what of the answer.

A question is cut into clauses. Each clause goes to the tool that scores best on it: by
similarity, by the noun it names, and by the arguments it fills. A tool whose verb is not one of
reading needs its verb as an order in the clause: talking about deleting deletes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from assistant.offline.arguments import Filled, fill
from assistant.offline.focus import Focus, read_focus
from assistant.offline.found import Value
from assistant.offline.kinds import is_modifier
from assistant.offline.schema import Parameter, ToolCard
from assistant.offline.words import content, stem, tokens, word_set

type Similarity = Callable[[str, str], float]
"""How near a question is to a tool's document, 0 to 1: `words.overlap`, or an embedding's."""

READING = word_set(
    "browse check count describe fetch find get list look lookup query read retrieve search show "
    "view"
)
# What people say for a tool's verb. A verb that is not here stands for itself.
ORDERS = {
    "create": ("add", "create", "insert", "make", "register"),
    "delete": ("delete", "drop", "erase", "get rid of", "remove"),
    "update": ("change", "edit", "modify", "rename", "replace", "set", "update"),
    "order": ("adopt", "book", "buy", "order", "purchase", "reserve"),
    "send": ("call", "email", "mail", "send", "text"),
    "write": ("compose", "draw", "paint", "sing", "summarize", "translate", "write"),
}
_POLITE = (
    r"(?:please|kindly|now|then|also|just|ok|okay|hey|hi|hello|and|so|"
    r"(?:can|could|would|will)\s+you|i\s+(?:want|need|would\s+like|wish)(?:\s+you)?\s+to|"
    r"i'd\s+like(?:\s+you)?\s+to|let'?s|go\s+ahead\s+and|help\s+me(?:\s+to)?)"
)


@dataclass(frozen=True)
class Call:
    """One tool call to make."""

    tool: str
    arguments: dict[str, Value]


@dataclass(frozen=True)
class Plan:
    """What to do about one clause: calls, or a question back, or neither."""

    clause: str
    card: ToolCard | None = None
    calls: tuple[Call, ...] = ()
    missing: tuple[Parameter, ...] = ()
    focus: Focus = field(default_factory=Focus)


@dataclass(frozen=True)
class Weights:
    """How much each sign counts towards a tool; another similarity may want other figures."""

    noun: float = 0.3
    verb: float = 0.2
    required: float = 0.5
    optional: float = 0.1
    named: float = 0.4
    literal: float = 0.5
    only_arguments: float = 0.5
    missing: float = -0.6
    no_evidence: float = 0.5
    threshold: float = 0.55


@dataclass(frozen=True)
class Candidate:
    """A tool that was considered for a clause."""

    card: ToolCard
    filled: Filled
    focus: Focus
    score: float


def plan(
    question: str, cards: Sequence[ToolCard], similarity: Similarity, weights: Weights
) -> tuple[Plan, ...]:
    """Plan each clause that asks for something; small talk gives no plan."""
    plans = [_plan(one, cards, similarity, weights) for one in clauses(question)]
    return tuple(one for one in plans if one.calls or one.missing or content(tokens(one.clause)))


def clauses(question: str) -> tuple[str, ...]:
    """Cut at the end of a sentence, and at `and` or `then` before another order."""
    orders = "|".join(sorted({*READING, *(word for said in ORDERS.values() for word in said)}))
    cut = rf"(?<=[.!?;])\s+|,?\s+(?:and|then|and\s+then)\s+(?=(?:{orders}|tell|give)\b)"
    return tuple(one for one in re.split(cut, question, flags=re.IGNORECASE) if one.strip())


def _plan(clause: str, cards: Sequence[ToolCard], similarity: Similarity, weights: Weights) -> Plan:
    fitting = [_candidate(card, clause, similarity, weights) for card in _allowed(cards, clause)]
    best = max(fitting, key=lambda one: one.score, default=None)
    if best is None or not _is_good(best, weights):
        return Plan(clause)
    if best.filled.missing:
        return Plan(clause, best.card, missing=best.filled.missing, focus=best.focus)
    return Plan(clause, best.card, _calls(best), focus=best.focus)


def _is_good(best: Candidate, weights: Weights) -> bool:
    """Whether the score is enough: what only lacks arguments is, to ask for them."""
    lacking = weights.missing * bool(best.filled.missing)
    return best.score - lacking >= weights.threshold


def _calls(best: Candidate) -> tuple[Call, ...]:
    names = list(best.filled.values)
    several = product(*best.filled.values.values())
    return tuple(Call(best.card.name, dict(zip(names, one, strict=True))) for one in several)


def _allowed(cards: Sequence[ToolCard], clause: str) -> list[ToolCard]:
    """Return the tools a clause may use: by its order if it is one, else those that read."""
    order = ordered(clause, cards)
    if order is None:
        return [card for card in cards if card.verb in READING]
    return [card for card in cards if _canonical(card.verb) == order]


def ordered(clause: str, cards: Iterable[ToolCard]) -> str | None:
    """Return the canonical verb of an order other than to read, or None."""
    own = {card.verb for card in cards if card.verb not in READING}
    verbs = sorted({*own, *(word for said in ORDERS.values() for word in said)}, key=len)
    said = rf"\s*(?:{_POLITE}[\s,]+)*({'|'.join(map(re.escape, reversed(verbs)))})\b(?!')"
    match = re.match(said, clause, re.IGNORECASE)
    return _canonical(match[1].lower()) if match else None


def _canonical(verb: str) -> str:
    return next((name for name, said in ORDERS.items() if verb in said), verb)


def _candidate(card: ToolCard, clause: str, similarity: Similarity, weights: Weights) -> Candidate:
    filled = fill(card, clause)
    found, rest = read_focus(card, filled, clause)
    asked = content(tokens(rest))
    if asked:
        score = similarity(" ".join(one.text for one in asked), card.document)
    else:
        score = weights.only_arguments if filled.said or found.names else 0.0
    return Candidate(card, filled, found, score + _signs(card, clause, filled, found, weights))


def _signs(card: ToolCard, clause: str, filled: Filled, focus: Focus, weights: Weights) -> float:
    """Add up what speaks for a tool beside the similarity."""
    required = {one.name for one in card.parameters if one.required}
    noun = _names_noun(card, clause, filled.rest)
    score = weights.noun * noun
    said = {one.stem for one in tokens(clause)}
    score += weights.verb * (card.verb in said)
    score += weights.literal * (len(card.words) > 1 and {*map(stem, card.words)} <= said)
    score += weights.optional * bool(filled.said)
    score += weights.required * (bool(required & filled.said) and not filled.missing)
    score += weights.missing * bool(filled.missing)
    score += weights.named * bool(focus.names and not required)
    evidence = noun or filled.said or focus.names
    return score if evidence else score - weights.no_evidence


def _names_noun(card: ToolCard, clause: str, rest: str) -> bool:
    """Whether the clause has the tool's noun; inside an identifier only if that was used."""
    words = tokens(clause)
    return any(
        not card.nouns.isdisjoint({one.stem} if rest[one.start].strip() else one.stem.split("-"))
        and not is_modifier(words, at, card)
        for at, one in enumerate(words)
    )

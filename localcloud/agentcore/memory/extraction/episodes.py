"""Episodes: what was asked, what was answered, and whether the user said that it helped, as XML.

An exchange is finished when the assistant has answered; its episode is written then, and again when
the user says what came of it. Nothing is judged that the user did not say. The elements follow what
AWS says an episode holds (AWS Machine Learning Blog, "Build agents to learn from experiences using
Amazon Bedrock AgentCore episodic memory"); their names are ours (claim
`memory.extraction.episodic`).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known, Turn
from localcloud.agentcore.memory.extraction.sentences import plain, sentences, shortened, words

HELPED: Final = re.compile(
    r"\b(?:thanks|thank you|that worked|it worked|works now|it works|solved|that helped|perfect)\b",
    re.IGNORECASE,
)
FAILED: Final = re.compile(
    r"\b(?:does ?n[o']t work|did ?n[o']t (?:work|help)|not helpful|still (?:not|fail\w*|broken)"
    r"|no luck|that is wrong|that's wrong)\b",
    re.IGNORECASE,
)
MAX_FEEDBACK_WORDS: Final = 12
"""A turn with more asks for something else as well."""

QUOTED_SENTENCES: Final = 3
UNSAID: Final = "The user has not said whether it helped."


@dataclass
class Exchange:
    """What the user said, what the assistant answered to it, and what the user said of that."""

    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    feedback: str | None = None
    is_new: bool = False


class Episodes:
    """The extractor of episodic strategies."""

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the episodes that the new turns finish, or say something about."""
        found: list[Finding] = []
        before = ""
        for exchange in exchanges(heard.earlier, heard.turns):
            if exchange.is_new and exchange.asked and exchange.answered:
                found.append(_told(heard, exchange, before))
            before = _quoted(exchange.asked)
        return found


def exchanges(earlier: Sequence[Turn], new: Sequence[Turn]) -> list[Exchange]:
    """Return the exchanges of a conversation; feedback belongs to what it follows."""
    all_of_them: list[Exchange] = []
    for number, turn in enumerate((*earlier, *new)):
        last = all_of_them[-1] if all_of_them else None
        if turn.role == "USER":
            if last and last.answered and _is_feedback(turn.text):
                last.feedback = turn.text
            elif last is None or last.answered:
                last = Exchange([turn.text])
                all_of_them.append(last)
            else:
                last.asked.append(turn.text)
        elif last and last.feedback is None:
            last.answered.append(turn.text)
        if last and number >= len(earlier):
            last.is_new = True
    return all_of_them


def assessment_of(feedback: str | None) -> str:
    """Return `Yes` or `No`, as the user said that it helped or not; else `Unknown`."""
    if feedback is None:
        return "Unknown"
    return "No" if FAILED.search(plain(feedback)) else "Yes"


def slot_of(heard: Heard, exchange: Exchange) -> str:
    """Return what the episode of an exchange is about: that exchange, by what was asked."""
    digest = hashlib.sha256(" ".join(exchange.asked).encode()).hexdigest()[:16]
    return f"{heard.actor_id} {heard.session_id} {digest}"


def finding(
    heard: Heard, exchange: Exchange, parts: Mapping[str, str], notes: Mapping[str, str]
) -> Finding:
    """Return the episode of an exchange: its `parts` in order, and `notes` for reflections."""
    lines = "\n".join(f"<{name}>{escape(said)}</{name}>" for name, said in parts.items())
    return Finding(
        f"<episode>\n{lines}\n</episode>",
        notes["intent"],
        slot_of(heard, exchange),
        merges=False,
        notes=dict(notes),
    )


def _is_feedback(text: str) -> bool:
    said = plain(text)
    said_so = HELPED.search(said) or FAILED.search(said)
    return said_so is not None and len(words(text)) <= MAX_FEEDBACK_WORDS and "?" not in text


def _quoted(texts: Sequence[str]) -> str:
    return shortened(" ".join(sentences(" ".join(texts))[:QUOTED_SENTENCES]))


def _told(heard: Heard, exchange: Exchange, before: str) -> Finding:
    intent, action = _quoted(exchange.asked), _quoted(exchange.answered)
    assessment = assessment_of(exchange.feedback)
    parts = {
        "situation": f'Before, the user said: "{before}"' if before else "A conversation begins.",
        "intent": f'The user said: "{intent}"',
        "action": f'The assistant said: "{action}"',
        "assessment": assessment,
        "justification": f'The user said: "{_quoted([exchange.feedback])}"'
        if exchange.feedback
        else UNSAID,
    }
    notes = {"intent": intent, "action": action, "assessment": assessment}
    return finding(heard, exchange, parts, notes)

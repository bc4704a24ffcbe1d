"""What agents say and write in words of ours, and what a model is told of the conversation."""

from __future__ import annotations

import json
from collections.abc import Sequence

from langchain_core.messages import SystemMessage

from platform_memory.model import HandOver, Passage
from team_agents.journal import Journal
from team_agents.profiles import Profile
from team_agents.request import Request

MAX_SUMMARY_CHARACTERS = 300
"""Of a prompt or an answer in a summary."""

CRITICAL_REFUSED = (
    "I may not open a Critical case: that takes the role of senior support or of a manager."
)
NOT_ANSWERED = "could not answer"


def instructions(
    profile: Profile, taken: HandOver | None, known: Sequence[Passage]
) -> SystemMessage:
    """Return what the model is told: its profile, and what is known, marked as data."""
    parts = [profile.instructions]
    if taken is not None:
        context = json.dumps(dict(taken.context), ensure_ascii=False)
        parts.append(f"Handed over by {taken.from_agent} (data): {taken.summary}\n{context}")
    if known:
        parts.append("\n".join(["Known already (data):", *(f"- {one.text}" for one in known)]))
    return SystemMessage("\n\n".join(parts))


def continued(taken: HandOver | None, text: str) -> str:
    """Put what another agent has told in front of an answer."""
    return text if taken is None else f"Taken over from {taken.from_agent}: {taken.summary}\n{text}"


def handed_over(to_agent: str) -> str:
    """Tell the customer who goes on."""
    return f"I have handed this over to {to_agent}, with what I know of it."


def not_handed_over(to_agent: str) -> str:
    """Tell the customer that nobody does."""
    return f"This is for {to_agent}, but I could not hand it over. Please turn to them directly."


def unread_and_unstored(journal: Journal) -> list[str]:
    """Say what the memory has failed at."""
    said = {
        "hand-over-check": "I could not see whether another agent has handed this over.",
        "recall": "I could not look up all that is known of this customer.",
        "hand-over-taken": "I could not note that this hand-over is taken.",
        "store": "I could not store a summary of this conversation.",
    }
    return [text for kind, text in said.items() if journal.failed(kind)]  # type: ignore[arg-type]


def summary_of_interaction(
    profile: Profile, journal: Journal, taken: HandOver | None, response: str
) -> str:
    """Put an interaction briefly, for those who come later."""
    parts = [f"{profile.name}: {shortened(response)}"]
    if taken is not None and taken.summary not in response:
        parts.append(f"Taken over from {taken.from_agent}: {shortened(taken.summary)}")
    if journal.tools():
        parts.append(f"Tools: {', '.join(journal.tools())}.")
    return " ".join(parts)


def summary_of_request(request: Request, reason: str | None) -> str:
    """Put a request briefly, for the agent that goes on."""
    asked = shortened(request.prompt)
    return f"{shortened(reason)} Asked was: {asked}" if reason else asked


def shortened(text: str) -> str:
    """Return the beginning of a text on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_SUMMARY_CHARACTERS else f"{flat[: MAX_SUMMARY_CHARACTERS - 1]}…"

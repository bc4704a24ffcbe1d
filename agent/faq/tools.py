"""The agent's three tools. Each gives the model text to read, and the hits themselves as artifact.

What an answer rests on is taken from the artifacts, never read out of a text. Entries that are too
far away to be worth showing are left out here, so no model gets to see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol

from langchain_core.tools import BaseTool, tool

from faq.entry import Hit
from faq.policy import CLOSEST_SCORE

RESULTS, DETAILED_RESULTS, MAX_RESULTS = 3, 5, 10

SEARCH, SEARCH_DETAILED, REFORMULATE = "search_faq", "search_detailed_faq", "reformulate_query"

NOTHING = "No FAQ entry is close to this."

type Found = tuple[str, tuple[Hit, ...]]


class Searches(Protocol):
    """What finds entries: `faq.knowledge.Knowledge`."""

    def search(self, query: str, k: int = RESULTS) -> tuple[Hit, ...]:
        """Return up to `k` different entries, the best first."""


def faq_tools(knowledge: Searches) -> list[BaseTool]:
    """Return the tools over some knowledge."""

    def find(query: str, count: int) -> Found:
        found = knowledge.search(query, min(max(count, 1), MAX_RESULTS))
        hits = tuple(hit for hit in found if hit.score >= CLOSEST_SCORE)
        return describe(hits), hits

    @tool(SEARCH, response_format="content_and_artifact")
    def search_faq(
        query: Annotated[str, "The search query to find relevant FAQs"],
    ) -> Found:
        """Search the FAQ knowledge base for relevant information."""
        return find(query, RESULTS)

    @tool(SEARCH_DETAILED, response_format="content_and_artifact")
    def search_detailed_faq(
        query: Annotated[str, "The search query"],
        num_results: Annotated[int, "Number of results to return"] = DETAILED_RESULTS,
    ) -> Found:
        """Search the FAQ knowledge base with more comprehensive results."""
        return find(query, num_results)

    @tool(REFORMULATE, response_format="content_and_artifact")
    def reformulate_query(
        original_query: Annotated[str, "The original user query"],
        focus_aspect: Annotated[str, "The specific aspect to focus on"],
    ) -> Found:
        """Reformulate the query with a specific focus and search the FAQ."""
        return find(f"{original_query} {focus_aspect}", DETAILED_RESULTS)

    return [search_faq, search_detailed_faq, reformulate_query]


def describe(hits: Sequence[Hit]) -> str:
    """Put hits as a model reads them."""
    if not hits:
        return NOTHING
    return "\n\n".join(
        f"[{number}] Question: {hit.entry.question}\nAnswer: {hit.entry.answer}"
        for number, hit in enumerate(hits, start=1)
    )

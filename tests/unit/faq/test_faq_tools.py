import pytest
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool

from faq.entry import Hit
from faq.tools import MAX_RESULTS, NOTHING, faq_tools
from tests.support.faq import ROAMING, ROAMING_PRICE, WordKnowledge


def tools_of(knowledge: WordKnowledge) -> dict[str, BaseTool]:
    return {one.name: one for one in faq_tools(knowledge)}


def call(knowledge: WordKnowledge, name: str, **arguments: object) -> ToolMessage:
    request = {"type": "tool_call", "id": "1", "name": name, "args": arguments}
    message = tools_of(knowledge)[name].invoke(request)
    assert isinstance(message, ToolMessage)
    return message


def test_a_search_gives_text_for_the_model_and_the_hits_themselves() -> None:
    message = call(WordKnowledge(), "search_faq", query="activate roaming")
    assert message.artifact[0] == Hit(ROAMING, 1.0)
    assert "Question: How do I activate roaming?\nAnswer: Dial *123#" in message.text


def test_what_is_too_far_away_is_not_shown() -> None:
    message = call(WordKnowledge(), "search_faq", query="activate roaming")
    assert [hit.score >= 0.3 for hit in message.artifact] == [True] * len(message.artifact)
    assert call(WordKnowledge(), "search_faq", query="pizza tonight").text == NOTHING


def test_a_query_is_reformulated_with_its_focus() -> None:
    knowledge = WordKnowledge()
    message = call(
        knowledge, "reformulate_query", original_query="roaming", focus_aspect="cost Europe"
    )
    assert knowledge.queries == ["roaming cost Europe"]
    assert message.artifact[0].entry == ROAMING_PRICE


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (2, 2), (10_000, MAX_RESULTS)])
def test_a_model_cannot_ask_for_too_much_or_nothing(asked: int, given: int) -> None:
    knowledge = WordKnowledge([ROAMING] * 50)
    message = call(knowledge, "search_detailed_faq", query="roaming", num_results=asked)
    assert len(message.artifact) == given

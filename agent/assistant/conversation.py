"""One question and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from langgraph.errors import GraphRecursionError

from assistant.errors import ModelUnavailable, TooManySteps
from assistant.graph import build_graph
from assistant.models import Model
from assistant.steps import ToolServer
from assistant.tools import to_langchain

# A service may answer with a whole page; the reason stands at its start.
MAX_SUMMARY_CHARACTERS = 300


async def answer(question: str, *, server: ToolServer, model: Model) -> str:
    """Let the model answer a question with the server's tools.

    Raises:
        ModelUnavailable: the model's service refuses or does not answer.
        TooManySteps: no answer within the graph's limit.
        AgentError: what the server raises.
    """
    tools = to_langchain(await server.list_tools(), server.call)
    with _named_failures(model):
        state = await build_graph(model.chat, tools).ainvoke({"messages": [("user", question)]})
    text: str = state["messages"][-1].text
    return text


@contextmanager
def _named_failures(model: Model) -> Iterator[None]:
    try:
        yield
    except GraphRecursionError as error:
        raise TooManySteps(f"{model.name} found no answer in the steps it has") from error
    except model.failures as error:
        summary = " ".join(str(error).split())[:MAX_SUMMARY_CHARACTERS]
        raise ModelUnavailable(f"{model.name}: {type(error).__name__}: {summary}") from error

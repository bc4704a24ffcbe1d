"""One question and its answer."""

from __future__ import annotations

from langgraph.errors import GraphRecursionError

from assistant.errors import TooManySteps
from assistant.graph import build_graph
from assistant.models import Model
from assistant.steps import ToolServer
from assistant.tools import to_langchain


async def answer(question: str, *, server: ToolServer, model: Model) -> str:
    """Let the model answer a question with the server's tools.

    Raises:
        ModelUnavailable: the model's service refuses or does not answer.
        TooManySteps: no answer within the graph's limit.
        AgentError: what the server raises.
    """
    tools = to_langchain(await server.list_tools(), server.call)
    try:
        state = await build_graph(model, tools).ainvoke({"messages": [("user", question)]})
    except GraphRecursionError as error:
        raise TooManySteps(f"{model.name} found no answer in the steps it has") from error
    text: str = state["messages"][-1].text
    return text

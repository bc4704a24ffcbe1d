"""The part of a chat model that all models without a network share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool


class DeterministicChat(BaseChatModel):
    """A model without a language model in it: what it says follows from what it is given."""

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools, in any form LangChain knows.

        Raises:
            ValueError: `tool_choice` asks for something else than the model's own choice.
        """
        if tool_choice not in {None, "auto"}:
            raise ValueError("this model chooses for itself: tool_choice must be None or 'auto'")
        return self.bind(tools=[convert_to_openai_tool(one) for one in tools], **kwargs)

    @abstractmethod
    def reply(
        self, messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]
    ) -> AIMessage:
        """Say the next message; `tools` are in OpenAI's form."""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages, tools))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> ChatResult:
        """Think in the event loop: the base class's way, by a thread, takes longer than that."""
        return self._generate(messages, stop, **kwargs)

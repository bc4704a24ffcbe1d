"""Calling a tool by name: the search of the gateway itself, or one that policies allow."""

from typing import Any, Literal

from localcloud.agentcore.gateway.calls import ToolCall, ToolCaller
from localcloud.agentcore.gateway.dynamic import DynamicTargets
from localcloud.agentcore.gateway.errors import (
    ConsentNeeded,
    PolicyEvaluationFailed,
    ToolDenied,
    UnknownTool,
)
from localcloud.agentcore.gateway.orders import Order
from localcloud.agentcore.gateway.results import failure
from localcloud.agentcore.gateway.search.service import ToolSearch
from localcloud.agentcore.gateway.search.tool import NAME as SEARCH_TOOL
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import ConsentRequired


class ToolCalls:
    """Calls the tools of a gateway for whoever may call them."""

    def __init__(
        self,
        caller: ToolCaller,
        dynamic: DynamicTargets,
        search: ToolSearch,
        *,
        denied_as: Literal["error", "result"] = "error",
    ) -> None:
        """Take what calls and finds tools, and the form of denials."""
        self._caller = caller
        self._dynamic = dynamic
        self._search = search
        self._denied_as = denied_as

    async def call(self, order: Order, name: str, arguments: JsonObject) -> dict[str, Any]:
        """Return the result of a call.

        Raises:
            RpcError: there is no such tool, it is denied, or the user has to consent first.
        """
        if name == SEARCH_TOOL and order.served.catalog.searchable:
            return await self._found(order, arguments)
        return await self._called(order, name, arguments)

    async def _called(self, order: Order, name: str, arguments: JsonObject) -> dict[str, Any]:
        catalog = order.served.catalog
        entry = catalog.find(name) or self._dynamic.find(catalog, name)
        if entry is None:
            raise UnknownTool(f"Unknown tool: {name}")
        call = ToolCall(order.errand(entry.target), entry, arguments, order.rpc.id)
        try:
            return await self._refusal(order, call) or await self._caller.call(call)
        except ConsentRequired as needed:
            raise ConsentNeeded.at(needed.url, needed.session_uri) from needed

    async def _found(self, order: Order, arguments: JsonObject) -> dict[str, Any]:
        try:
            visible = await order.visible()
        except PolicyEvaluationFailed as error:
            return failure(str(error))
        return await self._search.call(order.served.catalog, arguments, visible=visible)

    async def _refusal(self, order: Order, call: ToolCall) -> dict[str, Any] | None:
        """Return the result of a call that policies refuse, where it is not an error: else None.

        Raises:
            ToolDenied: they do, and that is how it is to be said.
        """
        if order.served.guard is None:
            return None
        try:
            await order.served.guard.expect_allowed(order.admitted, call.entry.name, call.arguments)
        except PolicyEvaluationFailed as error:
            return failure(str(error))
        except ToolDenied as error:
            if self._denied_as == "error":
                raise
            return failure(f"AuthorizeActionException - {error}")
        return None

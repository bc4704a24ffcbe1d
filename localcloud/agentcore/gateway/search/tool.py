"""The search tool: how it is listed, and the form of its results.

Source: AgentCore Developer Guide, searching for tools; name, description, schema and reply as in
AWS's sample for semantic search.
"""

from collections.abc import Sequence
from typing import Any, Final

from pydantic_core import to_json

from localcloud.agentcore.model import Gateway, JsonObject

NAME: Final = "x_amz_bedrock_agentcore_search"
SHOWN: Final[JsonObject] = {
    "name": NAME,
    "description": (
        "A special tool that returns a trimmed down list of tools given a context. Use this tool "
        "only when there are many tools available and you want to get a subset that matches the "
        "provided context."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "search query to use for finding tools"}
        },
        "required": ["query"],
    },
}


def is_searchable(gateway: Gateway) -> bool:
    """Tell whether a gateway has the search tool (`searchType: SEMANTIC`)."""
    mcp = (gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
    return mcp.get("searchType") == "SEMANTIC"


def result(tools: Sequence[JsonObject]) -> dict[str, Any]:
    """Return the result for what was found: the same as text and as structured content."""
    found = {"tools": list(tools)}
    text = {"type": "text", "text": to_json(found).decode()}
    return {"content": [text], "structuredContent": found, "isError": False}

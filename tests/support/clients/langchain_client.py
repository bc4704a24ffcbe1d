"""LangChain's adapter: the gateway's tools as tools of an agent."""

import asyncio

from langchain_mcp_adapters.client import MultiServerMCPClient

from tests.support.clients.errand import CALLS, destination, report


async def main() -> None:
    """Run the errand."""
    url, token = destination()
    connection = {
        "transport": "streamable_http",
        "url": url,
        "headers": {"authorization": f"Bearer {token}"},
    }
    client = MultiServerMCPClient({"petstore": connection})
    tools = {tool.name: tool for tool in await client.get_tools()}
    answers = {}
    for name, arguments in CALLS.items():
        (content,) = await tools[name].ainvoke(dict(arguments))
        answers[name] = content["text"]
    report(list(tools), answers)


if __name__ == "__main__":
    asyncio.run(main())

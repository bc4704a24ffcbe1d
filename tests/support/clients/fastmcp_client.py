"""FastMCP's client."""

import asyncio

from fastmcp import Client

from tests.support.clients.errand import CALLS, destination, report


async def main() -> None:
    """Run the errand."""
    url, token = destination()
    async with Client(url, auth=token) as client:
        tools = [tool.name for tool in await client.list_tools()]
        answers = {}
        for name, arguments in CALLS.items():
            (content,) = (await client.call_tool(name, dict(arguments))).content
            answers[name] = content.text
        report(tools, answers, client.protocol_version)


if __name__ == "__main__":
    asyncio.run(main())

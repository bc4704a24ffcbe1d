"""The program that AgentCore Runtime starts: an MCP server of the FAQ, on port 8000 at /mcp.

Runtime wants a server of streamable HTTP that keeps nothing between requests (AgentCore Developer
Guide, MCP protocol contract).
"""

from __future__ import annotations

import gc
import logging
import os

# As in `main.py`: imports leave no garbage worth looking for.
gc.disable()

import uvicorn  # noqa: E402 - see above

from faq import wiring  # noqa: E402 - see above
from knowledge_tools.server import make_server  # noqa: E402 - see above
from minilm import threads  # noqa: E402 - see above

DEFAULT_PORT = 8000
LOG_FORMAT = '{"level":"%(levelname)s","logger":"%(name)s","message":"%(message)s"}'


def main() -> None:
    """Serve; what the FAQ says is read with the first search."""
    threads.use_one(os.environ)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it logs each request twice
    # Every address, as the contract has it: what is in front decides who may come.
    host = os.environ.get("HOST") or "0.0.0.0"  # noqa: S104 - see above
    port = int(os.environ.get("PORT") or DEFAULT_PORT)
    app = make_server(wiring.knowledge).streamable_http_app(
        stateless_http=True, json_response=True, host=host
    )
    gc.freeze()
    gc.enable()
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()

"""What AgentCore Runtime starts: the support agent in Strands, on port 8080 or $PORT."""

from __future__ import annotations

import logging


def main() -> None:
    """Serve."""
    # On a failed call these log what a tool answered, which may be about a customer.
    logging.getLogger("strands").setLevel(logging.CRITICAL)
    from strands_support.agent import create_app  # noqa: PLC0415 - a server knows before it loads
    from support_desk.app import run  # noqa: PLC0415

    run(create_app())


if __name__ == "__main__":
    main()

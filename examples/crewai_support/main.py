"""What AgentCore Runtime starts: the support agent in CrewAI, on port 8080 or $PORT."""

from __future__ import annotations

import os

from crewai_support.quiet import be_quiet


def main() -> None:
    """Serve."""
    be_quiet(os.environ)
    from crewai_support.agent import create_app  # noqa: PLC0415 - CrewAI reads them when imported
    from support_desk.app import run  # noqa: PLC0415

    run(create_app())


if __name__ == "__main__":
    main()

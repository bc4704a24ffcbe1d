"""The program that AgentCore Runtime starts: the FAQ agent on port 8080, or $PORT."""

from __future__ import annotations

import gc
import os

# A tenth of the time it takes to import LangGraph goes into looking for garbage there is not.
gc.disable()

from faq import warming  # noqa: E402 - see above
from minilm import threads  # noqa: E402


def main() -> None:
    """Serve at once, and get ready for the first question meanwhile."""
    threads.use_one(os.environ)
    warming.read_knowledge()
    # Here, so that the two go on at the same time.
    from faq.entrypoint import create_app  # noqa: PLC0415
    from serving.entrypoint import listen  # noqa: PLC0415

    app = create_app()
    warming.make_agent()
    listen(app, os.environ)


if __name__ == "__main__":
    main()

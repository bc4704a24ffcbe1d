"""Say which team requests are for: `python -m request_routing "The sales page is down" ...`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from request_routing.classifier import DEFAULT_AGENT, Choice, offline_classifier


def main(prompts: Sequence[str]) -> int:
    """Print a line for each request; return the exit code, 2 without any."""
    if not prompts:
        print(__doc__, file=sys.stderr)
        return 2
    classifier = offline_classifier()
    for prompt in prompts:
        print(described(classifier.classify(prompt)))
    return 0


def described(choice: Choice) -> str:
    """Put a choice on one line; an unsure one goes to the default agent."""
    agent = choice.agent if choice.is_sure else f"{DEFAULT_AGENT}, unsure"
    return f"{agent} ({choice.confidence:.2f}): {choice.reason}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

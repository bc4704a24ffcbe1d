"""Whether a query asks for something to be read, and whether a tool reads.

"Who has not paid?" is no request to record a payment, whatever words and sense have in common.
"""

import re
from typing import Final

_ASKS: Final = re.compile(
    r"(find|get|list|look|read|see|show|who|whose|which|what|when|where|is|are|was|were|does|do|did"
    r"|has|have|how(?! (do|can|could|should|would|to)\b))\b"
)
_READING: Final = """
    check compare count describe estimate export fetch find forecast get list locate lookup preview
    query read review search show summarize trace track view
"""
_READS: Final = frozenset(_READING.split())


def asks(query: str) -> bool:
    """Tell whether a query is a question, or an order to look something up."""
    return _ASKS.match(query.strip().lower()) is not None


def reads(spaced_name: str) -> bool:
    """Tell whether a tool reads, by the verb its name begins with."""
    return spaced_name.partition(" ")[0] in _READS

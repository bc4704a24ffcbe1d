"""The opaque `nextToken`: a position, bound to the filters of its listing.

It holds nothing secret and grants nothing: whoever forges one can only start elsewhere in a listing
that is open to them anyway. So it is checked rather than signed, and there is no key to keep.
"""

import base64
import binascii
import hashlib
import json
import re

from petstore.errors import BadNextToken
from petstore.pets import MAX_PRICE_CENTS, PET_ID_PATTERN, Filters, Position


def encode(position: Position, filters: Filters) -> str:
    """Return the token that goes on after `position`."""
    content = [position.price_cents, position.pet_id, _digest(filters)]
    text = json.dumps(content, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(token: str, filters: Filters) -> Position:
    """Return the position a token stands for.

    Raises:
        BadNextToken: it was not made by `encode`, or for other filters.
    """
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        content = json.loads(text)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadNextToken("nextToken is not one of ours.") from error
    match content:
        case [int(price_cents), str(pet_id), str(digest)] if digest == _digest(filters):
            position = Position(price_cents, pet_id)
        case _:
            raise BadNextToken("nextToken is not one of this listing's.")
    if not _reachable(position, filters):
        raise BadNextToken("nextToken is not one of this listing's.")
    return position


def _digest(filters: Filters) -> str:
    terms = [filters.type, filters.min_price_cents, filters.max_price_cents]
    return hashlib.sha256(json.dumps(terms).encode()).hexdigest()[:8]


def _reachable(position: Position, filters: Filters) -> bool:
    """Tell whether the listing could have got there: DynamoDB refuses to start outside of it."""
    low = 0 if filters.min_price_cents is None else filters.min_price_cents
    high = MAX_PRICE_CENTS if filters.max_price_cents is None else filters.max_price_cents
    price_cents = position.price_cents
    return (
        not isinstance(price_cents, bool)  # to Python, true is an integer
        and low <= price_cents <= high
        and re.fullmatch(PET_ID_PATTERN, position.pet_id) is not None
    )

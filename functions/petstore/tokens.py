"""The opaque `nextToken`: a position, bound to the filters of its listing.

It holds nothing secret and grants nothing: whoever forges one can only start elsewhere in a listing
that is open to them anyway. So it is checked rather than signed, and there is no key to keep.
"""

import base64
import binascii
import hashlib
import json

from petstore.errors import BadNextToken
from petstore.pets import Filters, Position


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
        case [int(price_cents), str(pet_id), str(digest)]:
            position = Position(price_cents, pet_id)
        case _:
            raise BadNextToken("nextToken is not one of ours.")
    if digest != _digest(filters) or not _within(position, filters):
        raise BadNextToken("nextToken belongs to a listing with other filters.")
    return position


def _digest(filters: Filters) -> str:
    terms = [filters.type, filters.min_price_cents, filters.max_price_cents]
    return hashlib.sha256(json.dumps(terms).encode()).hexdigest()[:8]


def _within(position: Position, filters: Filters) -> bool:
    """Tell whether the listing could have got there: DynamoDB refuses to start outside of it."""
    low = 0 if filters.min_price_cents is None else filters.min_price_cents
    high = position.price_cents if filters.max_price_cents is None else filters.max_price_cents
    return low <= position.price_cents <= high and position.pet_id.startswith("pet-")

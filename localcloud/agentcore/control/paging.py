"""Lists in pages, with tokens that mean nothing to clients."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Final

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.model import JsonObject

DEFAULT_PAGE_SIZE: Final = 100
"""Items a page when `maxResults` is not given. Our choice: AWS's is not documented."""


def page[T](
    items: Sequence[T], members: JsonObject, *, scope: str, key: Callable[[T], str]
) -> tuple[list[T], str | None]:
    """Return one page of `items`, and the token of the next if there is one.

    A token holds the `key` of the last item of its page, so that pages neither repeat nor skip
    what is there throughout, whatever is made or deleted in between. `scope` is what is listed.

    Raises:
        ValidationFailed: the token is not one of this list's.
    """
    ordered = sorted(items, key=key)
    token = members.get("nextToken")
    if token is not None:
        after = after_token(scope, token)
        ordered = [item for item in ordered if key(item) > after]
    size = members.get("maxResults") or DEFAULT_PAGE_SIZE
    some = ordered[:size]
    return some, token_after(scope, key(some[-1])) if len(ordered) > size else None


def token_after(scope: str, after: str) -> str:
    """Return the token of what follows the item with the key `after` in a list."""
    return base64.urlsafe_b64encode(f"{scope}\n{after}".encode()).decode()


def after_token(scope: str, token: str) -> str:
    """Return the key after which the page of `token` begins.

    Raises:
        ValidationFailed: the token is not one of this list's.
    """
    try:
        of, _, after = base64.urlsafe_b64decode(token.encode()).decode().partition("\n")
    except (binascii.Error, ValueError) as error:
        raise ValidationFailed.of_field("nextToken", "Invalid nextToken") from error
    if of != scope:
        raise ValidationFailed.of_field("nextToken", "Invalid nextToken")
    return after

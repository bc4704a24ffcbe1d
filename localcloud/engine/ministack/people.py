"""What people may change of themselves in a user pool, where MiniStack lets them change all."""

import base64
import json
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito

type Json = dict[str, Any]

REFUSAL = "A client attempted to write unauthorized attribute"
"""As Cognito says it."""


def install() -> None:
    """Have UpdateUserAttributes keep to the attributes that the token's client may write."""
    update = cognito._update_user_attributes

    def update_writable(data: Json) -> Any:  # noqa: ANN401 - MiniStack's reply
        writable = _writable(str(data.get("AccessToken", "")))
        named = {one.get("Name") for one in data.get("UserAttributes", [])}
        if writable and named - writable:
            return error_response_json("NotAuthorizedException", REFUSAL, 400)
        return update(data)

    cognito._update_user_attributes = update_writable


def _writable(token: str) -> set[str]:
    """Return what a token's client may write; empty where it does not say, or there is none."""
    _user, pool = cognito._user_pool_for_access_token(token)
    if pool is None:
        return set()
    # MiniStack has read the token already: it is one, as far as that goes.
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return set(pool["_clients"].get(claims.get("client_id"), {}).get("WriteAttributes") or [])

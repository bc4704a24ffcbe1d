"""Client tokens: a request that is sent twice is done once.

Sources: botocore `CreateGatewayRequest.clientToken` ("the service ignores the request, but doesn't
return an error"), `ValidationExceptionReason.IdempotentParameterMismatchException`. That a token
lasts as long as what it made is ours (claim `agentcore-control.client-token.mismatch`).
"""

import hashlib
import json

from localcloud.agentcore.client_tokens import ClientTokens, SpentToken
from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.model import JsonObject


def earlier_resource(spent: ClientTokens, scope: str, members: JsonObject) -> str | None:
    """Return the id of what this very request has made before, or None.

    Raises:
        ValidationFailed: the token was used with other parameters.
    """
    token = members.get("clientToken")
    earlier = None if token is None else spent.find(scope, token)
    if earlier is None:
        return None
    check_same(earlier.fingerprint, members)
    return earlier.resource_id


def remember(spent: ClientTokens, scope: str, members: JsonObject, resource_id: str) -> None:
    """Keep what this request has made."""
    token = members.get("clientToken")
    if token is not None:
        spent.put(scope, token, SpentToken(fingerprint(members), resource_id))


def fingerprint(members: JsonObject) -> str:
    """Return what tells a request from others: a digest of all but its client token."""
    rest = {name: value for name, value in members.items() if name != "clientToken"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def check_same(spent_on: str, members: JsonObject) -> None:
    """Refuse a request whose client token was used for one with another fingerprint.

    Raises:
        ValidationFailed: the token was used with other parameters.
    """
    if spent_on != fingerprint(members):
        raise ValidationFailed(
            "The client token was used before with different parameters",
            reason="IdempotentParameterMismatchException",
        )

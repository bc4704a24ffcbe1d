"""Who a user is, said in the access token: tenant and role, which policies go by.

Cognito calls this before it makes tokens (pre token generation, version 2). Attributes of users are
in their ID tokens, and gateways are shown access tokens: these get the two as claims.

Source: Cognito Developer Guide, "Pre token generation Lambda trigger", version 2 events.
"""

from typing import Any

CLAIMS = ("tenant", "role")
"""Each is the user's attribute `custom:<claim>`. Users without it get tokens without the claim."""

type Json = dict[str, Any]


class WrongVersion(Exception):
    """The pool sends events of the first version, whose answers change no access token."""

    code = "WrongVersion"


def lambda_handler(event: Json, _: object) -> Json:
    """Answer Cognito: the event, with claims for the access token in its response.

    Raises:
        WrongVersion: better no token than one without the claims, which a policy may forbid by.
    """
    if event["version"] == "1":
        raise WrongVersion("Version 1 of the event leaves access tokens as they are: ask for V2_0.")
    attributes = event["request"]["userAttributes"]
    claims = {
        claim: attributes[f"custom:{claim}"] for claim in CLAIMS if f"custom:{claim}" in attributes
    }
    override = {"accessTokenGeneration": {"claimsToAddOrOverride": claims}}
    return event | {"response": {"claimsAndScopeOverrideDetails": override}}

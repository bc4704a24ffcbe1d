"""The operations that give out tokens and keys.

Sources: botocore operations of these names; `WorkloadIdentity is linked to a service and cannot
retrieve an access token by the caller`, as seen in public reports. What goes wrong between the
service and an authorization server is a ValidationException: claim `identity.oauth2.refused`.
"""

from typing import Final

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.identity.consent import Consents
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.model import Kind, Workload
from localcloud.agentcore.identity.providers import find_provider
from localcloud.agentcore.identity.resource_tokens import FEDERATION, Wanted
from localcloud.agentcore.identity.workload_tokens import User
from localcloud.agentcore.identity.workloads import find_workload
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

LINKED: Final = (
    "WorkloadIdentity is linked to a service and cannot retrieve an access token by the caller"
)
OURS: Final = frozenset(
    {
        "actor_token",
        "assertion",
        "client_id",
        "client_secret",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "grant_type",
        "redirect_uri",
        "refresh_token",
        "response_type",
        "scope",
        "state",
        "subject_token",
    }
)
"""Parameters of OAuth 2.0 that customParameters may not set."""


def get_workload_access_token(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Give a token for a workload that acts for nobody."""
    return _issued(context, _own(context, members), None)


async def get_workload_access_token_for_jwt(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Give a token for a workload that acts for a user whose identity provider vouches for them."""
    _own(context, members)
    user = await context.users.verified(members["userToken"])
    return _issued(context, _own(context, members), user)


def get_workload_access_token_for_user_id(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Give a token for a workload that acts for a user for whom it vouches itself."""
    user = context.users.named(members["userId"])
    return _issued(context, _own(context, members), user)


async def get_resource_api_key(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Give the key that a provider keeps."""
    context.workload_tokens.read(members["workloadIdentityToken"])
    name = members["resourceCredentialProviderName"]
    provider = find_provider(context, Kind.API_KEY, name)
    return {"apiKey": await context.secrets.read(provider)}


async def get_resource_oauth2_token(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Give an access token, or say where the user is to be asked for it."""
    wanted = _wanted(context, members)
    if wanted.flow == FEDERATION:
        return await _federated(context, wanted, members)
    fresh = members.get("forceAuthentication", False)
    return {"accessToken": await context.resource_tokens.obtained(wanted, fresh=fresh)}


async def complete_resource_token_auth(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Bind what a person has consented to, to the user who asked."""
    identifier = members["userIdentifier"]
    if "userToken" in identifier:
        user = await context.users.verified(identifier["userToken"])
    else:
        user = context.users.named(identifier["userId"])
    context.consents.complete(members["sessionUri"], user.key)
    return {}


async def _federated(context: Context, wanted: Wanted, members: JsonObject) -> JsonObject:
    if wanted.grant.user is None:
        raise ValidationFailed("USER_FEDERATION needs a workload access token made for a user")
    consents: Consents = context.consents
    session_uri = members.get("sessionUri")
    told = None if session_uri is None else consents.told(session_uri, wanted)
    if told is not None:
        return told
    if not members.get("forceAuthentication", False):
        token = await context.resource_tokens.kept(wanted)
        if token is not None:
            return {"accessToken": token}
    if session_uri is not None:
        return {"sessionUri": session_uri, "sessionStatus": "FAILED"}
    return_url = _return_url(context, wanted, members)
    return consents.begin(wanted, return_url, members.get("customState"))


def _wanted(context: Context, members: JsonObject) -> Wanted:
    grant = context.workload_tokens.read(members["workloadIdentityToken"])
    provider = find_provider(context, Kind.OAUTH2, members["resourceCredentialProviderName"])
    parameters = members.get("customParameters") or {}
    for name in parameters:
        if name.lower() in OURS:
            raise ValidationFailed.of_field("customParameters", f"{name} may not be set")
    return Wanted(
        provider,
        grant,
        members["oauth2Flow"],
        tuple(members["scopes"]),
        tuple(members.get("resources") or ()),
        tuple(members.get("audiences") or ()),
        tuple(sorted(parameters.items())),
    )


def _return_url(context: Context, wanted: Wanted, members: JsonObject) -> str:
    url: str | None = members.get("resourceOauth2ReturnUrl")
    workload = context.directory.find(wanted.grant.workload)
    allowed = workload.return_urls if workload else ()
    if url is None or url not in allowed:
        message = "One of the workload identity's allowedResourceOauth2ReturnUrls is required"
        raise ValidationFailed.of_field("resourceOauth2ReturnUrl", message)
    return url


def _own(context: Context, members: JsonObject) -> Workload:
    workload = find_workload(context, members["workloadName"])
    if workload.linked:
        raise ValidationFailed(LINKED)
    return workload


def _issued(context: Context, workload: Workload, user: User | None) -> JsonObject:
    return {"workloadAccessToken": context.workload_tokens.issue(workload, user)}

"""Who signed a request, what that caller may do, and which roles a service may take."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs

import ministack.app as ministack_app
from ministack.core import iam_evaluator
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id
from ministack.services import iam as iam_service
from ministack.services import sts

from localcloud.cloud import AccessDenied, AuthenticationFailed, Caller, Request, RoleNotAssumable
from localcloud.engine.ministack.grants import ServiceCall, is_granted
from localcloud.settings import LOOPBACK, Settings

AUTHENTICATION_SERVICE = "bedrock-agentcore"


def authenticate(request: Request, settings: Settings) -> Caller:
    """Verify a signature.

    Raises:
        AuthenticationFailed: with AWS's own code and message.
    """
    query = parse_qs(request.query, keep_blank_values=True)
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in request.headers]
    access_key_id = extract_access_key_id(dict(request.headers), query) or ""
    if not access_key_id:
        raise AuthenticationFailed("MissingAuthenticationToken", "Missing Authentication Token")
    set_request_account_id(ministack_app._request_account_scope(access_key_id))
    set_request_region(settings.region)
    iam_evaluator.pin_signed_request(request.method, request.path, query, headers)
    iam_evaluator.pin_signed_body(request.body)
    failure = iam_evaluator.check_credentials(access_key_id, AUTHENTICATION_SERVICE)
    if failure is not None:
        raise AuthenticationFailed(failure.code, failure.message)
    principal = iam_evaluator.resolve_principal(access_key_id, settings.account_id)
    if isinstance(principal, iam_evaluator.AuthError):
        raise AuthenticationFailed(principal.code, principal.message)
    return Caller(account_id=principal.account, arn=principal.arn, access_key_id=access_key_id)


def authorize(
    caller: Caller, action: str, resource: str, context: Mapping[str, str], settings: Settings
) -> None:
    """Evaluate the caller's policies.

    Raises:
        AccessDenied: with the sentence AWS uses.
    """
    set_request_account_id(caller.account_id)
    set_request_region(settings.region)
    # Over TLS, as everything here: a policy may deny what is not (`aws:SecureTransport`).
    iam_evaluator.pin_request_origin(LOOPBACK, secure_transport=True)
    denied = iam_evaluator.enforce(
        caller.access_key_id,
        action,
        action.partition(":")[0],
        settings.region,
        resource_arn=resource,
        service_context=dict(context),
    )
    if denied is not None:
        reason = (
            "with an explicit deny in an identity-based policy"
            if getattr(denied, "decision", "") == "Deny"
            else f"because no identity-based policy allows the {action} action"
        )
        raise AccessDenied(
            f"User: {caller.arn} is not authorized to perform: {action} "
            f"on resource: {resource} {reason}"
        )


def check_trust(role_arn: str, service: str, source_arn: str, settings: Settings) -> None:
    """Evaluate a role's trust policy for an AWS service.

    Raises:
        RoleNotAssumable: no such role, or the policy or its conditions refuse.
    """
    set_request_account_id(settings.account_id)
    role = iam_service._roles.get(role_arn.rpartition("/")[2])
    if role is None or role.get("Arn") != role_arn:
        raise RoleNotAssumable(f"The role {role_arn} does not exist")
    document = role.get("AssumeRolePolicyDocument") or {}
    policy = json.loads(document) if isinstance(document, str) else document
    call = ServiceCall(
        service=service,
        action="sts:AssumeRole",
        resource=role_arn,
        source_arn=source_arn,
        account_id=settings.account_id,
        region=settings.region,
    )
    if not is_granted(policy, call):
        raise RoleNotAssumable(f"The trust policy of {role_arn} does not let {service} assume it")


def register_role_session(
    role_arn: str, session_name: str, settings: Settings, keys: tuple[str, str, str]
) -> None:
    """Make temporary credentials (`access key id, secret, session token`) known to STS."""
    role_name = role_arn.rpartition("/")[2]
    session = f"assumed-role/{role_name}/{session_name}"
    sts.register_session(
        keys[0],
        {
            "Arn": f"arn:aws:sts::{settings.account_id}:{session}",
            "UserId": f"{role_name}:{session_name}",
            "SecretAccessKey": keys[1],
            "SessionToken": keys[2],
        },
    )

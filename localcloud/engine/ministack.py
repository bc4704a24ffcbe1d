"""The adapter: everything this project knows of MiniStack's inside.

Import it only after `environment.prepare`: MiniStack reads its environment when imported.
Written against ministack 1.5; `tests/contract/engine` notices when an internal moves.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import ministack.app as ministack_app
from ministack.core import iam_evaluator, lambda_runtime, persistence
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id
from ministack.services import apigateway_v1, cloudformation, lambda_svc, stepfunctions, sts
from ministack.services import iam as iam_service
from ministack.services.cloudformation import provisioners

from localcloud.cloud import AccessDenied, AuthenticationFailed, Caller, Request, RoleNotAssumable
from localcloud.engine.openapi_body import Body, Method, exported_references, read_body
from localcloud.settings import Settings

AUTHENTICATION_SERVICE = "bedrock-agentcore"
SETTLED_STACK_STATES = ("REVIEW_IN_PROGRESS",)

app = ministack_app.app


def install(settings: Settings) -> None:
    """Close the gaps between MiniStack and AWS that the project has met."""
    # Answer for the host names AWS gives to REST APIs, not only for <id>.execute-api.<our host>.
    ministack_app._EXECUTE_API_RE = re.compile(
        r"^([a-z0-9]{8,10})\.execute-api\."
        + re.escape(settings.region)
        + r"\.amazonaws\.com(?::\d+)?$"
    )
    _replace_handler("AWS::ApiGateway::RestApi", "update", _overwrite_rest_api)
    apigateway_v1._import_rest_api = _import_rest_api
    apigateway_v1._export_model_schemas = _export_model_schemas
    apigateway_v1._export_method_responses = _export_method_responses
    lambda_svc._prune_orphan_code_blobs = _note_referenced_code


# --- Who calls, and may they ---------------------------------------------------------------


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
    context = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=settings.account_id,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=settings.region,
        service_context={
            "aws:sourcearn": source_arn,
            "aws:sourceaccount": settings.account_id,
        },
    )
    effects = {s["Effect"] for s in _trust_statements(role) if _trusts(s, service, context)}
    if effects != {"Allow"}:
        raise RoleNotAssumable(f"The trust policy of {role_arn} does not let {service} assume it")


def _trust_statements(role: Mapping[str, Any]) -> list[dict[str, Any]]:
    document = role.get("AssumeRolePolicyDocument") or {}
    if isinstance(document, str):
        document = json.loads(document)
    statements = document.get("Statement", [])
    return [statements] if isinstance(statements, dict) else list(statements)


def _trusts(statement: Mapping[str, Any], service: str, context: iam_evaluator.EvalContext) -> bool:
    actions = statement.get("Action", [])
    actions = [actions] if isinstance(actions, str) else list(actions)
    return bool(
        iam_evaluator._action_matches(context.action, actions, [])
        and iam_evaluator._service_principal_matches(statement.get("Principal"), service)
        and iam_evaluator._conditions_met(statement.get("Condition") or {}, context)
    )


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


# --- State ---------------------------------------------------------------------------------


def busy() -> bool:
    """Tell whether a stack operation or a state machine is under way."""
    stacks = cloudformation._stacks._data.values()
    executions = stepfunctions._executions.all_values()
    return any(_under_way(stack) for stack in stacks) or any(
        execution.get("status") == "RUNNING" for execution in executions
    )


def _under_way(stack: Mapping[str, Any]) -> bool:
    status = str(stack.get("StackStatus", ""))
    return status.endswith("_IN_PROGRESS") and status not in SETTLED_STACK_STATES


def snapshot() -> dict[str, str]:
    """Return each service's state as JSON.

    Raises:
        RuntimeError: a worker thread changed a service's state meanwhile; try again.
    """
    states: dict[str, Callable[[], Any]] = ministack_app._build_persistence_save_dict()
    found = {name: get_state() for name, get_state in states.items()}
    return {
        name: json.dumps(state, default=persistence._json_default)
        for name, state in found.items()
        if state is not None
    }


_referenced_code: set[str] = set()
_prune_code = lambda_svc._prune_orphan_code_blobs


def _note_referenced_code(referenced: set[str]) -> None:
    _referenced_code.clear()
    _referenced_code.update(referenced)


def forget_replaced_code() -> None:
    """Remove function code the last snapshot no longer names; call it once that is saved."""
    _prune_code(set(_referenced_code))


def restore(states: Mapping[str, str]) -> None:
    """Load what `snapshot` returned."""
    for name, text in states.items():
        module = ministack_app._get_module(ministack_app._state_map[name])
        module.load_persisted_state(json.loads(text, object_hook=persistence._json_object_hook))


def stop_workers() -> None:
    """End every Lambda worker process."""
    lambda_runtime.reset()


# --- REST APIs from OpenAPI bodies ---------------------------------------------------------

_original_import = apigateway_v1._import_rest_api


def _import_rest_api(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> str:
    api_id: str = _original_import(spec, base_data)
    _apply(read_body(spec, api_id=api_id), api_id)
    return api_id


def _apply(body: Body, api_id: str) -> None:
    for name, schema in body.models.items():
        apigateway_v1._create_model(api_id, {"name": name, "schema": json.dumps(schema)})
    validators = {
        name: _created(
            apigateway_v1._create_request_validator(
                api_id,
                {
                    "name": name,
                    "validateRequestBody": validator.body,
                    "validateRequestParameters": validator.parameters,
                },
            )
        )["id"]
        for name, validator in body.validators.items()
    }
    for method in body.methods:
        _apply_method(method, api_id, validators)
    for kind, response in body.gateway_responses.items():
        apigateway_v1._put_gateway_response(api_id, kind, _gateway_response(response))


def _apply_method(method: Method, api_id: str, validators: Mapping[str, str]) -> None:
    resource = _resource(api_id, method.path)
    definition = resource["resourceMethods"][method.http_method]
    definition.update(
        operationName=method.operation_name,
        requestParameters=dict(method.parameters),
        requestModels=dict(method.request_models),
        requestValidatorId=validators.get(method.validator or ""),
    )
    for status, response in method.responses.items():
        apigateway_v1._put_method_response(
            api_id,
            resource["id"],
            method.http_method,
            status,
            {
                "responseModels": dict(response.models),
                "responseParameters": {
                    f"method.response.header.{name}": False for name in response.headers
                },
            },
        )


def _resource(api_id: str, path: str) -> dict[str, Any]:
    resources: Iterator[dict[str, Any]] = apigateway_v1._resources[api_id].values()
    return next(resource for resource in resources if resource["path"] == path)


def _created(answer: tuple[int, Any, bytes]) -> dict[str, Any]:
    created: dict[str, Any] = json.loads(answer[2])
    return created


def _gateway_response(response: Mapping[str, Any]) -> dict[str, Any]:
    parameters = response.get("responseParameters") or {}
    return {
        "statusCode": str(response["statusCode"]) if "statusCode" in response else None,
        "responseTemplates": response.get("responseTemplates") or {},
        "responseParameters": dict(parameters),
    }


def _export_model_schemas(api_id: str) -> dict[str, Any]:
    models = apigateway_v1._models.get(api_id, {})
    return {
        name: exported_references(json.loads(model["schema"] or "{}"))
        for name, model in models.items()
    }


_original_responses = apigateway_v1._export_method_responses


def _export_method_responses(method: dict[str, Any], export_type: str) -> dict[str, Any]:
    # MiniStack makes up a 200 where there is none; AgentCore's refusal depends on there being none.
    return _original_responses(method, export_type) if method.get("methodResponses") else {}


def _overwrite_rest_api(
    physical_id: str,
    old: dict[str, Any],
    new: dict[str, Any],
    stack_name: str,
    logical_id: str | None = None,
) -> tuple[str, dict[str, Any]]:
    """Put a changed body on the same API (PutRestApi, mode overwrite), as CloudFormation does."""
    if new.get("Body") != old.get("Body"):
        _take_over(_import_rest_api(new["Body"], {"name": new.get("Name", "")}), physical_id)
    answer: tuple[str, dict[str, Any]] = _original_update(
        physical_id, {**old, "Body": new.get("Body")}, new, stack_name, logical_id
    )
    return answer


_original_update = provisioners._apigw_rest_api_update


def _take_over(from_id: str, api_id: str) -> None:
    """Move what was just imported under another id to `api_id`, and drop the husk."""
    for store in (
        apigateway_v1._resources,
        apigateway_v1._models,
        apigateway_v1._authorizers_v1,
        apigateway_v1._request_validators,
        apigateway_v1._gateway_responses,
    ):
        if from_id in store:
            store[api_id] = json.loads(json.dumps(store.pop(from_id)).replace(from_id, api_id))
        else:
            store.pop(api_id, None)
    apigateway_v1._rest_apis.pop(from_id, None)


def _replace_handler(resource_type: str, action: str, handler: Callable[..., Any]) -> None:
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    if action not in handlers:
        raise LookupError(f"{resource_type} has no {action} handler: MiniStack has changed")
    handlers[action] = handler

"""REST APIs from OpenAPI bodies: MiniStack imports paths and integrations, this the rest."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import ministack.app as ministack_app
from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

from localcloud.engine.ministack.resources import replace_handler
from localcloud.engine.openapi_body import Body, Method, exported_references, read_body


def install(region: str) -> None:
    """Import bodies whole, in place when they change, and export what was imported."""
    # Answer for the host names AWS gives to REST APIs, not only for <id>.execute-api.<our host>.
    ministack_app._EXECUTE_API_RE = re.compile(
        r"^([a-z0-9]{8,10})\.execute-api\." + re.escape(region) + r"\.amazonaws\.com(?::\d+)?$"
    )
    replace_handler("AWS::ApiGateway::RestApi", "update", _overwrite_rest_api)
    apigateway_v1._import_rest_api = _import_rest_api
    apigateway_v1._export_model_schemas = _export_model_schemas
    apigateway_v1._export_method_responses = _export_method_responses


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
    if "methodIntegration" in definition:
        definition["methodIntegration"] |= method.integration
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

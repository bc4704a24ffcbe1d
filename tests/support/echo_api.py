"""A REST API with keys, plans and a function that does what it is asked, as one small stack."""

import json
from typing import Any

from tests.support.laptop import Laptop

STACK = "echo"
CODE = """
import json, time

def handler(event, context):
    asked = event["path"]
    if asked == "/fails":
        raise ValueError("secret")
    if asked == "/says-nothing":
        return ["no answer"]
    if asked == "/slow":
        time.sleep(2)
    identity, request_id = event["requestContext"]["identity"], event["requestContext"]["requestId"]
    found = {"keyId": identity.get("apiKeyId"), "key": identity.get("apiKey"), "id": request_id}
    return {"statusCode": 200, "body": json.dumps(found)}
"""
PLANS: dict[str, dict[str, Any]] = {
    "Open": {},
    "Slow": {"Throttle": {"RateLimit": 0.001, "BurstLimit": 3}},
    "Little": {"Quota": {"Limit": 3, "Period": "DAY"}},
}
ORIGIN = {"gatewayresponse.header.Access-Control-Allow-Origin": "method.request.header.Origin"}

type Json = dict[str, Any]


def deploy(laptop: Laptop) -> Json:
    """Put the stack on a cloud; return the base URL as `url`, and each plan's key and its id."""
    cloudformation = laptop.client("cloudformation")
    body = json.dumps(_template())
    cloudformation.create_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    gateway = laptop.client("apigateway")
    keys = {
        plan: gateway.get_api_key(apiKey=ids[f"{plan}Key"], includeValue=True) for plan in PLANS
    }
    return {
        "url": f"{laptop.settings.url}/_aws/execute-api/{ids['Api']}/prod",
        "keys": {plan: key["value"] for plan, key in keys.items()},
        "ids": {plan: key["id"] for plan, key in keys.items()},
    }


def remove(laptop: Laptop) -> None:
    """Delete the stack."""
    laptop.client("cloudformation").delete_stack(StackName=STACK)


def _template() -> Json:
    return {"Resources": {**_function(), **_api(), **_plans()}}


def _function() -> Json:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    function = {
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Timeout": 10,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": CODE},
    }
    permission = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "Function"},
        "Principal": "apigateway.amazonaws.com",
    }
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": permission},
    }


def _api() -> Json:
    limited = {
        "ResourcePath": "/~1open~1echo",
        "HttpMethod": "GET",
        "ThrottlingRateLimit": 0.001,
        "ThrottlingBurstLimit": 2,
    }
    stage = {
        "RestApiId": {"Ref": "Api"},
        "DeploymentId": {"Ref": "Deployment"},
        "StageName": "prod",
        "MethodSettings": [limited],
    }
    deployment = {"RestApiId": {"Ref": "Api"}}
    return {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": _document()}},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": deployment},
        "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": stage},
    }


def _document() -> Json:
    keyed: Json = {"security": [{"key": []}]}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}}}
    checked = {"requestBody": body, "x-amazon-apigateway-request-validator": "body"}
    paths: dict[str, dict[str, Json]] = {
        "/echo": {"get": keyed, "post": keyed | checked},
        "/open/echo": {"get": {}},
        "/fails": {"get": keyed},
        "/says-nothing": {"get": keyed},
        "/slow": {"get": keyed},
    }
    for path, item in paths.items():
        for operation in item.values():
            operation["x-amazon-apigateway-integration"] = _integration(path)
    return {
        "openapi": "3.0.1",
        "info": {"title": STACK, "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
            "schemas": {"Asked": {"type": "object", "required": ["prompt"]}},
        },
        "x-amazon-apigateway-request-validators": {"body": {"validateRequestBody": True}},
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_4XX": {"responseParameters": ORIGIN},
            "DEFAULT_5XX": {
                "responseParameters": ORIGIN,
                "responseTemplates": {"application/json": '{"error":$context.error.messageString}'},
            },
            "BAD_REQUEST_BODY": {
                "statusCode": "400",
                "responseTemplates": {"application/json": '{"error":"prompt"}'},
            },
        },
    }


def _integration(path: str) -> Json:
    arn = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}"
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": f"{arn}/invocations"},
    }
    return integration | ({"timeoutInMillis": 500} if path == "/slow" else {})


def _plans() -> Json:
    found: Json = {}
    for plan, limits in PLANS.items():
        stages = [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}}]
        link = {"KeyId": {"Ref": f"{plan}Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": plan}}
        found[f"{plan}Key"] = {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Enabled": True}}
        found[plan] = {
            "Type": "AWS::ApiGateway::UsagePlan",
            "Properties": {"ApiStages": stages, **limits},
        }
        found[f"{plan}Link"] = {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": link}
    return found

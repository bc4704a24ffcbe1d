"""The export of an API with pets, and imports from it."""

from localcloud.agentcore.importers import AgentCoreImporter
from localcloud.agentcore.model import JsonObject, Tool
from tests.contract.agentcore_gateway.world import (
    GATEWAY_ID,
    World,
    json_response,
)
from tests.support.fake_cloud import CALLER

EXPORT_PATH = "/restapis/api1234567/stages/prod/exports/oas30"
EXPORT_URL = f"https://apigateway.us-east-1.amazonaws.com{EXPORT_PATH}"
EXPORT: JsonObject = {
    "openapi": "3.0.1",
    "info": {"title": "petstore", "version": "1.0"},
    "servers": [
        {
            "url": "https://api1234567.execute-api.us-east-1.amazonaws.com/{basePath}",
            "variables": {"basePath": {"default": "prod"}},
        }
    ],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "ListPets",
                "summary": "List pets",
                "parameters": [
                    {
                        "name": "type",
                        "in": "query",
                        "description": "Kind of pet",
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {"200": {"description": "200 response", "content": {}}},
                "security": [{"sigv4": []}],
            },
            "post": {
                "operationId": "CreatePet",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    },
                    "required": True,
                },
                "responses": {"201": {"description": "201 response", "content": {}}},
            },
        },
        "/pets/{petId}": {
            "get": {
                "operationId": "GetPetById",
                "parameters": [
                    {
                        "name": "petId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "200 response",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        },
                    }
                },
            }
        },
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name", "price"],
                "properties": {
                    "name": {"type": "string", "maxLength": 80},
                    "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "owner": {"$ref": "#/components/schemas/Owner"},
                },
            },
            "Owner": {
                "type": "object",
                "nullable": True,
                "properties": {"email": {"type": "string", "format": "email"}},
            },
        },
        "securitySchemes": {
            "sigv4": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            },
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        },
    },
}
READ_ONLY = [
    {"filterPath": "/pets", "methods": ["GET"]},
    {"filterPath": "/pets/*", "methods": ["GET"]},
]


async def run(world: World, configuration: JsonObject) -> tuple[Tool, ...]:
    """Import a target with this targetConfiguration."""
    gateway = world.reader.gateways[GATEWAY_ID]
    target = world.target()
    target.config["targetConfiguration"] = configuration
    return await AgentCoreImporter(world.cloud).import_tools(gateway, target, CALLER)


def rest_api(
    filters: list[JsonObject] | None = None, overrides: list[JsonObject] | None = None
) -> JsonObject:
    tools: JsonObject = {"toolFilters": filters or READ_ONLY}
    if overrides:
        tools["toolOverrides"] = overrides
    return {
        "mcp": {
            "apiGateway": {
                "restApiId": "api1234567",
                "stage": "prod",
                "apiGatewayToolConfiguration": tools,
            }
        }
    }


async def import_export(
    world: World, document: object, filters: list[JsonObject] | None = None
) -> tuple[Tool, ...]:
    world.cloud.answer("GET", EXPORT_URL, json_response(document))
    return await run(world, rest_api(filters))

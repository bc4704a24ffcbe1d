"""A small Smithy model of a service that AWS has not."""

from localcloud.agentcore.model import JsonObject

SERVICE = "example.zoo#Zoo_20260101"
ZOO: JsonObject = {
    "smithy": "2.0",
    "shapes": {
        SERVICE: {
            "type": "service",
            "version": "2026-01-01",
            "resources": [{"target": "example.zoo#Animal"}],
            "traits": {
                "aws.api#service": {"sdkId": "Zoo", "arnNamespace": "zoo"},
                "aws.auth#sigv4": {"name": "zoosigning"},
                "aws.protocols#restJson1": {},
            },
        },
        "example.zoo#Animal": {
            "type": "resource",
            "put": {"target": "example.zoo#PutAnimal"},
            "operations": [{"target": "example.zoo#FindFile"}],
        },
        "example.zoo#PutAnimal": {
            "type": "operation",
            "input": {"target": "example.zoo#PutAnimalInput"},
            "traits": {
                "smithy.api#http": {"method": "PUT", "uri": "/animals/{id}?strict", "code": 200},
                "smithy.api#documentation": "<p>Keeps an <b>animal</b> &amp; its food.</p>",
            },
        },
        "example.zoo#PutAnimalInput": {
            "type": "structure",
            "members": {
                "id": {
                    "target": "smithy.api#String",
                    "traits": {"smithy.api#httpLabel": {}, "smithy.api#required": {}},
                },
                "tags": {
                    "target": "example.zoo#Names",
                    "traits": {"smithy.api#httpQuery": "tag"},
                },
                "since": {
                    "target": "smithy.api#Timestamp",
                    "traits": {"smithy.api#httpHeader": "X-Since"},
                },
                "kind": {
                    "target": "example.zoo#Kind",
                    "traits": {"smithy.api#jsonName": "Kind", "smithy.api#required": {}},
                },
                "born": {"target": "smithy.api#Timestamp"},
                "weight": {
                    "target": "example.zoo#Weight",
                    "traits": {"smithy.api#documentation": "In kg."},
                },
                "parent": {"target": "example.zoo#Parent"},
                "food": {"target": "example.zoo#Food"},
            },
        },
        "example.zoo#Names": {
            "type": "list",
            "member": {"target": "smithy.api#String"},
            "traits": {"smithy.api#length": {"min": 1}},
        },
        "example.zoo#Kind": {
            "type": "enum",
            "members": {
                "CAT": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "cat"}},
                "DOG": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "dog"}},
            },
        },
        "example.zoo#Weight": {
            "type": "integer",
            "traits": {"smithy.api#range": {"min": 1, "max": 9}},
        },
        "example.zoo#Parent": {
            "type": "structure",
            "members": {
                "name": {
                    "target": "smithy.api#String",
                    "traits": {"smithy.api#required": {}, "smithy.api#jsonName": "Name"},
                },
                "parent": {"target": "example.zoo#Parent"},
            },
        },
        "example.zoo#Food": {
            "type": "union",
            "members": {
                "hay": {"target": "smithy.api#Blob"},
                "other": {"target": "smithy.api#Document"},
            },
        },
        "example.zoo#FindFile": {
            "type": "operation",
            "input": {"target": "example.zoo#FindFileInput"},
            "output": {"target": "smithy.api#Unit"},
            "traits": {"smithy.api#http": {"method": "GET", "uri": "/files/{path+}"}},
        },
        "example.zoo#FindFileInput": {
            "type": "structure",
            "members": {
                "path": {
                    "target": "smithy.api#String",
                    "traits": {"smithy.api#httpLabel": {}, "smithy.api#required": {}},
                }
            },
        },
    },
}

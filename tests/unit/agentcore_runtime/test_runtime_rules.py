from typing import Any

import pytest

from localcloud.agentcore.errors import NotServed, ValidationFailed
from localcloud.agentcore.runtime.rules import check_runtime, is_refused

JWT = {
    "customJWTAuthorizer": {
        "discoveryUrl": "https://id.example/.well-known/openid-configuration",
        "allowedClients": ["web"],
    }
}


def allowing(*names: str) -> dict[str, Any]:
    return {"requestHeaderConfiguration": {"requestHeaderAllowlist": list(names)}}


@pytest.mark.fidelity("agentcore-runtime.rules")
@pytest.mark.parametrize(
    "config",
    [
        {"lifecycleConfiguration": {"idleRuntimeSessionTimeout": 600, "maxLifetime": 300}},
        {"lifecycleConfiguration": {"maxLifetime": 300}},
        {"networkConfiguration": {"networkMode": "VPC"}},
        {"authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": "https://x"}}},
        {"tags": {"aws:owner": "x"}},
        allowing("Authorization"),
        allowing("X-Amz-Date"),
        allowing("Content-Type"),
        allowing("Cookie"),
        allowing("X-Amzn-Trace-Id"),
    ],
)
def test_what_the_service_would_refuse_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed):
        check_runtime(config)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"lifecycleConfiguration": {"idleRuntimeSessionTimeout": 60, "maxLifetime": 60}},
        allowing("X-Tenant", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-User"),
        allowing("Authorization") | {"authorizerConfiguration": JWT},
    ],
)
def test_what_the_service_takes_is_taken(config: dict[str, Any]) -> None:
    check_runtime(config)


def test_what_needs_more_than_a_process_is_said_not_to_be_served() -> None:
    with pytest.raises(NotServed):
        check_runtime({"filesystemConfigurations": [{"sessionStorage": {"mountPath": "/mnt/a"}}]})


def test_names_of_headers_are_compared_without_case() -> None:
    assert is_refused("HOST")
    assert not is_refused("x-amzn-bedrock-agentcore-runtime-CUSTOM-a")

from urllib.parse import quote

import pytest

from localcloud.agentcore.wire.operations import (
    CONTROL,
    DATA,
    find_operation,
    operation_model,
    service_model,
    uri_labels,
)

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/pets-0123456789"


@pytest.mark.fidelity("agentcore-control.wire.routes")
@pytest.mark.parametrize("service", [CONTROL, DATA])
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_operation_of_both_services_is_found_by_its_method_and_path(
    service: str, slash: str
) -> None:
    for operation in service_model(service).operation_names:
        http = operation_model(service, operation).http
        labels = uri_labels(service, operation)
        path = http["requestUri"].rstrip("/") + slash
        for label in labels:
            path = path.replace(f"{{{label}}}", f"a%20{label}")
        match = find_operation(http["method"], path)
        assert match is not None, path
        assert (match.service, match.operation) == (service, operation)
        assert match.segments == tuple(f"a {label}" for label in labels)


@pytest.mark.parametrize("arn", [ARN, quote(ARN, safe=""), quote(ARN)])
def test_an_arn_is_one_segment_whether_its_slash_is_encoded_or_not(arn: str) -> None:
    match = find_operation("GET", f"/tags/{arn}")
    assert match is not None
    assert (match.operation, match.segments) == ("ListTagsForResource", (ARN,))
    below = find_operation("GET", f"/gateways/{arn}/targets/")
    assert below is not None
    assert (below.operation, below.segments) == ("ListGatewayTargets", (ARN,))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/restapis"),
        ("PATCH", "/gateways/"),
        ("GET", "/gateways//targets/"),
        ("GET", "/gateways/a/b/c/d/e"),
    ],
)
def test_what_is_not_agentcores_is_nothing(method: str, path: str) -> None:
    assert find_operation(method, path) is None

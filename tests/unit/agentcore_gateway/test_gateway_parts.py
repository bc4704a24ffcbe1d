"""Small parts of the gateway endpoint."""

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.agentcore.gateway import is_for_gateways
from localcloud.agentcore.gateway.claims import Requirements, meets
from localcloud.agentcore.gateway.errors import InsufficientScope, InvalidToken
from localcloud.agentcore.gateway.metadata import issuer_of
from localcloud.agentcore.gateway.outbound import UnusableArgument, http_request, lambda_request
from localcloud.agentcore.gateway.places import Document, locate
from localcloud.agentcore.model import HttpBinding, JsonObject, Parameter

HOST = "petstore-abc1234567.gateway.bedrock-agentcore.us-east-1.amazonaws.com"
PRM = "/.well-known/oauth-protected-resource"


def requirements(**authorizer: object) -> Requirements:
    return Requirements.of(
        {"discoveryUrl": "https://idp/.well-known/openid-configuration"} | authorizer
    )


def rule(name: str, kind: str, operator: str, **value: object) -> JsonObject:
    return {
        "inboundTokenClaimName": name,
        "inboundTokenClaimValueType": kind,
        "authorizingClaimMatchValue": {"claimMatchValue": value, "claimMatchOperator": operator},
    }


EQUALS = rule("tenant", "STRING", "EQUALS", matchValueString="a")
CONTAINS = rule("groups", "STRING_ARRAY", "CONTAINS", matchValueString="staff")
CONTAINS_ANY = rule("groups", "STRING_ARRAY", "CONTAINS_ANY", matchValueStringList=["x", "staff"])


@pytest.mark.fidelity("gateway.auth-custom-claims")
@pytest.mark.parametrize(
    ("custom", "claims", "fits"),
    [
        (EQUALS, {"tenant": "a"}, True),
        (EQUALS, {"tenant": "b"}, False),
        (EQUALS, {"tenant": ["a"]}, False),
        (EQUALS, {}, False),
        (CONTAINS, {"groups": ["staff", "x"]}, True),
        (CONTAINS, {"groups": ["x"]}, False),
        (CONTAINS, {"groups": "staff"}, False),
        (CONTAINS_ANY, {"groups": ["staff", 5]}, True),
        (CONTAINS_ANY, {"groups": ["y"]}, False),
        (CONTAINS_ANY, {"groups": None}, False),
    ],
)
def test_a_custom_claim_matches_by_its_operator(
    custom: JsonObject, claims: JsonObject, fits: bool
) -> None:
    if fits:
        meets(requirements(customClaims=[custom]), claims)
    else:
        with pytest.raises(InvalidToken):
            meets(requirements(customClaims=[custom]), claims)


@pytest.mark.fidelity("gateway.auth-clients")
def test_everything_configured_must_hold_and_scopes_are_looked_at_last() -> None:
    asked = requirements(allowedClients=["c"], allowedAudience=["a"], allowedScopes=["s"])
    meets(asked, {"client_id": "c", "aud": "a", "scope": "s t"})
    with pytest.raises(InsufficientScope):
        meets(asked, {"client_id": "c", "aud": ["a"], "scope": "t"})
    for claims in ({"client_id": "c"}, {"aud": "a"}, {"client_id": "x", "aud": "a"}):
        with pytest.raises(InvalidToken):
            meets(asked, claims)


@pytest.mark.fidelity("gateway.prm")
@pytest.mark.parametrize(
    ("discovery_url", "issuer"),
    [
        ("https://idp/pool/.well-known/openid-configuration", "https://idp/pool"),
        ("https://idp/.well-known/oauth-authorization-server", "https://idp"),
        ("https://idp/.well-known/oauth-authorization-server/t1", "https://idp/t1"),
    ],
)
def test_the_issuer_is_what_the_discovery_url_is_made_of(discovery_url: str, issuer: str) -> None:
    assert issuer_of(discovery_url) == issuer


@pytest.mark.parametrize(
    ("host", "path", "document"),
    [
        (HOST, "/mcp", Document.MCP),
        (f"{HOST}:4566", "/mcp", Document.MCP),
        (HOST, f"{PRM}/mcp", Document.METADATA),
        ("[::1]:4566", "/_gateways/g-1/mcp", Document.MCP),
        ("localhost", f"{PRM}/_gateways/g-1/mcp", Document.METADATA),
        ("localhost", f"{PRM}/mcp", None),
        ("localhost", "/_gateways/g-1", None),
        ("localhost", "/_gateways/UPPER/mcp", None),
        ("", "/_gateways/g-1/mcp", None),
        ("a b", "/_gateways/g-1/mcp", None),
    ],
)
def test_a_place_is_found_by_host_or_by_path(
    host: str, path: str, document: Document | None
) -> None:
    place = locate(scheme="http", host=host, path=path)
    assert (place.document if place else None) == document
    assert place is None or is_for_gateways(host, path)


def test_requests_for_other_services_are_not_for_gateways() -> None:
    assert not is_for_gateways("bedrock-agentcore.us-east-1.amazonaws.com", "/mcp")
    assert not is_for_gateways("127.0.0.1", "/.well-known/openid-configuration")


def binding(*parameters: Parameter) -> HttpBinding:
    return HttpBinding("POST", "https://api.example.com/a/{id}/b", parameters, None)


@pytest.mark.fidelity("gateway.path-arguments")
@given(st.text())
def test_a_path_argument_never_leaves_its_segment(value: str) -> None:
    try:
        outbound = http_request(binding(Parameter("id", "path")), {"id": value})
    except UnusableArgument:
        assert value in {"", ".", ".."}
        return
    parts = urlsplit(outbound.url)
    assert (parts.query, parts.fragment) == ("", "")
    before, segment, after = parts.path[1:].split("/")
    assert (before, unquote(segment), after) == ("a", value, "b")


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "é", "\x00"])
def test_a_header_argument_cannot_add_headers(value: str) -> None:
    parameters = (Parameter("id", "path"), Parameter("x-note", "header"))
    with pytest.raises(UnusableArgument, match="'x-note'"):
        http_request(binding(*parameters), {"id": "1", "x-note": value})


@pytest.mark.parametrize(
    ("value", "query"),
    [
        (True, "q=true"),
        (1.5, "q=1.5"),
        (None, "q=null"),
        ([], ""),
        ([1, "b"], "q=1&q=b"),
        ({"a": 1}, "q=%7B%22a%22%3A1%7D"),
    ],
)
def test_query_arguments_are_written_as_forms_are(value: Any, query: str) -> None:  # noqa: ANN401
    outbound = http_request(
        binding(Parameter("q", "query"), Parameter("id", "path")), {"q": value, "id": "1"}
    )
    assert urlsplit(outbound.url).query == query
    assert outbound.content == b""


def test_a_path_of_the_api_itself_is_sent_percent_encoded() -> None:
    binding = HttpBinding("GET", "https://api.example/süße tiere/{id}", (Parameter("id", "path"),))

    url = http_request(binding, {"id": "a/b"}).url

    assert url == "https://api.example/s%C3%BC%C3%9Fe%20tiere/a%2Fb"


def test_a_function_is_invoked_in_its_own_region() -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live"
    outbound = lambda_request(arn, {}, region="us-east-1", context={})
    assert outbound.url == (
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
        "arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Af%3Alive/invocations"
    )

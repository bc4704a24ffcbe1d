"""The template's house rules, and what the functions and the API rely on in it."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from agent_proxy.runtime import REQUEST_ID_HEADER
from pet_seeds.service import Seed
from tests.support.template import ROOT, TEMPLATE, resource, resources, statements, template

FUNCTIONS = resources("AWS::Serverless::Function")
LOG_GROUPS = resources("AWS::Logs::LogGroup")
OUTPUTS = {
    "PetStoreApiUrl",
    "UserPoolId",
    "UserPoolClientId",
    "MachineClientId",
    "TokenUrl",
    "DiscoveryUrl",
    "DemoUserSecretArn",
    "FaqAgentRuntimeArn",
    "FaqMemoryId",
}

type Json = dict[str, Any]


def as_list(value: Any) -> list[Any]:  # noqa: ANN401  # a policy's one or many
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_log_group_of_ours(name: str) -> None:
    group = FUNCTIONS[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group in LOG_GROUPS


@pytest.mark.parametrize("name", LOG_GROUPS)
def test_a_log_group_is_named_expires_and_goes_with_the_stack(name: str) -> None:
    group = LOG_GROUPS[name]
    assert "${AWS::StackName}" in group["Properties"]["LogGroupName"]["Fn::Sub"]
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Delete", "Delete")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_handler_is_where_the_template_says(name: str) -> None:
    properties = FUNCTIONS[name]["Properties"]
    package, module, function = properties["Handler"].split(".")
    code = properties.get("CodeUri", template()["Globals"]["Function"]["CodeUri"])
    source = (ROOT / code / package / f"{module}.py").read_text()
    assert f"\ndef {function}(event: " in source


def test_every_statement_says_what_it_is_for() -> None:
    names = [statement.get("Sid") for statement in statements()]
    assert names
    assert all(name and name.isalnum() for name in names)


def test_no_statement_allows_every_action_of_a_service() -> None:
    actions = [action for one in statements() for action in as_list(one["Action"])]
    assert not [action for action in actions if "*" in action]


def test_a_statement_on_every_resource_says_why_beside_it() -> None:
    """The reason is a comment on the statement's Sid or on the line before it."""
    lines = TEMPLATE.read_text().splitlines()
    for statement in statements():
        if "*" in as_list(statement["Resource"]):
            at = next(n for n, line in enumerate(lines) if f"Sid: {statement['Sid']}" in line)
            assert "#" in lines[at] + lines[at - 1], statement["Sid"]


def test_the_gateway_may_call_exactly_what_it_exports() -> None:
    policies = resource("GatewayRole")["Properties"]["Policies"]
    allowed = {
        (action, uri["Fn::Sub"].rpartition(":")[2])
        for one in policies[0]["PolicyDocument"]["Statement"]
        for action in as_list(one["Action"])
        for uri in as_list(one["Resource"])
    }
    assert len(policies) == 1
    assert allowed == {
        ("execute-api:Invoke", "${PetStoreApi}/prod/GET/pets"),
        ("execute-api:Invoke", "${PetStoreApi}/prod/GET/pets/*"),
        ("apigateway:GET", "/restapis/${PetStoreApi}/stages/prod/exports/*"),
    }


def test_only_this_accounts_gateway_takes_the_gateways_role() -> None:
    trust = resource("GatewayRole")["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert [one["Principal"] for one in trust] == [{"Service": "bedrock-agentcore.amazonaws.com"}]
    condition = trust[0]["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = condition["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":${AWS::AccountId}:gateway/${AWS::StackName}-gw-*")


@pytest.mark.parametrize(
    ("api", "package"), [("PetStoreApi", "petstore"), ("AgentApi", "agent_proxy")]
)
def test_api_gateway_may_call_each_function_for_its_methods_of_the_document_only(
    api: str, package: str
) -> None:
    document = yaml.safe_load((ROOT / "functions" / package / "openapi.yaml").read_text())
    permitted = [
        (one["Properties"]["FunctionName"]["Ref"], *_method_and_path(one))
        for one in resources("AWS::Lambda::Permission").values()
        if f"${{{api}}}" in one["Properties"]["SourceArn"].get("Fn::Sub", "")
    ]
    served = [
        (_function_of(operation), method.upper(), re.sub(r"\{\w+\}", "*", path))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    for function, method, path in served:
        assert [
            one for one in permitted if one in {(function, method, path), (function, "*", path)}
        ]
    for function, method, path in permitted:
        assert [one for one in served if (function, path) == (one[0], one[2])], path
        of_path = {one[0] for one in served if one[2] == path}
        assert method != "*" or of_path == {function}, path


def _method_and_path(permission: Json) -> tuple[str, str]:
    source: str = permission["Properties"]["SourceArn"]["Fn::Sub"]
    method, _, path = source.partition("/prod/")[2].partition("/")
    return method, f"/{path}"


def _function_of(operation: Json) -> str:
    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    found = re.search(r"\$\{(\w+)\.Arn\}", uri)
    assert found
    return found.group(1)


def test_the_memory_and_the_runtime_have_names_without_hyphens_that_policies_know_them_by() -> None:
    name = resource("FaqMemory")["Properties"]["Name"]
    assert name == resource("FaqAgentRuntime")["Properties"]["AgentRuntimeName"]
    text, given = name["Fn::Sub"]
    assert (text, given["Name"]) == (
        "${Name}_faq",
        {"Fn::Join": ["_", {"Fn::Split": ["-", {"Ref": "AWS::StackName"}]}]},
    )
    uris = [
        uri["Fn::Sub"]
        for one in statements()
        for uri in as_list(one["Resource"])
        if uri != "*" and "Fn::Sub" in uri
    ]
    by_name = [uri for uri in uris if isinstance(uri, list)]
    assert len(by_name) >= 5
    assert all(f"{text}-*" in uri and variables == given for uri, variables in by_name)


def test_the_runtime_s_code_is_a_published_version_of_the_agent_s_function() -> None:
    artifact = resource("FaqAgentRuntime")["Properties"]["AgentRuntimeArtifact"]
    assert artifact["FunctionVersionArn"] == {"Ref": "FaqAgentFunction.Version"}
    function = resource("FaqAgentFunction")["Properties"]
    assert (function["AutoPublishAlias"], function["VersionDeletionPolicy"]) == ("live", "Delete")
    assert function["Architectures"] == [{"Ref": "AgentArchitecture"}]
    assert "Layers" not in function
    read = next(one for one in statements() if one["Sid"] == "ReadTheAgentsArchive")
    assert read["Resource"]["Fn::Sub"].endswith(
        f":function:{function['FunctionName']['Fn::Sub']}:*"
    )


def test_only_this_accounts_runtime_takes_the_agents_role() -> None:
    (trust,) = resource("FaqAgentRole")["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}
    condition = trust["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source, _ = condition["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":${AWS::AccountId}:runtime/${Name}_faq-*")


def test_the_agent_has_only_its_own_memory_and_no_model_it_does_not_ask() -> None:
    policy = resource("FaqAgentPolicy")["Properties"]["PolicyDocument"]["Statement"]
    assert policy[0]["Resource"] == {"Fn::GetAtt": ["FaqMemory", "MemoryArn"]}
    assert [one["Fn::If"][0] for one in policy[1:]] == ["AsksGroq", "AsksBedrock"]


def test_archives_are_private_encrypted_and_sent_over_tls_only() -> None:
    bucket = resource("ArtifactsBucket")["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert "VersioningConfiguration" not in bucket  # or emptying it would take more than deletes
    (denial,) = resource("ArtifactsBucketPolicy")["Properties"]["PolicyDocument"]["Statement"]
    assert denial["Effect"] == "Deny"
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": False}}


def test_every_parameter_and_output_is_described() -> None:
    described = [*template()["Parameters"].values(), *template()["Outputs"].values()]
    assert all(one["Description"] for one in described)


def test_the_outputs_have_their_agreed_names_and_no_secret_in_them() -> None:
    assert set(template()["Outputs"]) >= OUTPUTS
    assert "{{resolve:secretsmanager" not in TEMPLATE.read_text()
    assert "ClientSecret" not in TEMPLATE.read_text()


def test_every_parameter_has_a_default_so_that_a_first_deploy_asks_nothing_hard() -> None:
    assert all("Default" in one for one in template()["Parameters"].values())


def test_the_secret_is_of_the_user_that_is_made() -> None:
    secret = resource("DemoUserSecret")["Properties"]["GenerateSecretString"]
    assert secret["SecretStringTemplate"] == {"Fn::Sub": '{"username":"${DemoUserName}"}'}
    assert secret["GenerateStringKey"] == "password"
    assert resource("DemoUser")["Properties"]["Username"] == {"Ref": "DemoUserName"}


def test_a_generated_password_satisfies_the_pool() -> None:
    generated = resource("DemoUserSecret")["Properties"]["GenerateSecretString"]
    policy = resource("UserPool")["Properties"]["Policies"]["PasswordPolicy"]
    assert generated["RequireEachIncludedType"] is True
    assert generated["PasswordLength"] >= policy["MinimumLength"]


def test_the_machines_scope_is_one_of_the_resource_servers() -> None:
    server = resource("ResourceServer")["Properties"]
    scopes = [f"{server['Identifier']}/{one['ScopeName']}" for one in server["Scopes"]]
    assert resource("MachineClient")["Properties"]["AllowedOAuthScopes"] == scopes
    assert resource("MachineClient")["DependsOn"] == "ResourceServer"


def test_what_costs_by_the_month_for_machines_is_asked_for() -> None:
    parts = template()["Resources"] | template()["Outputs"]
    asked_for = {name for name, one in parts.items() if one.get("Condition") == "AdmitsMachines"}
    assert asked_for == {
        *("ResourceServer", "MachineClient", "UserPoolDomain"),
        *("MachineClientId", "TokenUrl"),
    }
    authorizer = resource("PetStoreGateway")["Properties"]["AuthorizerConfiguration"]
    assert authorizer["CustomJWTAuthorizer"]["AllowedClients"] == [
        {"Ref": "UserPoolClient"},
        {"Fn::If": ["AdmitsMachines", {"Ref": "MachineClient"}, {"Ref": "AWS::NoValue"}]},
    ]


def test_the_seeds_are_pets_on_both_sides_of_100_usd() -> None:
    pets = [Seed.model_validate(pet) for pet in resource("PetSeeds")["Properties"]["Pets"]]
    assert {(pet.pet_id, pet.name, pet.type) for pet in pets} == {
        ("pet-1", "Buddy", "dog"),
        ("pet-2", "Whiskers", "cat"),
        ("pet-3", "Nemo", "fish"),
    }
    assert {pet.price_cents < 10_000 for pet in pets} == {True, False}


def test_the_table_has_what_the_store_asks_for() -> None:
    table = resource("PetsTable")["Properties"]
    keys = {one["IndexName"]: one["KeySchema"] for one in table["GlobalSecondaryIndexes"]}
    ranged = {"AttributeName": "priceCents", "KeyType": "RANGE"}
    assert keys == {
        "ByPrice": [{"AttributeName": "kind", "KeyType": "HASH"}, ranged],
        "ByTypeAndPrice": [{"AttributeName": "type", "KeyType": "HASH"}, ranged],
    }
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}


def test_nothing_outlives_the_stack() -> None:
    kept = [
        name
        for name, one in template()["Resources"].items()
        if one.get("DeletionPolicy", "Delete") != "Delete"
        or one.get("Properties", {}).get("DeletionProtection") == "ACTIVE"
    ]
    assert kept == []


@pytest.mark.parametrize("api", ["PetStoreApi", "AgentApi"])
def test_access_logs_hold_nothing_that_a_caller_sent_beyond_the_path(api: str) -> None:
    setting = resource(api)["Properties"]["AccessLogSetting"]["Fn::If"]
    assert setting[0] == "LogsApiAccess"
    variables = set(re.findall(r"\$context\.([\w.]+)", setting[1]["Format"]))
    assert not {one for one in variables if "authorizer" in one or "path" in one.lower()} - {
        "resourcePath"
    }
    assert "identity.apiKey" not in variables  # the key itself; its id may be there


def test_the_public_door_asks_one_agent_at_one_endpoint() -> None:
    for name in ("AgentProxyFunction", "AgentStreamFunction"):
        (policy,) = resource(name)["Properties"]["Policies"]
        (statement,) = policy["Statement"]
        assert statement["Action"] == "bedrock-agentcore:InvokeAgentRuntime"
        assert statement["Resource"] == [
            {"Fn::GetAtt": ["FaqAgentRuntime", "AgentRuntimeArn"]},
            {"Fn::Sub": "${FaqAgentRuntime.AgentRuntimeArn}/runtime-endpoint/DEFAULT"},
        ]


def test_the_runtime_passes_on_the_header_that_the_door_sends_and_the_agent_logs() -> None:
    configuration = resource("FaqAgentRuntime")["Properties"]["RequestHeaderConfiguration"]
    assert configuration == {"RequestHeaderAllowlist": [REQUEST_ID_HEADER]}
    assert f'"{REQUEST_ID_HEADER}"' in (ROOT / "agent/serving/logs.py").read_text()


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("offline", True),
        ("groq:openai/gpt-oss-20b", True),
        ("bedrock:us.amazon.nova-lite-v1:0", True),
        ("class:langchain_openai:ChatOpenAI", True),
        ("groq", False),
        ("", False),
        ("groq: x", False),
    ],
)
def test_a_model_is_offline_or_has_a_provider(name: str, *, taken: bool) -> None:
    pattern = template()["Parameters"]["AgentModel"]["AllowedPattern"]
    assert bool(re.search(pattern, name)) is taken


def test_the_streaming_functions_wrapper_is_a_program_in_its_package() -> None:
    variables = resource("AgentStreamFunction")["Properties"]["Environment"]["Variables"]
    name = variables["AWS_LAMBDA_EXEC_WRAPPER"].removeprefix("/var/task/")
    wrapper = ROOT / "functions" / name
    assert wrapper.read_text().startswith("#!/bin/sh\n")
    assert wrapper.stat().st_mode & 0o111 == 0o111


def test_samconfig_has_an_environment_for_aws_and_one_for_the_laptop() -> None:
    with (ROOT / "samconfig.toml").open("rb") as file:
        config = tomllib.load(file)
    assert set(config) == {"version", "default", "laptop"}
    for name in ("default", "laptop"):
        deploy = config[name]["deploy"]["parameters"]
        assert "CAPABILITY_AUTO_EXPAND" in deploy["capabilities"]
        assert (deploy["resolve_s3"], deploy["fail_on_empty_changeset"]) == (True, False)
        assert config[name]["validate"]["parameters"]["lint"] is True
    laptop = config["laptop"]
    assert laptop["global"]["parameters"] == {"stack_name": "petstore", "region": "us-east-1"}
    assert laptop["deploy"]["parameters"]["confirm_changeset"] is False

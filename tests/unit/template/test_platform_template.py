"""The platform's template: the root's house rules, and how the two stacks fit together."""

from typing import Any

import pytest
import yaml

from agent_proxy.runtime import REQUEST_ID_HEADER
from demo_user.service import Properties as DemoUser
from provisioner.documents import FOLDER
from scripts import schemas
from tests.support.template import (
    PLATFORM,
    ROOT,
    TEMPLATE,
    resource,
    resources,
    statements,
    template,
)

FUNCTIONS = resources("AWS::Serverless::Function", PLATFORM)
DELIVERED_TO = {"PlatformDecisionsLogGroup"}
"""What AgentCore names, not we."""

LOG_GROUPS = resources("AWS::Logs::LogGroup", PLATFORM)
GATEWAYS = "gateway/${RootStackName}-platform-*"
BRIDGES = {
    "CRMTools": "crm_tools",
    "TicketingTools": "ticketing_tools",
    "CommsTools": "comms_tools",
}

OF_NO_RESOURCE = {"FindItsLog"}
"""Statements with an action that knows no resources (Service Authorization Reference)."""

AGENTS = {
    "SupportAgent": "support",
    "SalesAgent": "sales",
    "SreAgent": "sre",
    "Orchestrator": "orchestrator",
}
"""The agents in the template, and what their runtimes are called behind the stack's name."""

type Json = dict[str, Any]


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - a policy's one or many
    return value if isinstance(value, list) else [value]


def uris(statement: Json) -> list[str]:
    """Return the texts of a statement's resources, as far as they are texts with variables."""
    subs = [one["Fn::Sub"] for one in as_list(statement["Resource"]) if "Fn::Sub" in one]
    return [one[0] if isinstance(one, list) else one for one in subs]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_the_platform_has_a_log_group_and_a_handler(name: str) -> None:
    properties = FUNCTIONS[name]["Properties"]
    assert properties["LoggingConfig"]["LogGroup"]["Ref"] in LOG_GROUPS
    package, module, function = properties["Handler"].split(".")
    code = PLATFORM.parent / template(PLATFORM)["Globals"]["Function"]["CodeUri"]
    assert f"\ndef {function}(event: " in (code / package / f"{module}.py").read_text()


@pytest.mark.parametrize("name", LOG_GROUPS)
def test_a_log_group_of_the_platform_is_the_root_stacks_expires_and_goes(name: str) -> None:
    group = LOG_GROUPS[name]
    group_name = group["Properties"]["LogGroupName"]["Fn::Sub"]
    assert group_name.startswith("/${RootStackName}/") or name in DELIVERED_TO
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_every_statement_has_a_name_names_its_actions_and_its_resources() -> None:
    for statement in statements(PLATFORM):
        assert statement["Sid"].isalnum()
        assert not [one for one in as_list(statement["Action"]) if "*" in one]
        of_no_resource = statement["Sid"] in OF_NO_RESOURCE
        assert ("*" in as_list(statement["Resource"])) == of_no_resource, statement["Sid"]


def test_each_bridge_reaches_its_own_table_and_no_other() -> None:
    for package, table in (
        ("CrmTools", "CrmTable"),
        ("TicketingTools", "TicketsTable"),
        ("CommsTools", "MessagesTable"),
        ("CrmSeeds", "CrmTable"),
    ):
        (policy,) = FUNCTIONS[f"{package}Function"]["Properties"]["Policies"]
        for statement in policy["Statement"]:
            named = str(statement["Resource"])
            tables = {one for one in ("CrmTable", "TicketsTable", "MessagesTable") if one in named}
            assert tables == {table}


def test_the_gateway_calls_the_functions_of_its_targets_and_nothing_else() -> None:
    targets = resource("PlatformGateway", PLATFORM)["Properties"]["Targets"]
    targets = [
        one for one in targets if "Lambda" in one.get("TargetConfiguration", {}).get("Mcp", {})
    ]
    called = [one["TargetConfiguration"]["Mcp"]["Lambda"] for one in targets]
    (policy,) = resource("PlatformGatewayRole", PLATFORM)["Properties"]["Policies"]
    allowed = next(
        one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == "CallTheBridges"
    )
    assert allowed["Resource"] == [one["LambdaArn"] for one in called]
    for target in targets:
        schema = target["TargetConfiguration"]["Mcp"]["Lambda"]["ToolSchema"]
        location = PLATFORM.parent / schema["Fn::Transform"]["Parameters"]["Location"]
        assert location.resolve() == ROOT / "functions" / BRIDGES[target["Name"]] / "tools.yaml"


def targets() -> Json:
    """Return the gateway's targets by name, those under a condition among them."""
    stated = resource("PlatformGateway", PLATFORM)["Properties"]["Targets"]
    found = [one["Fn::If"][1] if "Fn::If" in one else one for one in stated]
    return {one["Name"]: one for one in found}


def allowed_to_the_gateway(sid: str) -> Json:
    (policy,) = resource("PlatformGatewayRole", PLATFORM)["Properties"]["Policies"]
    found: Json = next(one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == sid)
    return found


def test_the_internal_api_is_called_with_a_key_of_which_the_template_knows_the_id_alone() -> None:
    target = targets()["InternalAPIs"]
    (stated,) = target["CredentialProviderConfigurations"]
    assert stated["CredentialProvider"]["ApiKeyCredentialProvider"] == {
        "ProviderArn": {"Fn::GetAtt": ["InternalApiCredentials", "CredentialProviderArn"]},
        "CredentialParameterName": "x-api-key",
        "CredentialLocation": "HEADER",
    }
    credentials = resource("InternalApiCredentials", PLATFORM)["Properties"]
    assert credentials["ApiKeyId"] == {"Ref": "InternalApiKey"}
    assert "Value" not in resource("InternalApiKey", PLATFORM)["Properties"]
    name = credentials["Name"]["Fn::Sub"]
    (read,) = [one for one in statements(PLATFORM) if one["Action"] == "apigateway:GET"]
    assert read["Resource"]["Fn::Sub"].endswith("/apikeys/${InternalApiKey}")
    vault = "${AWS::AccountId}:token-vault/default"
    directory = "${AWS::AccountId}:workload-identity-directory/default"
    own = f"{directory}/workload-identity/${{RootStackName}}-platform-*"
    provider = f"{vault}/apikeycredentialprovider/{name}"
    got = [
        one.partition("${AWS::Region}:")[2]
        for one in uris(allowed_to_the_gateway("GetTheKeyOfTheInternalApi"))
    ]
    assert got == [vault, provider, directory, own]
    secret = allowed_to_the_gateway("ReadTheKeyOfTheInternalApi")
    assert uris(secret)[0].endswith(f"!default/apikey/{name}-*")


def test_the_gateway_reads_the_tickets_with_what_the_model_has_and_nothing_else() -> None:
    allowed = allowed_to_the_gateway("ReadTheTickets")
    assert allowed["Resource"] == {"Fn::GetAtt": ["TicketsTable", "Arn"]}
    assert allowed["Action"] == [f"dynamodb:{name}" for name in schemas.OPERATIONS]


def test_documents_are_read_where_the_provisioner_puts_them() -> None:
    (place,) = uris(allowed_to_the_gateway("ReadTheDocumentsOfItsTargets"))
    assert (
        place.partition("${ArtifactsBucketName}/")[2] == f"{FOLDER}/${{RootStackName}}-platform-*"
    )
    for name, kind in (("InternalAPIs", "OpenApiSchema"), ("TicketsTable", "SmithyModel")):
        schema = targets()[name]["TargetConfiguration"]["Mcp"][kind]
        location = schema["Fn::Transform"]["Parameters"]["Location"]
        assert location in schemas.included()


def test_the_knowledge_server_speaks_mcp_and_its_tools_are_fetched_with_each_version() -> None:
    runtime = resource("KnowledgeServerRuntime", PLATFORM)["Properties"]
    assert runtime["ProtocolConfiguration"] == {"ServerProtocol": "MCP"}
    (program,) = runtime["AgentRuntimeArtifact"]["EntryPoint"]
    assert (ROOT / "agent" / program).is_file()
    target = targets()["KnowledgeTools"]
    endpoint = target["TargetConfiguration"]["Mcp"]["McpServer"]["Endpoint"]["Fn::Sub"]
    assert "/runtimes/${KnowledgeServerRuntime.UrlEncodedArn}/invocations?" in endpoint
    assert target["Revision"] == {"Fn::GetAtt": ["KnowledgeServerRuntime", "AgentRuntimeVersion"]}
    name = runtime["AgentRuntimeName"]["Fn::Sub"][0]
    assert uris(allowed_to_the_gateway("AskTheKnowledgeServer"))[0].endswith(f"runtime/{name}-*")


def test_api_gateway_may_call_the_internal_api_for_its_methods_only() -> None:
    document = yaml.safe_load((ROOT / "functions/internal_api/openapi.yaml").read_text())
    assert {method for item in document["paths"].values() for method in item} == {"get"}
    (permission,) = resources("AWS::Lambda::Permission", PLATFORM).values()
    assert permission["Properties"]["FunctionName"] == {"Ref": "InternalApiFunction"}
    assert permission["Properties"]["SourceArn"]["Fn::Sub"].endswith("${InternalApi}/prod/GET/*")


def test_the_platforms_gateway_has_a_name_that_policies_know_it_by() -> None:
    gateway = resource("PlatformGateway", PLATFORM)["Properties"]
    assert gateway["Name"] == {"Fn::Sub": "${RootStackName}-platform"}
    trust = resource("PlatformGatewayRole", PLATFORM)["Properties"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(GATEWAYS)
    managed = next(one for one in statements(PLATFORM) if one["Sid"] == "ManagePlatformGateway")
    assert [one.endswith(GATEWAYS) for one in uris(managed)] == [True]


def test_every_memory_has_a_name_that_the_provisioner_may_manage() -> None:
    (managed,) = [one for one in statements(PLATFORM) if one["Sid"] == "ManagePlatformMemories"]
    names = [
        one["Properties"]["Name"]["Fn::Sub"][0]
        for one in resources("Custom::AgentCoreMemory", PLATFORM).values()
    ]
    assert [one.rpartition("memory/")[2] for one in uris(managed)] == [f"{n}-*" for n in names]


def test_what_is_provisioned_waits_for_the_rights_to_do_it_and_to_undo_it() -> None:
    kinds = [one for one in template(PLATFORM)["Resources"].values() if "AgentCore" in one["Type"]]
    assert len(kinds) >= 4
    for one in kinds:
        rights = {"ProvisioningPolicy", "ProvisioningTargetsPolicy", "ProvisionAgentsPolicy"}
        assert rights & set(as_list(one["DependsOn"]))


def test_the_root_gives_the_platform_what_it_asks_for_and_shows_what_it_made() -> None:
    stack = resource("PlatformStack")
    assert stack["Condition"] == "HasPlatform"
    assert TEMPLATE.parent / stack["Properties"]["Location"] == PLATFORM
    assert set(stack["Properties"]["Parameters"]) == set(template(PLATFORM)["Parameters"])
    for name in template(PLATFORM)["Outputs"]:
        shown = template()["Outputs"][name]
        assert shown["Condition"] == "HasPlatform"
        assert shown["Value"] == {"Fn::GetAtt": ["PlatformStack", f"Outputs.{name}"]}


def test_a_platform_that_is_left_out_leaves_the_pool_without_its_trigger() -> None:
    condition, trigger, otherwise = resource("UserPool")["Properties"]["LambdaConfig"]["Fn::If"]
    assert condition == "HasPlatform"
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert trigger["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"
    for name in ("TokenClaimsFunction", "TokenClaimsLogGroup", "TokenClaimsPermission"):
        assert resource(name)["Condition"] == "HasPlatform"


def test_people_cannot_write_the_attributes_that_policies_go_by() -> None:
    pool = resource("UserPool")["Properties"]
    assert {one["Name"] for one in pool["Schema"]} == {"tenant", "role"}
    assert resource("UserPoolClient")["Properties"]["WriteAttributes"] == ["nickname"]


def test_the_demo_users_are_one_of_each_role_with_a_password_of_the_secrets() -> None:
    users = [one["Properties"] for one in resources("Custom::DemoUser", PLATFORM).values()]
    assert {one["Attributes"]["custom:role"] for one in users} == {
        *("support", "senior-support", "sales", "manager", "auditor", "sre")
    }
    assert all(one["SecretArn"] == {"Ref": "PlatformUsersSecret"} for one in users)
    for one in users:
        stated = one | {"UserPoolId": "us-east-1_Example01", "SecretArn": "arn:secret"}
        assert DemoUser.model_validate(stated).attributes == one["Attributes"]
    secret = resource("PlatformUsersSecret", PLATFORM)["Properties"]["GenerateSecretString"]
    root = resource("DemoUserSecret")["Properties"]["GenerateSecretString"]
    different = ("SecretStringTemplate",)
    assert {k: v for k, v in secret.items() if k not in different} == {
        k: v for k, v in root.items() if k not in different
    }


def test_handed_over_context_expires_as_soon_as_the_service_lets_it() -> None:
    assert resource("HandoverMemory", PLATFORM)["Properties"]["EventExpiryDuration"] == 7


def test_the_platform_describes_its_parameters_and_outputs_and_outlives_nothing() -> None:
    document = template(PLATFORM)
    described = [*document["Parameters"].values(), *document["Outputs"].values()]
    assert all(one["Description"] for one in described)
    kept = [one.get("DeletionPolicy", "Delete") for one in document["Resources"].values()]
    assert set(kept) == {"Delete"}


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_is_asked_with_a_user_s_token_and_is_given_it(name: str) -> None:
    runtime = resource(f"{name}Runtime", PLATFORM)["Properties"]
    authorizer = runtime["AuthorizerConfiguration"]["CustomJWTAuthorizer"]
    assert authorizer["AllowedClients"] == [{"Ref": "UserPoolClientId"}]
    allowed = runtime["RequestHeaderConfiguration"]["RequestHeaderAllowlist"]
    assert allowed == ["Authorization", REQUEST_ID_HEADER]
    assert runtime["AgentRuntimeArtifact"]["EntryPoint"] == ["platform_main.py"]


@pytest.mark.parametrize(("name", "called"), AGENTS.items())
def test_an_agent_has_a_role_that_its_runtime_alone_takes(name: str, called: str) -> None:
    runtime = resource(f"{name}Runtime", PLATFORM)["Properties"]
    assert runtime["AgentRuntimeName"]["Fn::Sub"][0] == f"${{Name}}_{called}"
    assert runtime["RoleArn"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    trust = resource(f"{name}Role", PLATFORM)["Properties"]["AssumeRolePolicyDocument"]
    source = trust["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source["Fn::Sub"][0].endswith(f":runtime/${{Name}}_{called}-*")


def test_the_provisioner_may_manage_the_agents_and_nothing_else() -> None:
    policy = resource("ProvisionAgentsPolicy", PLATFORM)["Properties"]["PolicyDocument"]
    for statement in policy["Statement"]:
        if statement["Action"] == "iam:PassRole":
            roles = [{"Fn::GetAtt": [f"{name}Role", "Arn"]} for name in AGENTS]
            assert statement["Resource"] == roles
        else:
            ends = [uri.rpartition("${Name}_")[2] for uri in uris(statement)]
            assert ends == [f"{called}-*" for called in AGENTS.values()]


def test_agents_recall_one_customer_at_a_time_and_sre_alone_its_incidents() -> None:
    recalls = [one for one in statements(PLATFORM) if one["Sid"].startswith("Recall")]
    paths = [next(iter(one["Condition"].values())) for one in recalls]
    key = "bedrock-agentcore:namespacePath"
    assert paths == [{key: "/customers/?*/"}, {key: "/incidents/sre-agent/"}]
    assert resource("SreAgentPolicy", PLATFORM)["Properties"]["Roles"] == [{"Ref": "SreAgentRole"}]


def test_no_agent_has_a_right_on_a_tool() -> None:
    for name in ("AgentsPolicy", "SreAgentPolicy", "OrchestratorPolicy"):
        text = str(resource(name, PLATFORM)["Properties"]["PolicyDocument"])
        assert "InvokeGateway" not in text
        assert "lambda:" not in text

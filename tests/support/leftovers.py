"""What a stack may leave behind in a cloud, looked up service by service."""

from collections.abc import Callable

from tests.support.laptop import Cloud

SAM_STACK = "aws-sam-cli-managed-default"
"""The SAM CLI's own stack with its bucket: it is shared, and stays."""


def leftovers(cloud: Cloud) -> dict[str, list[str]]:
    """Return what exists of each kind, without what is the SAM CLI's own."""
    found = {kind: look(cloud) for kind, look in _LOOKS.items()}
    return {kind: names for kind, names in found.items() if names}


def _gateways(cloud: Cloud) -> list[str]:
    items = cloud.client("bedrock-agentcore-control").list_gateways()["items"]
    return [item["name"] for item in items]


def _targets(cloud: Cloud) -> list[str]:
    control = cloud.client("bedrock-agentcore-control")
    return [
        target["name"]
        for gateway in control.list_gateways()["items"]
        for target in control.list_gateway_targets(gatewayIdentifier=gateway["gatewayId"])["items"]
    ]


def _stacks(cloud: Cloud) -> list[str]:
    stacks = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return [stack["StackName"] for stack in stacks if stack["StackName"] != SAM_STACK]


def _executions(cloud: Cloud) -> list[str]:
    states = cloud.client("stepfunctions")
    return [
        execution["name"]
        for machine in states.list_state_machines()["stateMachines"]
        for execution in states.list_executions(stateMachineArn=machine["stateMachineArn"])[
            "executions"
        ]
    ]


_LOOKS: dict[str, Callable[[Cloud], list[str]]] = {
    "stacks": _stacks,
    "gateways": _gateways,
    "targets": _targets,
    "policy engines": lambda cloud: [
        engine["name"]
        for engine in cloud.client("bedrock-agentcore-control").list_policy_engines()[
            "policyEngines"
        ]
    ],
    "API-key credential providers": lambda cloud: [
        provider["name"]
        for provider in cloud.client(
            "bedrock-agentcore-control"
        ).list_api_key_credential_providers()["credentialProviders"]
    ],
    "workload identities": lambda cloud: [
        identity["name"]
        for identity in cloud.client("bedrock-agentcore-control").list_workload_identities()[
            "workloadIdentities"
        ]
    ],
    "memories": lambda cloud: [
        memory["id"]
        for memory in cloud.client("bedrock-agentcore-control").list_memories()["memories"]
    ],
    "runtimes": lambda cloud: [
        runtime["agentRuntimeName"]
        for runtime in cloud.client("bedrock-agentcore-control").list_agent_runtimes()[
            "agentRuntimes"
        ]
    ],
    "buckets": lambda cloud: [
        bucket["Name"]
        for bucket in cloud.client("s3").list_buckets()["Buckets"]
        if not bucket["Name"].startswith(SAM_STACK)
    ],
    "policies": lambda cloud: [
        policy["PolicyName"]
        for policy in cloud.client("iam").list_policies(Scope="Local")["Policies"]
    ],
    "executions": _executions,
    "state machines": lambda cloud: [
        m["name"] for m in cloud.client("stepfunctions").list_state_machines()["stateMachines"]
    ],
    "functions": lambda cloud: [
        f["FunctionName"] for f in cloud.client("lambda").list_functions()["Functions"]
    ],
    "layers": lambda cloud: [
        layer["LayerName"] for layer in cloud.client("lambda").list_layers()["Layers"]
    ],
    "roles": lambda cloud: [r["RoleName"] for r in cloud.client("iam").list_roles()["Roles"]],
    "REST APIs": lambda cloud: [
        api["name"] for api in cloud.client("apigateway").get_rest_apis()["items"]
    ],
    "API keys": lambda cloud: [
        key["id"] for key in cloud.client("apigateway").get_api_keys()["items"]
    ],
    "usage plans": lambda cloud: [
        plan["id"] for plan in cloud.client("apigateway").get_usage_plans()["items"]
    ],
    "tables": lambda cloud: list(cloud.client("dynamodb").list_tables()["TableNames"]),
    "user pools": lambda cloud: [
        pool["Name"]
        for pool in cloud.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    ],
    "secrets": lambda cloud: [
        secret["Name"] for secret in cloud.client("secretsmanager").list_secrets()["SecretList"]
    ],
    "log groups": lambda cloud: [
        group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]
    ],
}

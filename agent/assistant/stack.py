"""What the agent must know of a deployed stack: outputs, and who may log in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.aws import AWS_ERRORS, reason
from assistant.errors import StackUnreadable

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

DEFAULT_STACK_NAME = "petstore"


@dataclass(frozen=True)
class Stack:
    """The outputs the agent uses.

    Attributes:
        gateway_url: the MCP endpoint itself, ending in `/mcp`.
        machine_client_id: None for a stack without a client for programs; so is `token_url`.
    """

    name: str
    region: str
    gateway_url: str
    user_pool_id: str
    client_id: str
    demo_user_secret_arn: str
    machine_client_id: str | None
    token_url: str | None


@dataclass(frozen=True)
class Credentials:
    """A user of the pool."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Machine:
    """An app client for programs: client credentials at the pool's token endpoint."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]


def read_stack(cloudformation: CloudFormationClient, name: str) -> Stack:
    """Read the stack's outputs.

    Raises:
        StackUnreadable: no such stack, an output is missing, or AWS refuses or is not there.
    """
    outputs = outputs_of(cloudformation, name)
    try:
        return Stack(
            name=name,
            region=cloudformation.meta.region_name,
            gateway_url=outputs["GatewayUrl"],
            user_pool_id=outputs["UserPoolId"],
            client_id=outputs["UserPoolClientId"],
            demo_user_secret_arn=outputs["DemoUserSecretArn"],
            machine_client_id=outputs.get("MachineClientId"),
            token_url=outputs.get("TokenUrl"),
        )
    except KeyError as error:
        raise StackUnreadable(f"stack {name} has no output {error.args[0]}") from error


def outputs_of(cloudformation: CloudFormationClient, name: str) -> dict[str, str]:
    """Read all outputs of a stack.

    Raises:
        StackUnreadable: no such stack, or AWS refuses or is not there.
    """
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except AWS_ERRORS as error:
        raise StackUnreadable(f"cannot read stack {name}: {reason(error)}") from error
    return {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}


def read_user(secrets: SecretsManagerClient, arn: str) -> Credentials:
    """Read the demo user from its secret, a JSON object with `username` and `password`.

    Raises:
        StackUnreadable: the secret cannot be read or holds something else.
    """
    try:
        value = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        return Credentials(value["username"], value["password"])
    except AWS_ERRORS as error:
        raise StackUnreadable(f"cannot read the demo user: {reason(error)}") from error
    except (ValueError, KeyError, TypeError):
        # Without the cause: a JSON error quotes the document, which is the password.
        raise StackUnreadable("the demo user's secret is not {username, password}") from None


def read_machine(cognito: CognitoIdentityProviderClient, stack: Stack) -> Machine:
    """Read the secret and the scopes of the stack's client for programs from its pool.

    Raises:
        StackUnreadable: there is no such client, it has no secret, or the caller may not read it.
    """
    if stack.machine_client_id is None or stack.token_url is None:
        raise StackUnreadable(
            f"stack {stack.name} has no client for programs: deploy it with MachineAccess=enabled"
        )
    try:
        client = cognito.describe_user_pool_client(
            UserPoolId=stack.user_pool_id, ClientId=stack.machine_client_id
        )["UserPoolClient"]
    except AWS_ERRORS as error:
        raise StackUnreadable(f"cannot read the machine client: {reason(error)}") from error
    if "ClientSecret" not in client:
        raise StackUnreadable("the machine client has no secret")
    scopes = tuple(client.get("AllowedOAuthScopes", ()))
    return Machine(stack.token_url, stack.machine_client_id, client["ClientSecret"], scopes)

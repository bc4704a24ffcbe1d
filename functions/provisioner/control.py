"""AgentCore's control plane over boto3, its errors turned into ours.

Imported on the first event, not with the handler, for boto3's sake.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from provisioner.document import JsonObject
from provisioner.errors import (
    Busy,
    Denied,
    ProvisioningError,
    Refused,
    RoleNotReady,
    Throttled,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agentcore_control import BedrockAgentCoreControlClient

BY_CODE: dict[str, type[ProvisioningError]] = {
    "AccessDeniedException": Denied,
    "ConflictException": Busy,
    "InternalServerException": Throttled,
    "ServiceUnavailableException": Throttled,
    "ThrottlingException": Throttled,
}

ROLE_NOT_READY = ("role validation failed", "sts:assumerole", "assume role", "assume the role")
"""Found in the messages about a role that IAM has not spread yet. Seen on real accounts: `Role
validation failed for '<arn>'. Please verify that the role exists and its trust policy allows
assumption by this service`. The others are guesses at kindred wordings. (Not `assume` alone: every
AccessDeniedException names an `assumed-role`.)"""

NOT_FOUND = "ResourceNotFoundException"


class AgentCoreControl:
    """`provisioner.ports.Control` over a boto3 client."""

    def __init__(self, client: "BedrockAgentCoreControlClient") -> None:
        """Take a client of `bedrock-agentcore-control`."""
        # The API's parameters come from the template as they are: no types can be had for them.
        self._client: Any = client

    def find_gateway(self, name: str) -> JsonObject | None:
        """Look through the list: there is no way to ask by name."""
        for gateway in self._all("list_gateways"):
            if gateway["name"] == name:
                return self.get_gateway(gateway["gatewayId"])
        return None

    def get_gateway(self, gateway_id: str) -> JsonObject | None:
        """Return a gateway, or None."""
        return self._found("get_gateway", gatewayIdentifier=gateway_id)

    def create_gateway(self, parameters: JsonObject) -> JsonObject:
        """Create a gateway."""
        return self._call("create_gateway", **parameters)

    def update_gateway(self, gateway_id: str, parameters: JsonObject) -> None:
        """Replace all of a gateway's configuration."""
        self._call("update_gateway", gatewayIdentifier=gateway_id, **parameters)

    def delete_gateway(self, gateway_id: str) -> None:
        """Begin to delete a gateway; one that is gone is fine."""
        self._found("delete_gateway", gatewayIdentifier=gateway_id)

    def tags(self, arn: str) -> dict[str, str]:
        """Return a resource's tags."""
        found = self._found("list_tags_for_resource", resourceArn=arn) or {}
        return dict(found.get("tags", {}))

    def tag(self, arn: str, tags: dict[str, str]) -> None:
        """Set some tags."""
        self._call("tag_resource", resourceArn=arn, tags=tags)

    def untag(self, arn: str, keys: list[str]) -> None:
        """Remove some tags."""
        self._call("untag_resource", resourceArn=arn, tagKeys=keys)

    def list_targets(self, gateway_id: str) -> list[JsonObject]:
        """Return the summaries of a gateway's targets."""
        try:
            return self._all("list_gateway_targets", gatewayIdentifier=gateway_id)
        except Refused as error:
            if error.aws_code == NOT_FOUND:
                return []
            raise

    def get_target(self, gateway_id: str, target_id: str) -> JsonObject | None:
        """Return a target, or None."""
        return self._found("get_gateway_target", gatewayIdentifier=gateway_id, targetId=target_id)

    def create_target(self, gateway_id: str, parameters: JsonObject) -> JsonObject:
        """Create a target."""
        return self._call("create_gateway_target", gatewayIdentifier=gateway_id, **parameters)

    def update_target(self, gateway_id: str, target_id: str, parameters: JsonObject) -> None:
        """Replace all of a target's configuration."""
        self._call(
            "update_gateway_target", gatewayIdentifier=gateway_id, targetId=target_id, **parameters
        )

    def delete_target(self, gateway_id: str, target_id: str) -> None:
        """Begin to delete a target; one that is gone is fine."""
        self._found("delete_gateway_target", gatewayIdentifier=gateway_id, targetId=target_id)

    def _all(self, operation: str, **parameters: str) -> list[JsonObject]:
        paginator = self._client.get_paginator(operation)
        pages = _translated(operation, lambda: list(paginator.paginate(**parameters)))
        return [item for page in pages for item in page["items"]]

    def _found(self, operation: str, **parameters: str) -> JsonObject | None:
        try:
            return self._call(operation, **parameters)
        except Refused as error:
            if error.aws_code == NOT_FOUND:
                return None
            raise

    def _call(self, operation: str, **parameters: Any) -> JsonObject:  # noqa: ANN401 - as above
        send: Callable[..., JsonObject] = getattr(self._client, operation)
        return _translated(operation, lambda: send(**parameters))


@cache
def control() -> AgentCoreControl:
    """Open the control plane of the function's own account and region."""
    # Two quick tries fit in the function's timeout; the state machine tries again at leisure.
    quick = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return AgentCoreControl(boto3.client("bedrock-agentcore-control", config=quick))


def _translated[T](operation: str, call: Callable[[], T]) -> T:
    name = operation.title().replace("_", "")
    try:
        return call()
    except ClientError as error:
        raise _ours(name, error) from error
    except (NoConnection, HTTPClientError) as error:
        raise Throttled(f"{name}: {type(error).__name__}") from error


def _ours(name: str, error: ClientError) -> ProvisioningError:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    said = f"{name}: {code}: {message}"
    if code in {"ValidationException", "AccessDeniedException"} and any(
        sign in message.lower() for sign in ROLE_NOT_READY
    ):
        return RoleNotReady(said)
    return BY_CODE[code](said) if code in BY_CODE else Refused(said, code)

"""Make and remove the user of a `Custom::DemoUser` event. Safe to repeat."""

import json
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

import boto3
from botocore.config import Config
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_pascal

from custom_resources.direct import Refused, properties
from custom_resources.tenants import session

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

PATIENCE: Final = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 3})
"""In seconds; three calls fit into the function's timeout."""


class Properties(BaseModel):
    """What the template states."""

    model_config = ConfigDict(alias_generator=to_pascal, hide_input_in_errors=True)

    user_pool_id: Annotated[str, Field(pattern=r"^[\w-]+_[0-9a-zA-Z]+$")]
    username: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{2,31}$")]
    secret_arn: Annotated[str, Field(pattern=r"^arn:")]
    attributes: dict[str, str] = {}


class Secret(BaseModel):
    """What Secrets Manager holds; without a name the password is that of several users."""

    model_config = ConfigDict(hide_input_in_errors=True)

    username: str | None = None
    password: SecretStr


def name(event: dict[str, Any]) -> str:
    """Return the physical id: another pool or name is another user, and the old one is removed.

    Raises:
        Refused: the properties are not as they should be.
    """
    wanted = properties(Properties, event)
    return f"{wanted.user_pool_id}/{wanted.username}"


def put(event: dict[str, Any]) -> None:
    """Make the user of an event, or give it its attributes and the secret's password again.

    Raises:
        Refused: the secret is not as it should be.
    """
    wanted = properties(Properties, event)
    rights = session(event["StackId"], "users")
    password = _password(rights, wanted)
    users = _users(rights)
    # There is one: an update, or a create that was delivered twice.
    with suppress(users.exceptions.UsernameExistsException):
        users.admin_create_user(
            UserPoolId=wanted.user_pool_id,
            Username=wanted.username,
            TemporaryPassword=password.get_secret_value(),  # or Cognito would make one up
            MessageAction="SUPPRESS",
        )
    if wanted.attributes:
        users.admin_update_user_attributes(
            UserPoolId=wanted.user_pool_id,
            Username=wanted.username,
            UserAttributes=[{"Name": key, "Value": it} for key, it in wanted.attributes.items()],
        )
    users.admin_set_user_password(
        UserPoolId=wanted.user_pool_id,
        Username=wanted.username,
        Password=password.get_secret_value(),
        Permanent=True,
    )


def remove(event: dict[str, Any]) -> None:
    """Remove the user that `name` named, if it is there."""
    pool_id, slash, username = event["PhysicalResourceId"].partition("/")
    if not slash:  # crhelper's made-up id: the properties of the create were refused
        return
    users = _users(session(event["StackId"], "users"))
    gone = users.exceptions.UserNotFoundException, users.exceptions.ResourceNotFoundException
    with suppress(*gone):
        users.admin_delete_user(UserPoolId=pool_id, Username=username)


def _password(rights: boto3.Session, wanted: Properties) -> SecretStr:
    answer = _secrets(rights).get_secret_value(SecretId=wanted.secret_arn)
    try:
        secret = Secret.model_validate(json.loads(answer["SecretString"]))
    except ValueError:  # without the cause: a JSON error quotes what it could not read
        raise Refused('The secret is not {"username", "password"}.') from None
    if secret.username not in {None, wanted.username}:
        raise Refused("The secret is for another user.")
    return secret.password


@cache
def _users(rights: boto3.Session) -> "CognitoIdentityProviderClient":
    return rights.client("cognito-idp", config=PATIENCE)


@cache
def _secrets(rights: boto3.Session) -> "SecretsManagerClient":
    return rights.client("secretsmanager", config=PATIENCE)

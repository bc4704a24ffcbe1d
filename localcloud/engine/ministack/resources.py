"""CloudFormation resource types whose handlers in MiniStack differ from AWS."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import yaml
from ministack.services import s3, secretsmanager
from ministack.services.cloudformation import provisioners

type Handler = Callable[..., Any]


def replace_handler(resource_type: str, action: str, handler: Handler) -> Handler:
    """Put `handler` in the place of MiniStack's own, which is returned.

    Raises:
        LookupError: MiniStack has no such handler: it has changed.
    """
    handlers = provisioners._RESOURCE_HANDLERS.get(resource_type, {})
    if action not in handlers:
        raise LookupError(f"{resource_type} has no {action} handler: MiniStack has changed")
    original: Handler = handlers[action]
    handlers[action] = handler
    return original


def install() -> None:
    """Put our handlers in place."""
    _install_secrets()
    _install_passwords()
    _install_state_machines()
    _install_buckets()


def _install_buckets() -> None:
    """Delete buckets as S3 does: from the disk too, and not while anything is in them."""

    def delete_bucket(physical_id: str, _: dict[str, Any]) -> None:
        status, _headers, _body = s3._delete_bucket(physical_id)
        if status == HTTPStatus.CONFLICT:
            raise ValueError("The bucket you tried to delete is not empty")

    replace_handler("AWS::S3::Bucket", "delete", delete_bucket)


def _install_state_machines() -> None:
    """Take state machine definitions in YAML too, as CloudFormation does."""
    resolve = provisioners._sfn_definition

    def resolve_definition(props: dict[str, Any]) -> str:
        definition: str = resolve(props)
        if definition.lstrip().startswith("{"):
            return definition
        return json.dumps(yaml.safe_load(definition))

    provisioners._sfn_definition = resolve_definition


def _install_secrets() -> None:
    """Make the physical id of a secret its ARN: `Ref` returns that on AWS."""
    create = provisioners._sm_secret_create
    update = provisioners._sm_secret_update
    delete = provisioners._sm_secret_delete

    def create_secret(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:  # noqa: ANN401
        _name, attributes = create(logical_id, props, stack_name)
        return attributes["Arn"], attributes

    def update_secret(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> Any:  # noqa: ANN401
        name = _secret_name(physical_id)
        _name, attributes = update(name, old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete_secret(physical_id: str, props: dict[str, Any]) -> None:
        delete(_secret_name(physical_id), props)

    replace_handler("AWS::SecretsManager::Secret", "create", create_secret)
    replace_handler("AWS::SecretsManager::Secret", "update", update_secret)
    replace_handler("AWS::SecretsManager::Secret", "delete", delete_secret)


def _install_passwords() -> None:
    """Generate secrets as GetRandomPassword does: with a character of each type included."""
    stated = provisioners._sm_secret_string

    def secret_string(props: dict[str, Any]) -> str:
        wanted = props.get("GenerateSecretString")
        return generated_secret(wanted) if wanted else str(stated(props))

    provisioners._sm_secret_string = secret_string


def generated_secret(wanted: dict[str, Any]) -> str:
    """Return a secret's string for a `GenerateSecretString`.

    Raises:
        ValueError: no password can be made as wanted.
    """
    asked = wanted | {"PasswordLength": int(wanted.get("PasswordLength", 32))}
    status, _headers, body = secretsmanager._get_random_password(asked)
    reply = json.loads(body)
    if status != HTTPStatus.OK:
        raise ValueError(reply.get("message", "No password can be generated"))
    password: str = reply["RandomPassword"]
    if "SecretStringTemplate" not in wanted:
        return password
    whole = json.loads(wanted["SecretStringTemplate"])
    return json.dumps(whole | {wanted["GenerateStringKey"]: password})


def _secret_name(arn: str) -> str:
    secrets = secretsmanager._secrets
    return next((name for name in secrets if secrets[name]["ARN"] == arn), arn)

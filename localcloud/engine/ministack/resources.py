"""CloudFormation resource types whose handlers in MiniStack differ from AWS."""

from collections.abc import Callable
from typing import Any

from ministack.services import secretsmanager
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


def _secret_name(arn: str) -> str:
    secrets = secretsmanager._secrets
    return next((name for name in secrets if secrets[name]["ARN"] == arn), arn)

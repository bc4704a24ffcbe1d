"""Stacks within stacks, where MiniStack's differ from CloudFormation's.

MiniStack takes a nested template as it stands, so that one of SAM's is full of types it does not
know; a nested stack that fails half way keeps what it has made; and in an update resources that do
not change lose their attributes.
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import engine, provisioners

from localcloud.engine.ministack import ahead
from localcloud.engine.ministack.resources import replace_handler

STACK = "AWS::CloudFormation::Stack"

type Json = dict[str, Any]


def install() -> None:
    """Put our handlers in place."""
    _install_transforms()
    _install_cleaning()
    _install_memory()


def _install_transforms() -> None:
    """Expand nested templates as templates of their own are: `AWS::Include`, then SAM.

    Only the nested stacks' handler looks the parser up when it runs; all others have it already.
    """
    parse = engine._parse_template

    def parse_and_expand(body: str) -> Json:
        template = engine._apply_transforms(parse(body))
        if isinstance(template, engine._TransformFailed):
            raise ValueError(template.error)  # noqa: TRY004 - the template is to blame
        return dict(template)

    engine._parse_template = parse_and_expand


def _install_cleaning() -> None:
    """Take away what a nested stack has made before it failed: its parent knows of nothing."""
    create = provisioners._cfn_nested_stack_create

    def create_or_clean(logical_id: str, props: Json, stack_name: str) -> Any:  # noqa: ANN401
        try:
            made = create(logical_id, props, stack_name)
        except Exception:  # whatever it is: it goes on to MiniStack
            for name in _failed(f"{stack_name}-{logical_id}-"):
                ahead.settle(cloudformation._stacks[name]["StackId"])
                provisioners._cfn_nested_stack_delete(name, props)
            raise
        ahead.settle(made[0])
        return made

    replace_handler(STACK, "create", create_or_clean)


def _install_memory() -> None:
    """Have a nested stack's resources keep their attributes through an update.

    Here too, only the nested stacks' handler looks the function up when it runs.
    """
    update = provisioners._update_resource

    def update_and_remember(
        resource_type: str,
        physical_id: str,
        old_props: Json,
        new_props: Json,
        stack_name: str,
        logical_id: str,
    ) -> Any:  # noqa: ANN401
        record = cloudformation._stacks[stack_name]["_resources"].get(logical_id, {})
        known = record.get("Attributes")
        return update(
            resource_type, physical_id, old_props, new_props, stack_name, logical_id, known
        )

    provisioners._update_resource = update_and_remember


def _failed(prefix: str) -> list[str]:
    return [
        name
        for name, stack in cloudformation._stacks.items()
        if name.startswith(prefix) and stack["StackStatus"] == "CREATE_FAILED"
    ]

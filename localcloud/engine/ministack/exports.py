"""Exports that other stacks import, which MiniStack lets an update take away or change.

CloudFormation fails such an update and rolls it back; of deleting the stack MiniStack knows it.
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

type Json = dict[str, Any]


def install() -> None:
    """Check what an update exports before it is published."""
    resolve = stacks._resolve_stack_outputs

    def resolve_and_check(*given: Any) -> tuple[list[Json], Json]:  # noqa: ANN401 - MiniStack's
        outputs, exports = resolve(*given)
        *_, stack_name, stack_id = given
        for name, before in list(cloudformation._exports.items()):
            if before["StackId"] != stack_id or exports.get(name) == before:
                continue
            importer = _importer(name, stack_name)
            if importer:
                verb = "updated" if name in exports else "deleted"
                raise ValueError(f"Export {name} cannot be {verb} as it is in use by {importer}")
            if name not in exports:
                cloudformation._exports.pop(name)
        return outputs, exports

    stacks._resolve_stack_outputs = resolve_and_check


def _importer(export: str, exporter: str) -> str | None:
    for name, stack in cloudformation._stacks.items():
        status = stack.get("StackStatus", "")
        if name == exporter or status.startswith("DELETE_") or status == "ROLLBACK_COMPLETE":
            continue
        if export in handlers._imported_export_names(stack, name):
            return str(name)
    return None

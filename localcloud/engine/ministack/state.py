"""What MiniStack's services hold in memory, as text, and whether anything is half done."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import ministack.app as ministack_app
from ministack.core import lambda_runtime, persistence
from ministack.services import cloudformation, lambda_svc, stepfunctions

SETTLED_STACK_STATES = ("REVIEW_IN_PROGRESS",)


def install() -> None:
    """Let replaced function code outlive the checkpoint that still names it."""
    lambda_svc._prune_orphan_code_blobs = _note_referenced_code


def busy() -> bool:
    """Tell whether a stack operation or a state machine is under way."""
    stacks = cloudformation._stacks._data.values()
    executions = stepfunctions._executions.all_values()
    return any(_under_way(stack) for stack in stacks) or any(
        execution.get("status") == "RUNNING" for execution in executions
    )


def _under_way(stack: Mapping[str, Any]) -> bool:
    status = str(stack.get("StackStatus", ""))
    return status.endswith("_IN_PROGRESS") and status not in SETTLED_STACK_STATES


def snapshot() -> dict[str, str]:
    """Return each service's state as JSON.

    Raises:
        RuntimeError: a worker thread changed a service's state meanwhile; try again.
    """
    states: dict[str, Callable[[], Any]] = ministack_app._build_persistence_save_dict()
    found = {name: get_state() for name, get_state in states.items()}
    return {
        name: json.dumps(state, default=persistence._json_default)
        for name, state in found.items()
        if state is not None
    }


_referenced_code: set[str] = set()
_prune_code = lambda_svc._prune_orphan_code_blobs


def _note_referenced_code(referenced: set[str]) -> None:
    _referenced_code.clear()
    _referenced_code.update(referenced)


def forget_replaced_code() -> None:
    """Remove function code the last snapshot no longer names; call it once that is saved."""
    _prune_code(set(_referenced_code))


def restore(states: Mapping[str, str]) -> None:
    """Load what `snapshot` returned."""
    for name, text in states.items():
        module = ministack_app._get_module(ministack_app._state_map[name])
        module.load_persisted_state(json.loads(text, object_hook=persistence._json_object_hook))


def stop_workers() -> None:
    """End every Lambda worker process."""
    lambda_runtime.reset()

"""What MiniStack's services hold in memory, as text, and whether anything is half done."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ministack.app as ministack_app
from ministack.core import lambda_runtime, persistence
from ministack.services import cloudformation, lambda_svc, s3, stepfunctions

from localcloud.engine.blobs import THRESHOLD_BYTES, Blobs

SETTLED_STACK_STATES = ("REVIEW_IN_PROGRESS",)
BLOB = "__blob__"


class EngineState:
    """MiniStack's state; implements `localcloud.checkpoint.Engine`."""

    def __init__(self, folder: Path) -> None:
        """Keep large values below `folder`."""
        self._blobs = Blobs(folder / "blobs")
        self._code: set[str] = set()
        self._code_names: dict[bytes, str] = {}
        self._prune_code = lambda_svc._prune_orphan_code_blobs
        self._write_code = lambda_svc._write_code_blob
        # Replaced function code must outlive the checkpoint that still names it, and an agent's
        # 100 MB are not digested anew at every one.
        lambda_svc._prune_orphan_code_blobs = self._note_code
        lambda_svc._write_code_blob = self._keep_code

    def busy(self) -> bool:
        """Tell whether a stack operation or a state machine is under way."""
        stacks = cloudformation._stacks._data.values()
        executions = stepfunctions._executions.all_values()
        return any(_under_way(stack) for stack in stacks) or any(
            execution.get("status") == "RUNNING" for execution in executions
        )

    def snapshot(self) -> dict[str, str]:
        """Return each service's state as JSON.

        Raises:
            RuntimeError: a worker thread changed a service's state meanwhile; try again.
        """
        self._blobs.begin()
        states: dict[str, Callable[[], Any]] = ministack_app._build_persistence_save_dict()
        found = {name: get_state() for name, get_state in states.items()}
        return {
            name: json.dumps(state, default=self._encode)
            for name, state in found.items()
            if state is not None
        }

    def restore(self, states: Mapping[str, str]) -> None:
        """Load what `snapshot` returned."""
        decoded = {
            name: json.loads(text, object_hook=self._decode) for name, text in states.items()
        }
        for name, state in decoded.items():
            module = ministack_app._get_module(ministack_app._state_map[name])
            module.load_persisted_state(state)
        _forget_unsaved_buckets(decoded.get("s3", {}))

    def forget_replaced(self) -> None:
        """Remove code and values the last snapshot does not name."""
        self._prune_code(set(self._code))
        self._blobs.forget_others()

    def stop_workers(self) -> None:
        """End every Lambda worker process."""
        lambda_runtime.reset()

    def _note_code(self, referenced: set[str]) -> None:
        self._code = set(referenced)
        kept = self._code_names.items()
        self._code_names = {code: name for code, name in kept if name in referenced}

    def _keep_code(self, code: bytes) -> str:
        if code not in self._code_names:
            self._code_names[code] = self._write_code(code)
        return self._code_names[code]

    def _encode(self, value: object) -> object:
        if isinstance(value, bytes) and len(value) >= THRESHOLD_BYTES:
            return {BLOB: self._blobs.keep(value)}
        return persistence._json_default(value)

    def _decode(self, value: dict[str, Any]) -> object:
        if BLOB in value:
            return self._blobs.read(value[BLOB])
        return persistence._json_object_hook(value)


def _forget_unsaved_buckets(state: Mapping[str, Any]) -> None:
    """Remove the buckets that were made after the checkpoint: unlike all else they are on disk."""
    saved = state.get("buckets_meta")
    kept = saved._data if saved is not None else {}
    for account_id, name in [place for place in s3._buckets._data if place not in kept]:
        del s3._buckets._data[account_id, name]
        shutil.rmtree(Path(s3.DATA_DIR) / account_id / name, ignore_errors=True)


def _under_way(stack: Mapping[str, Any]) -> bool:
    status = str(stack.get("StackStatus", ""))
    return status.endswith("_IN_PROGRESS") and status not in SETTLED_STACK_STATES

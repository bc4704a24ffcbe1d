"""A new stack's custom resources and nested stacks, several at a time.

CloudFormation makes at once what does not depend on one another; MiniStack makes one resource after
the other. Most take no time. Those that wait for somebody are begun here as soon as what they
depend on is there, before MiniStack comes to them; when it does, it is given what has come of them.
Its order is changed too: first what takes no time, so that more can be begun together.
"""

import asyncio
import contextlib
import contextvars
import copy
import heapq
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, Final

from ministack.core.responses import now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

AT_ONCE: Final = 3
"""How many of a stack are under way: their waits overlap, and a laptop has few processors."""
CUSTOM, STACK = "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack"
DYNAMIC: Final = "{{resolve:"
IN_PROGRESS, COMPLETE, FAILED = "CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_FAILED"

type Json = dict[str, Any]
type Made = tuple[tuple[str, Json], str]
"""Physical id and attributes, and MiniStack's seed of a name."""

_provision_one: Callable[..., tuple[str, Json]] = provisioners._provision_resource
_deploy_one_by_one: Callable[..., Awaitable[None]] = stacks._deploy_stack_async
_roll_back: Callable[..., Awaitable[None]] = stacks._roll_back_operation
_provision: Callable[..., Made] = stacks._provision_keeping_seed
_run: Callable[..., Awaitable[Any]] = stacks.run_reentrant
_add_event: Callable[..., None] = stacks._add_event
_sort: Callable[[Json, Json], list[str]] = engine._topological_sort


@dataclass
class Operation:
    """The creation of one stack. `resources` are MiniStack's own records of what is made."""

    name: str
    stack_id: str
    template: Json
    params: Json
    tags: list[Json]
    resources: Json
    begun: dict[str, Future[Made]] = field(default_factory=dict)
    properties: dict[str, Json] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Leave out what a condition leaves out."""
        self.conditions: Json = engine._evaluate_conditions(self.template, self.params)
        defined: Json = self.template.get("Resources", {})
        self.defined = {name: defined[name] for name in _sort(defined, self.conditions)}

    def reach(self, logical_id: str) -> Future[Made]:
        """Begin what can be begun, the resource that MiniStack has come to in any case."""
        self.left.discard(logical_id)
        if logical_id not in self.begun:
            self._begin(logical_id)
        under_way = sum(not future.done() for future in self.begun.values())
        for name, _ in zip(self._ready(), range(AT_ONCE - under_way), strict=False):
            _add_event(self.stack_id, self.name, name, self.defined[name]["Type"], IN_PROGRESS)
            self.left.add(name)
            self._begin(name)
        return self.begun[logical_id]

    def settle(self) -> list[str]:
        """Wait for what MiniStack has not come to, and record it; return what was made of it."""
        left, self.left = sorted(self.left), set()
        wait([self.begun[name] for name in left])
        return [name for name in left if self._record(name)]

    def _ready(self) -> Iterator[str]:
        for name, definition in self.defined.items():
            if (
                _waits(definition.get("Type", ""))
                and name not in self.begun
                and name not in self.resources
            ):
                needed = engine._extract_deps(definition, self.defined.keys())
                if needed <= self.resources.keys() and DYNAMIC not in str(definition):
                    yield name

    def _begin(self, logical_id: str) -> None:
        kind = self.defined[logical_id]["Type"]
        self.properties[logical_id] = stated = self._stated(logical_id)
        tagged = stacks._with_stack_tags(
            kind, stated, self.tags, self.name, self.stack_id, logical_id
        )
        self.begun[logical_id] = _in_a_thread(_provision, kind, logical_id, tagged, self.name)

    def _stated(self, logical_id: str) -> Json:
        found: Json = engine._resolve_refs(
            copy.deepcopy(self.defined[logical_id].get("Properties", {})),
            self.resources,
            self.params,
            self.conditions,
            self.template.get("Mappings", {}),
            self.name,
            self.stack_id,
        )
        return {name: value for name, value in found.items() if value is not engine._NO_VALUE}

    def _record(self, logical_id: str) -> bool:
        """Keep a resource that nobody has asked for, to be deleted; tell whether it was made."""
        kind, error = self.defined[logical_id]["Type"], self.begun[logical_id].exception()
        if error is not None:
            _add_event(self.stack_id, self.name, logical_id, kind, FAILED, str(error))
            return False
        (physical_id, attributes), _seed = self.begun[logical_id].result()
        self.resources[logical_id] = {
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "ResourceStatus": COMPLETE,
            "LogicalResourceId": logical_id,
            "Properties": self.properties[logical_id],
            "Attributes": attributes,
            "Timestamp": now_iso(),
        }
        _add_event(self.stack_id, self.name, logical_id, kind, COMPLETE, physical_id=physical_id)
        return True


_operations: dict[str, Operation] = {}
"""By stack id, while stacks are created."""


def install() -> None:
    """Put our functions in the places of MiniStack's."""
    for module in (changesets, handlers, stacks):
        module._deploy_stack_async = _deploy
    for module in (engine, stacks):
        module._topological_sort = sort
    stacks._add_event = _add_event_once
    stacks.run_reentrant = _run_ahead
    stacks._roll_back_operation = _settle_and_roll_back
    provisioners._provision_resource = _provision_nested


def settle(stack_id: str) -> list[str]:
    """End a stack's creation; return what was made of what MiniStack has not come to."""
    operation = _operations.pop(stack_id, None)
    return operation.settle() if operation else []


def sort(resources: Json, conditions: Json) -> list[str]:
    """Return the names of resources, each after those it needs, and if possible after the quick.

    Raises:
        ValueError: some need each other.
    """
    names = _sort(resources, conditions)
    missing = {name: engine._extract_deps(resources[name], set(names)) - {name} for name in names}
    ready = [_turn(resources, name) for name in names if not missing[name]]
    heapq.heapify(ready)
    found: list[str] = []
    while ready:
        _, name = heapq.heappop(ready)
        found.append(name)
        for other, needed in missing.items():
            if name in needed:
                needed.discard(name)
                if not needed:
                    heapq.heappush(ready, _turn(resources, other))
    return found


def _turn(resources: Json, name: str) -> tuple[bool, str]:
    return _waits(resources[name].get("Type", "")), name


def _waits(resource_type: str) -> bool:
    return resource_type.startswith("Custom::") or resource_type in {CUSTOM, STACK}


async def _deploy(
    name: str,
    stack_id: str,
    template: Json,
    params: Json,
    *args: Any,  # noqa: ANN401  # MiniStack's own
    **how: Any,  # noqa: ANN401
) -> None:
    if not how.get("is_update") and not how.get("imports"):
        with contextlib.suppress(ValueError):  # a template that cannot be: MiniStack says so
            stack = cloudformation._stacks[name]
            _operations[stack_id] = Operation(
                name, stack_id, template, params, stack.get("Tags") or [], stack["_resources"]
            )
    try:
        await _deploy_one_by_one(name, stack_id, template, params, *args, **how)
    finally:
        made = await asyncio.to_thread(settle, stack_id)
    if made:  # it has failed, and is not rolled back
        cloudformation._stacks[name]["_failed_operation"]["created"] += made


async def _settle_and_roll_back(
    name: str,
    stack_id: str,
    stack: Json,
    operation: Json,
    *args: Any,  # noqa: ANN401
) -> None:
    operation["created"] += await asyncio.to_thread(settle, stack_id)
    await _roll_back(name, stack_id, stack, operation, *args)


async def _run_ahead(work: Callable[..., Any], *args: Any, **options: Any) -> Any:  # noqa: ANN401
    if work is _provision:
        _, logical_id, _, name = args
        operation = _operations.get(cloudformation._stacks[name]["StackId"])
        if operation is not None:
            return await asyncio.wrap_future(operation.reach(logical_id))
    return await _run(work, *args, **options)


def _provision_nested(kind: str, logical_id: str, props: Json, name: str) -> tuple[str, Json]:
    stack = cloudformation._stacks.get(name, {})
    if not _waits(kind) or stack.get("StackStatus") != IN_PROGRESS:
        return _provision_one(kind, logical_id, props, name)
    if stack["StackId"] not in _operations:
        _operations[stack["StackId"]] = Operation(
            name,
            stack["StackId"],
            stack["_template"],
            stack["_resolved_params"],
            stack["Tags"],
            stack["_resources"],
        )
    made, _seed = _operations[stack["StackId"]].reach(logical_id).result()
    return made


def _add_event_once(
    stack_id: str, name: str, logical_id: str, kind: str, status: str, *more: str, **named: str
) -> None:
    operation = _operations.get(stack_id)
    if operation is None or status != IN_PROGRESS or logical_id not in operation.left:
        _add_event(stack_id, name, logical_id, kind, status, *more, **named)


def _in_a_thread(work: Callable[..., Made], *args: Any) -> Future[Made]:  # noqa: ANN401
    """Begin work that may call this cloud: a thread of its own, as MiniStack's `run_reentrant`."""
    future: Future[Made] = Future()
    future.set_running_or_notify_cancel()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            future.set_result(context.run(work, *args))
        except BaseException as error:  # noqa: BLE001  # whoever asks for the result gets it
            future.set_exception(error)

    threading.Thread(target=run, daemon=True, name="ministack-ahead").start()
    return future

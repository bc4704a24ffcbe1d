"""Decide calls by the policies of an engine, fast where there are many of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

import cedarpy

from policy.cedar import Answer, ask, described, entities, foresee
from policy.errors import SchemaMismatch, UnknownTool
from policy.index import Index
from policy.kept import Kept
from policy.model import (
    DENIED_BY_DEFAULT,
    Decision,
    JsonObject,
    Policy,
    Principal,
    References,
    ToolSchema,
)
from policy.references import references
from policy.schema import context_of
from policy.statement import check_statement
from policy.trees import ACTION, handle, parts
from policy.types import RecordOf, input_type
from policy.unknowns import Unknown

SETS_KEPT: Final = 1024
"""Parsed sets of policies, and callers with a tool, that are kept: those used last."""

_NO_INPUT: Final = RecordOf({})

type _Ids = tuple[str, ...]


class Decider:
    """The policies of an engine, for one gateway. One thread at a time may ask it."""

    def __init__(
        self, policies: Sequence[Policy], gateway_arn: str, tools: Sequence[ToolSchema]
    ) -> None:
        """Take the policies and the tools of the gateway.

        Raises:
            UnparsableStatement: a statement is not exactly one policy.
        """
        self._gateway_arn = gateway_arn
        self._inputs = {tool.name: input_type(tool.input_schema) for tool in tools}
        self._nodes = {p.policy_id: check_statement(p.statement).node for p in policies}
        enforced = {p.policy_id: self._nodes[p.policy_id] for p in policies if p.enforced}
        watched = {k: node for k, node in self._nodes.items() if k not in enforced}
        self._enforced = Index(enforced, gateway_arn)
        self._watched = {
            effect: Index({k: n for k, n in watched.items() if n.effect == effect}, gateway_arn)
            for effect in ("permit", "forbid")
        }
        self._by_action = {k for k, node in enforced.items() if ACTION in parts(node.clauses)}
        self._sets = Kept[_Ids, cedarpy.PolicySet](SETS_KEPT)
        self._open = Kept[_Ids, cedarpy.PolicySet](SETS_KEPT)
        self._known = Kept[tuple[object, ...], cedarpy.Entities](SETS_KEPT)

    @property
    def tools(self) -> frozenset[str]:
        """Return the names of the tools that are decided on."""
        return frozenset(self._inputs)

    def decide(
        self, principal: Principal, tool: str, arguments: JsonObject, now: datetime
    ) -> Decision:
        """Decide on a call. Arguments that do not fit the tool's types are denied.

        Raises:
            UnknownTool: the gateway has no such tool.
        """
        if tool not in self._inputs:
            raise UnknownTool(f"no tool named {tool}")
        try:
            context = context_of(self._inputs[tool], arguments, now)
        except SchemaMismatch as error:
            return Decision(False, (), DENIED_BY_DEFAULT, (str(error),))
        return self._judged(principal, tool, context)

    def listable(self, principal: Principal, now: datetime) -> frozenset[str]:
        """Return the tools of which some call could still be permitted.

        A tool is left out only where no input at all could be.
        """
        seen: dict[tuple[_Ids, str], bool] = {}
        found = set()
        for tool in self._inputs:
            slice_ = self._enforced.slice(tool, principal)
            key = (slice_, "" if self._by_action.isdisjoint(slice_) else tool)
            if key not in seen:
                seen[key] = self._may_be_allowed(slice_, principal, tool, now)
            if seen[key]:
                found.add(tool)
        return frozenset(found)

    @cached_property
    def referenced(self) -> References:
        """Return which tags and arguments the policies mention."""
        indexes = [self._enforced, *self._watched.values()]
        return references(
            {
                tool: [each.node for index in indexes for each in index.on(tool)]
                for tool in self._inputs
            },
            self._inputs,
        )

    def _judged(self, principal: Principal, tool: str, context: JsonObject) -> Decision:
        """Let Cedar decide, and look on what LOG_ONLY policies would do."""
        indexes = (self._enforced, *self._watched.values())
        slices = [index.slice(tool, principal) for index in indexes]
        answers = [(ids, self._answer(ids, principal, tool, context)) for ids in slices]
        (enforced, answer), *watched = answers
        determining = tuple(each for each in enforced if each in answer.applied)
        return Decision(
            allowed=answer.allowed,
            determining=determining,
            reason="" if answer.allowed else _reason(determining),
            errors=_errors(answers),
            log_only=tuple(i for ids, found in watched for i in ids if i in found.applied),
        )

    def _answer(self, ids: _Ids, principal: Principal, tool: str, context: JsonObject) -> Answer:
        if not ids:
            return Answer(False, frozenset(), ())
        policies = self._sets.get(ids, lambda: self._handle(ids))
        known = self._entities(principal, tool)
        return ask(policies, known, principal, tool, self._gateway_arn, context)

    def _may_be_allowed(self, ids: _Ids, principal: Principal, tool: str, now: datetime) -> bool:
        if not any(self._nodes[each].effect == "permit" for each in ids):
            return False
        policies = self._open.get(ids, lambda: self._left_open(ids))
        known = self._entities(principal, tool)
        context = context_of(_NO_INPUT, {}, now)
        return foresee(policies, known, principal, tool, context) is not False

    def _left_open(self, ids: _Ids) -> cedarpy.PolicySet:
        unknown = Unknown(self._gateway_arn, is_input=lambda _name: True)
        return handle({each: unknown.left_open(self._nodes[each]) for each in ids})

    def _handle(self, ids: _Ids) -> cedarpy.PolicySet:
        return handle({each: self._nodes[each] for each in ids})

    def _entities(self, principal: Principal, tool: str) -> cedarpy.Entities:
        key = (principal.kind, principal.id, tuple(sorted(principal.tags.items())), tool)
        return self._known.get(key, lambda: entities(principal, tool))


def _reason(determining: _Ids) -> str:
    if not determining:
        return DENIED_BY_DEFAULT
    return f"Policy evaluation denied due to {determining[0]}"


def _errors(answers: Sequence[tuple[_Ids, Answer]]) -> tuple[str, ...]:
    return tuple(described(each, ids) for ids, answer in answers for each in answer.failed)

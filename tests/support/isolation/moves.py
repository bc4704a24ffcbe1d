"""What people do, as values: who, what, with which of the things that lie about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.isolation.canaries import leaked
from tests.support.isolation.people import Person
from tests.support.isolation.world import World

type Json = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One move. `pick` says which of all there is to use; `astray`: of what is another's."""

    who: Person
    move: str
    pick: int
    astray: bool


@dataclass(frozen=True)
class Exchange:
    """What was asked and answered. `may` says what had to become of it, where that is known."""

    asked: Json
    reply: Any
    refused: bool
    may: bool | None = None


type Move = Callable[[World, Step], Exchange]


def found[T](world: World, kind: str, step: Step, otherwise: T) -> T:
    """Return something of a kind that was got hold of: by the one who moves, or by another."""
    lying = [what for whose, what in world.loot[kind] if (whose != step.who.tenant) is step.astray]
    return lying[step.pick % len(lying)] if lying else otherwise


def lost(world: World, kind: str, step: Step, what: object) -> None:
    """Let something that the one who moves has got be found by all."""
    if what is not None:
        world.loot[kind].append((step.who.tenant, what))


def check(step: Step, exchange: Exchange) -> None:
    """Tell whether a reply is one that this person may have."""
    said = f"{step.who.name} of {step.who.home}: {step}, {exchange}"
    assert leaked(exchange.reply, exchange.asked, step.who.reads) == [], said
    assert exchange.may is None or exchange.refused is not exchange.may, said


def check_alone(world: World, step: Step, move: Move) -> None:
    """Make a move while nobody else does, and see that nothing comes of one that is refused."""
    world.settle()
    before = world.effects()
    exchange = move(world, step)
    check(step, exchange)
    if exchange.refused:
        world.settle()
        assert world.effects() == before, f"{step} was refused, and had an effect"

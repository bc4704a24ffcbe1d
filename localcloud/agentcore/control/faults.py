"""Troubles to order: gateways that stay in CREATING, or fail. In memory, for tests of clients."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What happens to a gateway that is created."""

    HOLD = "HOLD"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Fault:
    """What happens to the next `times` gateways of one name. `reasons` are statusReasons."""

    effect: Effect
    times: int = 1
    reasons: tuple[str, ...] = ()


class Faults:
    """The troubles ordered, by gateway name, and the gateways that are held."""

    def __init__(self) -> None:
        """Start without any."""
        self._ordered: dict[str, Fault] = {}
        self._met: dict[str, Fault] = {}
        self._names: dict[str, str] = {}
        self._listeners: list[Callable[[], None]] = []

    def order(self, gateway_name: str, fault: Fault) -> None:
        """Let `fault` befall the next gateways of this name, instead of what was ordered before."""
        self._ordered[gateway_name] = fault

    def lift(self, gateway_name: str) -> None:
        """Take back what was ordered for this name and let its held gateways go on."""
        self._ordered.pop(gateway_name, None)
        for gateway_id in [key for key, name in self._names.items() if name == gateway_name]:
            self.forget(gateway_id)
        for listener in self._listeners:
            listener()

    def ordered(self) -> dict[str, Fault]:
        """Return what is still to befall, by gateway name."""
        return dict(self._ordered)

    def held(self) -> tuple[str, ...]:
        """Return the ids of the gateways that are held in CREATING."""
        return tuple(key for key, fault in self._met.items() if fault.effect is Effect.HOLD)

    def meet(self, gateway_id: str, gateway_name: str) -> Fault | None:
        """Return what befalls a gateway that is being created: the same each time it is asked."""
        if gateway_id in self._met:
            return self._met[gateway_id]
        fault = self._ordered.pop(gateway_name, None)
        if fault is None:
            return None
        if fault.times > 1:
            self._ordered[gateway_name] = Fault(fault.effect, fault.times - 1, fault.reasons)
        self._met[gateway_id] = fault
        self._names[gateway_id] = gateway_name
        return fault

    def forget(self, gateway_id: str) -> None:
        """Let a gateway go: it is deleted, or its fault is lifted."""
        self._met.pop(gateway_id, None)
        self._names.pop(gateway_id, None)

    def when_lifted(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a fault is lifted."""
        self._listeners.append(listener)

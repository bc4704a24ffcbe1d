"""What is costly to make, as long as there is room for it."""

from collections import OrderedDict
from collections.abc import Callable


class Kept[K, V]:
    """What was used last, by key. One thread at a time may use it."""

    def __init__(self, size: int) -> None:
        """Take how many to keep."""
        self._size = size
        self._made: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what was made for a key, or make it."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        made = self._made[key] = make()
        if len(self._made) > self._size:
            self._made.popitem(last=False)
        return made

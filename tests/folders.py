"""Question folders to break: copies of the shipped one, edited like a person would."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from hourglass import case
from hourglass.case import Case
from hourglass.errors import InputError, Problem

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "priors" / "belarus"
PLACE = "priors/belarus"
TODAY = date(2026, 11, 22)

ITEM = {
    "id": '"it"',
    "date": "2022-12-19",
    "known": "2022-12-20",
    "claim": '"A visit."',
    "source": '{ title = "News", url = "", date = 2022-12-20 }',
}
GRADED = ITEM | {"grade": '"B2"', "origin": '"news"'}
RATIO = '{ q05 = 1.1, q50 = 1.5, q95 = 3, because = "Common." }'
KEYS: Mapping[str, Mapping[str, str]] = {
    "reading": GRADED | {"driver": '"pressure"', "level": "1.5"},
    "event": GRADED | {"kind": '"refusal"', "episode": '"winter"'},
    "warning": GRADED | {"window_months": "3", "found": "true", "ratio": RATIO},
    "note": ITEM,
    "retraction": {"id": '"back"', "known": "2023-01-20", "of": '"it"', "why": '"Withdrawn."'},
}


def entry(kind: str, /, **changes: str | None) -> str:
    """Write a sound entry with some keys changed; values are as in the file, None leaves a key out."""
    keys = {**KEYS[kind], **changes}
    return f"\n[[{kind}]]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None)


def variant(**beliefs: str) -> str:
    """Write a sound variant of some beliefs: their quantiles by path, as lines of the file."""
    reasons = "because = 'As they hold.'\nsource = 'judgement'\ndate = 2026-11-22\nauthor = 'They'\n"
    tables = "".join(f"\n[{path}]\n{lines}\n{reasons}" for path, lines in beliefs.items())
    return f"schema = 1\ntitle = 'Theirs'\nbecause = 'For comparison.'\n{tables}"


@dataclass(frozen=True)
class Folder:
    """A question folder of one's own."""

    path: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first match of a pattern, which must be there."""
        text, count = re.subn(old, new, (self.path / file).read_text(), count=1, flags=re.MULTILINE)
        assert count == 1, f"{old!r} is not in {file}"
        (self.path / file).write_text(text)

    def append(self, file: str, text: str) -> None:
        with (self.path / file).open("a") as stream:
            stream.write(text)

    def write(self, file: str, text: str) -> None:
        (self.path / file).parent.mkdir(exist_ok=True)
        (self.path / file).write_text(text)

    def ledger(self, *entries: str, file: str = "2022.toml") -> None:
        """Write a file of evidence."""
        self.write(f"evidence/{file}", "schema = 1\n" + "".join(entries))

    def load(self) -> Case:
        return case.load(self.path, PLACE, TODAY)

    def problems(self) -> tuple[Problem, ...]:
        """Load what must be faulty and return its faults."""
        with pytest.raises(InputError) as refusal:
            self.load()
        assert refusal.value.exit_code == 2
        return refusal.value.problems

    def problem(self) -> str:
        """Load what must hold one fault, and return it without the folder's name."""
        found = [str(problem).removeprefix(f"{PLACE}/") for problem in self.problems()]
        assert len(found) == 1, found
        return found[0]


def copied(where: Path, *, evidence: bool = False) -> Folder:
    """Copy the shipped folder; without `evidence` its ledger is empty."""
    left_out = None if evidence else shutil.ignore_patterns("evidence")
    return Folder(Path(shutil.copytree(SHIPPED, where / "belarus", ignore=left_out)))

"""The command line in the process of a test, on a fixed day, with draws from the priors for fits."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from test_forecaster import Fits, prior_fit

from hourglass import cli, estimate, options, report_commands


class Clock(date):
    """A calendar on which today is always the day that the tests were written."""

    @classmethod
    def today(cls) -> "Clock":
        return cls(2026, 11, 22)


@dataclass(frozen=True)
class Told:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Told]
AS_OF = ("--as-of", "2023-01-26")


def runner(capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, *, reports: bool = False) -> Run:
    """Return the command line in this process; it writes reports only where a test is about them."""
    patch.setattr(options, "date", Clock)
    if not reports:
        patch.setattr(report_commands, "publish", lambda *_: None)
    patch.setenv("COLUMNS", "250")

    def run(*words: str) -> Told:
        patch.setattr(sys, "argv", ["hourglass", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return Told(int(left.value.code or 0), out, err)

    return run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the command line, run in this process."""
    return runner(capsys, monkeypatch)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    """Return the stand-in that every forecast of the test uses for a fit."""
    stand_in = Fits(prior_fit(), prior_fit())
    monkeypatch.setattr(estimate, "fit", stand_in.fit)
    return stand_in


def numbers(told: object) -> Iterator[float]:
    """Every number in a JSON value."""
    match told:
        case dict():
            for part in told.values():
                yield from numbers(part)
        case list():
            for part in told:
                yield from numbers(part)
        case bool():
            return
        case int() | float():
            yield told

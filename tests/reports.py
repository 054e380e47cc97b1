"""Reports to look at in tests: of draws from the priors, with claims that try to break out of a page."""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import folders
import numpy as np
import pytest
from test_forecaster import Fits, made, prior_fit

from hourglass import estimate, reporting, summary, verdict, workspace
from hourglass.case import Case
from hourglass.summary import Forecast
from hourglass.wish import Wish

SCRIPT = "<script>document.title = 'broken'</script></script><img src=x onerror=alert(1)> & &amp;"
CYRILLIC = "Минск заявил: «войска не пойдут» — 'нет' \"нет\" `нет` | нет"
HEBREW = "\u202eמינסק הודיעה‎: לא\u202c"  # noqa: RUF001
LONG = "long " * 400
CLAIMS = {"script": SCRIPT, "cyrillic": CYRILLIC, "hebrew": HEBREW, "long": LONG.strip()}
UNSAFE = "javascript:document.title='broken'"
STORY = "The same wire told of it again, part {}, at a length that leaves no room for every part of it."
STORIES = 8
"""Readings of one origin: with the others more changes than are told one by one."""
RATIO = '{ q05 = 10, q50 = 20, q95 = 40, because = "Seldom without." }'
SOURCE = '{ title = "<b>News</b>", url = "https://example.org/a?b=1&c=<d>\\"e", date = 2022-12-20 }'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def entries() -> Iterator[str]:
    """Readings whose claims are hostile, one whose link would run, and many of one origin."""
    for name, claim in CLAIMS.items():
        stated = {"id": f'"{name}"', "origin": f'"{name}"', "claim": _quoted(claim), "source": SOURCE}
        yield folders.entry("reading", **stated)
    unsafe = f'{{ title = "Run me", url = "{UNSAFE}", date = 2022-12-20 }}'
    yield folders.entry("reading", id='"unsafe"', origin='"unsafe"', claim='"Unsafe."', source=unsafe)
    for day in range(1, STORIES + 1):
        told = {"id": f'"wire-{day}"', "origin": '"wire"', "claim": _quoted(STORY.format(day))}
        yield folders.entry("reading", date=f"2022-12-0{day}", source=SOURCE, **told)
    # Its window has passed, yet what is to be watched for quotes it, and P answers to it most of all.
    sign = {"id": '"sign"', "origin": '"sign"', "claim": _quoted(f"Sign: {CYRILLIC}"), "ratio": RATIO}
    yield folders.entry("warning", date="2022-06-01", known="2022-06-02", **sign)


@contextmanager
def without_sampler(passing: bool = True) -> Iterator[None]:
    """Take draws from the priors for every fit, which passes or diverges once."""
    draws = prior_fit()
    if not passing:
        diverging = np.zeros((4, 500))
        diverging[1, 7] = 1
        draws = replace(draws, stats={**draws.stats, "diverging": diverging})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(draws, draws).fit)
        yield


@contextmanager
def doubting(hidden: list[Forecast]) -> Iterator[None]:
    """Let every fit pass and no chance do, its error held against a hundred thousandth of it.

    Forecasts whose numbers are withheld are kept, numbers and all, in `hidden`.
    """

    def withhold(made: Forecast) -> Forecast:
        hidden.append(made)
        return WITHHELD(made)

    with without_sampler(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdict, "ABSOLUTE_MCSE", 0.0)
        patch.setattr(verdict, "RELATIVE_MCSE", 1e-5)
        patch.setattr(summary, "withheld", withhold)
        yield


WITHHELD = summary.withheld


@dataclass(frozen=True)
class Report:
    """A report that was published, and what it is of."""

    root: Path
    case: Case
    told: Forecast
    folder: Path

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@cache
def _place() -> Path:
    kept = tempfile.TemporaryDirectory(prefix="hourglass-reports-")
    _KEPT.append(kept)
    return Path(kept.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _published(root: Path, how: AbstractContextManager[None], *, earlier: bool) -> Report:
    """Publish a report, of draws that `how` tells, on a forecast with an `earlier` one before it or none."""
    mine = folders.copied(root / "priors")
    with how:
        if earlier:
            mine.ledger(folders.entry("reading", id='"visit"', origin='"visit"'))
            made(mine.load(), root, 1, 12)
        mine.ledger(folders.entry("reading", id='"visit"', origin='"visit"'), *entries())
        case = mine.load()
        told = made(case, root, 1, 3, 6, 12)
        space = workspace.find(root, root)
        return Report(root, case, told, reporting.report(case, told, Wish(), space, print))


@cache
def believed() -> Report:
    """Publish a report on a forecast that passes its checks, with an earlier one to compare with."""
    return _published(_place() / "believed", without_sampler(), earlier=True)


@cache
def withheld() -> Report:
    """Publish a report on a forecast whose fit fails a check, so that no chance is ever made."""
    return _published(_place() / "withheld", without_sampler(passing=False), earlier=False)


@cache
def doubted() -> tuple[Report, Forecast]:
    """Publish a report on a forecast whose chances fail their checks; also what it withholds."""
    hidden: list[Forecast] = []
    report = _published(_place() / "doubted", doubting(hidden), earlier=False)
    return report, hidden[-1]

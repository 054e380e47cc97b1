"""What evidence is worth: reprints of one origin weigh little more than one, by hand."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import folders
import numpy as np
import pytest

from hourglass import assembly, information, likelihood, parameters, prediction
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Labels, Panel
from hourglass.parameters import Layout
from hourglass.simulation import Truth

AS_OF = date(2023, 1, 26)
Medians = Callable[[Mapping[str, float]], Array]


def reading(number: int, origin: str, **changes: str) -> str:
    """Write a reading in a month of its own."""
    keys = {"id": f'"r{number}"', "date": f"2022-{number:02d}-10", "claim": f'"Claim {number}."'}
    return folders.entry("reading", **keys | {"origin": f'"{origin}"', "grade": '"A1"'} | changes)


def worth(where: Path, medians: Medians, *entries: str, origin_sd: float = 0.5) -> float:
    """Effective items of a ledger, with A1 noise of 0.4 and a shared error of `origin_sd`."""
    mine = folders.copied(where)
    mine.ledger(*entries)
    case = mine.load()
    theta = medians({"grades.letters.A.noise": 0.4, "grades.origin": origin_sd})
    p = parameters.unpack(NUMPY, theta[None], parameters.layout(case.question))
    return information.effective_items(case, AS_OF, *assembly.build(case, AS_OF), p)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_readings_of_one_origin_are_worth_less_than_as_many(tmp_path: Path, medians: Medians, n: int) -> None:
    # n / (s^2 + n o^2) together, 1 / (s^2 + o^2) alone, with s = 0.4 and o = 0.5.
    expected = n * (0.16 + 0.25) / (0.16 + n * 0.25)
    found = worth(tmp_path, medians, *(reading(i, "one") for i in range(1, n + 1)))
    assert found == pytest.approx(expected, abs=0.006)


def test_readings_without_a_shared_error_count_in_full(tmp_path: Path, medians: Medians) -> None:
    told = [reading(i, "one") for i in (1, 2, 3)]
    assert worth(tmp_path, medians, *told, origin_sd=1e-6) == 3.0


def test_readings_of_different_origins_count_in_full(tmp_path: Path, medians: Medians) -> None:
    assert worth(tmp_path, medians, *(reading(i, f"o{i}") for i in (1, 2, 3))) == 3.0


def test_reprints_of_one_month_are_one_reading(tmp_path: Path, medians: Medians) -> None:
    told = [reading(i, "one", date=f"2022-03-{i:02d}") for i in (1, 2, 3)]
    assert worth(tmp_path, medians, *told) == 1.0


def test_a_weightless_reading_is_worth_nothing(tmp_path: Path, medians: Medians) -> None:
    assert worth(tmp_path, medians, reading(1, "one", grade='"F6"')) == 0.0


def test_an_episode_counts_once(tmp_path: Path, medians: Medians) -> None:
    told = [folders.entry("event", id=f'"e{i}"', origin=f'"o{i}"') for i in (1, 2)]
    assert worth(tmp_path, medians, *told) == 1.0


def test_open_warnings_of_one_origin_count_once_and_closed_ones_not(tmp_path: Path, medians: Medians) -> None:
    told = [folders.entry("warning", id=f'"w{i}"', claim=f'"Seen {i}."') for i in (1, 2)]
    assert worth(tmp_path / "open", medians, *told) == 1.0
    past = folders.entry("warning", date="2022-06-01")
    assert worth(tmp_path / "past", medians, past) == 0.0


# Each item given the rest


@pytest.fixture
def labels(case: Case) -> Labels:
    return assembly.build(case, AS_OF)[1]


@pytest.fixture
def draws(layout: Layout, labels: Labels, prior_draws: list[Truth]) -> Draws:
    return prediction.as_draws(layout, labels, prior_draws)


def without(panel: Panel, i: int) -> Panel:
    """Panel without one reading."""
    names = ("state", "level", "letter", "number", "block")
    left: dict[str, Any] = {f"reading_{n}": np.delete(getattr(panel, f"reading_{n}"), i) for n in names}
    return replace(panel, **left)


def test_each_item_of_the_panel_has_a_density(case: Case, panel: Panel, labels: Labels, draws: Draws) -> None:
    each = information.item_log_likelihood(case, panel, labels, draws)
    names = [*labels.reading, *labels.episode, *labels.poll, *labels.count, *labels.level]
    assert list(each) == names
    assert all(table.shape == (1, 6) and np.isfinite(table).all() for table in each.values())


def test_a_reading_given_the_rest_is_what_it_adds_to_its_block(
    tmp_path: Path, layout: Layout, draws: Draws
) -> None:
    mine = folders.copied(tmp_path)
    told = [reading(i, "one", level=f"{i / 2}") for i in (1, 2, 3)] + [reading(i, "two") for i in (4, 5)]
    mine.ledger(*told)
    case = mine.load()
    panel, labels = assembly.build(case, AS_OF)
    assert sorted(np.bincount(panel.reading_block)) == [2, 3]
    flat = draws.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    each = information.item_log_likelihood(case, panel, labels, draws)
    whole = likelihood.readings(NUMPY, p, panel, x)
    for i, name in enumerate(labels.reading):
        rest = likelihood.readings(NUMPY, p, without(panel, i), x)
        added = (whole - rest)[:, panel.reading_block[i]]
        np.testing.assert_allclose(each[name].ravel(), added, atol=1e-9, err_msg=name)

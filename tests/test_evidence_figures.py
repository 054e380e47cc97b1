"""Figures of the evidence: every item at its place, steps that add up, nothing and very much of it."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from test_figures import HOSTILE, drawn, mark
from test_forecast_figures import rows, sound
from test_forecaster import AS_OF, prior_fit

from hourglass import assembly, evidence_exhibits, evidence_figures
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.evidence_exhibits import Claim, Mark, Path, Report, Step, Track, Walk
from hourglass.figures import Figure
from hourglass.forecast_exhibits import Spread
from hourglass.ledger import Event, Reading, Sighting

MONTHS = tuple(date(2023, month, 1) for month in (1, 2, 3))
FLAT = Spread(-1, -0.5, 0, 0.5, 1)


def path(*marks: Mark) -> Path:
    return Path("push", "Push", MONTHS, (FLAT,) * 3, marks)


def test_a_reading_stands_at_its_level_with_what_is_known_of_it() -> None:
    told = evidence_figures.driver(path(replace(mark("A visit."), value=1.5)))
    (row,) = rows(told, "claim")
    stated = {"day": "2023-01-26", "value": 1.5, "at": "+1.5", "grade": "B2", "origin": "origin",
              "claim": "A visit.", "link": "https://example.org/", "letter": "B"}  # fmt: skip
    assert stated.items() <= row.items()
    assert told.words.startswith(
        "Push, January 2023 to March 2023: at the end median +0.0, 90 % interval -1.0 to +1.0; 1 "
    )


def hovers(told: Figure) -> list[list[str]]:
    """Fields of each hover of a figure."""
    layers = told.spec["layer"]
    return [[one["field"] for one in layer["encoding"].get("tooltip", [])] for layer in layers]


def test_a_hover_shows_what_there_is_and_nothing_empty() -> None:
    linked, bare = mark(), replace(mark(url=""), value=2.0)
    *_, with_link, without = hovers(evidence_figures.driver(path(linked, bare)))
    assert with_link == ["claim", "day of it", "at", "grade", "origin", "link"]
    assert without == ["claim", "day of it", "at", "grade", "origin"]
    point = replace(bare, grade="", origin="Viasna", claim="Viasna")
    *_, shown = hovers(evidence_figures.series(Track("s", "S", "men", share=False, marks=(point,))))
    assert shown == ["source", "day of it", "at"]


def test_a_doubted_report_is_small_and_one_without_weight_hollow() -> None:
    sure, doubted = replace(mark(), grade="A1"), replace(mark(), grade="A5", value=2.0)
    hollow = replace(mark(), grade="F6", value=3.0, weighs=False)
    first, second, third = rows(evidence_figures.driver(path(sure, doubted, hollow)), "claim")
    assert float(str(first["size"])) > float(str(second["size"]))
    assert (first["fill"] == "transparent", third["fill"]) == (False, "transparent")


@pytest.mark.parametrize("count", [0, 1, 40])
def test_any_number_of_items_in_a_month_can_be_drawn(count: int) -> None:
    marks = tuple(replace(mark(HOSTILE), grade=f"{'ABCDEF'[i % 6]}{i % 6 + 1}") for i in range(count))
    sound(evidence_figures.driver(path(*marks)))
    sound(
        evidence_figures.series(
            Track("s", HOSTILE, "units", share=False, marks=marks), (MONTHS[0], MONTHS[2])
        )
    )
    sound(evidence_figures.reports([Report("Seen", one) for one in marks], (MONTHS[0], MONTHS[2])))
    placed = rows(evidence_figures.driver(path(*marks)), "claim")
    assert len({row["day"] for row in placed}) == count  # none hides another
    assert {row["day of it"] for row in placed} <= {"2023-01-26"}


def test_a_share_is_read_in_percent() -> None:
    told = Track("s", "Share", "share of answers", share=True, marks=(replace(mark(), value=0.04, grade=""),))
    assert "from 4.0 % on 2023-01-26" in evidence_figures.series(told).words


def test_steps_lead_from_one_chance_to_the_other() -> None:
    up, down = np.log(2), -np.log(4)
    told = evidence_figures.moves(Walk("then", 0.5, "now", 1 / 3, (Step("a", "", up), Step("b", "", down))))
    bars = rows(told, "start", "end")
    assert [row["start"] for row in bars] == pytest.approx([0, up])
    assert [row["end"] for row in bars] == pytest.approx([up, up + down])
    assert [row["way"] for row in bars] == ["raised", "lowered"]
    assert bars[0]["chance"] == "50.0 % to 66.7 %"
    assert "From 50.0 % then to 33.3 % now, in log-odds: a +0.693; b -1.386." in told.words


def test_the_numbers_before_the_names_are_explained_at_the_axis() -> None:
    told = evidence_figures.moves(Walk("then", 0.5, "now", 0.6, (Step("a", "", 0.405),)))
    assert "before each name: its change of the log-odds" in "".join(drawn(told).itertext())


def test_one_claim_stands_above_its_bar_and_many_are_counted() -> None:
    steps = (
        Step("one", "added", 0.1, (Claim("A claim."),)),
        Step("two", "2 changes", 0.1, (Claim("This."), Claim("That."))),
    )
    first, second = rows(evidence_figures.moves(Walk("then", 0.1, "now", 0.12, steps)), "head")
    assert first["head"] == "+0.100 one: A claim."
    assert second["head"] == "+0.100 two: 2 changes"
    assert second["claims"] == "This. · That."


@pytest.mark.parametrize("end", [0.0001, 0.9999])
def test_moves_to_the_ends_and_without_steps_can_be_drawn(end: float) -> None:
    sound(
        evidence_figures.moves(
            Walk("then", 0.5, "now", end, (Step(HOSTILE, HOSTILE, -1.0, (Claim(HOSTILE),)),) * 12)
        )
    )
    sound(evidence_figures.moves(Walk("then", end, "now", end, ())))


def test_every_item_known_by_the_day_is_shown_and_none_known_later(case: Case) -> None:
    panel, labels = assembly.build(case, AS_OF)
    found = Posterior(panel, labels, prior_fit(), prior_fit())
    paths = evidence_exhibits.paths(case, AS_OF, found, found.weight)
    known = case.evidence(AS_OF)
    shown = {one.name for told in paths for one in told.marks}
    assert shown == {item.id for item in known.of(Reading)}
    told = evidence_exhibits.reports(case, AS_OF)
    assert len(told) == len(known.of(Event)) + len(known.of(Sighting))
    assert all(len(one.levels) == len(one.months) == 30 for one in paths)
    assert str(paths[0].months[-1]) == "2023-01-01"


def test_a_sign_weighs_until_its_window_has_passed_and_is_pale_then(case: Case) -> None:
    told = evidence_exhibits.reports(case, date(2023, 1, 12))
    signs = [one.mark for one in told if one.kind.startswith("Sign")]
    assert [mark.name for mark in signs if mark.weighs] == ["2022-10-15-mobilisation-lists-checked"]
    shades = Counter(row["shade"] for row in rows(evidence_figures.reports(told), "shade"))
    assert shades == {0.35: len(signs) - 1, 0.9: len(told) - len(signs) + 1}


def test_a_path_tells_the_quantiles_of_the_draws(case: Case) -> None:
    panel, labels = assembly.build(case, AS_OF)
    found = Posterior(panel, labels, prior_fit(), prior_fit())
    walk = prior_fit().stacked()["driver_path"][:, 29, 0]
    told = evidence_exhibits.paths(case, AS_OF, found, found.weight)[0].levels[-1]
    assert (told.q05, told.q95) == pytest.approx(np.quantile(walk, [0.05, 0.95]), abs=0.02)


def test_a_series_shows_what_was_published_by_the_day(case: Case) -> None:
    for told in evidence_exhibits.tracks(case, AS_OF):
        days = {row.date for row in case.rows[told.name] if row.known <= AS_OF}
        assert {one.date for one in told.marks} == days

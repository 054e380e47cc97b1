"""Forecasts: from a fit or from the store, and nothing known later ever leaks into one."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import folders
import numpy as np
import pytest
from folders import Folder

from hourglass import assembly, estimate, forecaster, parameters, prediction, simulation, store
from hourglass import case as cases
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.errors import InputError
from hourglass.estimate import Posterior
from hourglass.panel import arrays
from hourglass.summary import Forecast

AS_OF = date(2023, 1, 26)
LATER = "2023-01-27"
VISIT = folders.entry("reading", id='"visit"', origin='"visit"', known="2022-12-20")
RETRACTION = {"id": '"visit-back"', "of": '"visit"'}
REVISION = {"id": '"visit-again"', "origin": '"visit"', "revises": '"visit"', "level": "0.5"}


@cache
def prior_fit() -> Draws:
    """Draw four chains from the shipped priors."""
    return from_priors(cases.load(folders.SHIPPED, folders.PLACE, folders.TODAY))


def from_priors(case: Case) -> Draws:
    """Draw four chains from the priors of a question: independent draws, so that every check passes."""
    layout, rng = parameters.layout(case.question), np.random.default_rng(1)
    panel, labels = assembly.build(case, AS_OF)
    truths = [simulation.prior(layout, panel, rng) for _ in range(2000)]
    one = prediction.as_draws(layout, labels, truths)
    posterior = {name: values.reshape(4, 500, *values.shape[2:]) for name, values in one.posterior.items()}
    quiet = np.zeros((4, 500))
    stats = {"diverging": quiet, "maxdepth_reached": quiet, "energy": rng.normal(size=(4, 500))}
    return Draws(posterior, stats, one.coords)


@dataclass
class Fits:
    """A sampler's stand-in: what it returns, and how often it was asked."""

    inside: Draws
    outside: Draws
    asked: list[date] = field(default_factory=list)

    def fit(self, case: Case, as_of: date, seed: int, talk: Callable[[str], None]) -> Posterior:
        self.asked.append(as_of)
        panel, labels = assembly.build(case, as_of, prior_fit().months)
        return Posterior(panel, labels, self.inside, self.outside)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    """Return the stand-in that every forecast of the test uses for a fit."""
    stand_in = Fits(prior_fit(), prior_fit())
    monkeypatch.setattr(estimate, "fit", stand_in.fit)
    return stand_in


def made(
    case: Case,
    where: Path,
    *months: int,
    seed: int = 1,
    method: forecaster.Method = "auto",
    as_of: date = AS_OF,
    talk: Callable[[str], None] = print,
) -> Forecast:
    """Forecast as of the day of the founding article, runs kept under a folder."""
    asked = forecaster.horizons_of(case, as_of, months, None)
    runs, machine_code = where / ".hourglass/runs", where / ".hourglass/compiled"
    return forecaster.forecast(case, as_of, asked, seed, runs, machine_code, talk, method)


@dataclass(frozen=True)
class Kept:
    """A root that holds one run, and what that run told."""

    root: Path
    told: Forecast


@pytest.fixture(scope="module")
def kept(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a root with one stored run of one and three months."""
    root = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
        return Kept(root, made(case, root, 1, 3))


def test_a_question_without_rivals_and_without_a_disposition_is_forecast_and_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = folders.copied(tmp_path / "priors")
    shutil.rmtree(mine.path / "variants")
    mine.write("rivals.toml", "schema = 1\n")
    for part in ("sd", "half_life"):
        mine.edit("gates.toml", rf"^\[gate\.disposition\.{part}\]\n(?:.+\n)+", "")
    case = mine.load()
    draws = from_priors(case)
    assert (draws.posterior["disposition_path"].size, draws.posterior["rival_rate"].size) == (0, 0)
    monkeypatch.setattr(estimate, "fit", Fits(draws, draws).fit)
    told = made(case, tmp_path, 3)
    chances = told.horizons[0].outcomes
    assert set(chances) == {"entry", "none"}
    assert sum(chance for chance in chances.values() if chance is not None) == pytest.approx(1)
    mine.ledger(VISIT)
    after = made(mine.load(), tmp_path, 3)
    assert after.run.method == "reweight"
    assert after.drivers["pressure"] != told.drivers["pressure"]


# What can be asked


def test_horizons_default_to_those_of_the_question(case: Case) -> None:
    asked = forecaster.horizons_of(case, AS_OF, None, None)
    assert asked == [(3, date(2023, 4, 26)), (6, date(2023, 7, 26)), (12, date(2024, 1, 26))]


def test_horizons_are_sorted_and_each_stands_once(case: Case) -> None:
    assert [m for m, _ in forecaster.horizons_of(case, AS_OF, [12, 3, 12], None)] == [3, 12]


def test_one_last_day_is_a_horizon_of_its_months(case: Case) -> None:
    # From the end of 26 January to the end of 28 February: 5 of 31 days and one whole month.
    asked = forecaster.horizons_of(case, AS_OF, None, date(2023, 2, 28))
    assert asked == [(round(1 + 5 / 31, 2), date(2023, 2, 28))]


@pytest.mark.parametrize("months", [[], [0], [-3], [121], [6, 500]])
def test_horizons_outside_a_month_to_ten_years_are_refused(case: Case, months: list[int]) -> None:
    with pytest.raises(InputError, match="--horizons"):
        forecaster.horizons_of(case, AS_OF, months, None)


def test_every_horizon_outside_is_named(case: Case) -> None:
    with pytest.raises(InputError) as refusal:
        forecaster.horizons_of(case, AS_OF, [0, 3, 500], None)
    assert len(refusal.value.problems) == 2


def test_a_horizon_past_the_close_of_the_question_is_refused(case: Case) -> None:
    assert forecaster.horizons_of(case, AS_OF, [95], None) == [(95, date(2030, 12, 26))]
    with pytest.raises(InputError, match="closes on 2030-12-31"):
        forecaster.horizons_of(case, AS_OF, [96], None)
    with pytest.raises(InputError, match="closes on 2030-12-31"):
        forecaster.horizons_of(case, AS_OF, None, date(2031, 1, 1))


@pytest.mark.parametrize("by", [AS_OF, date(2022, 6, 1), date(2099, 1, 1)])
def test_a_last_day_must_come_after_as_of_and_within_ten_years(case: Case, by: date) -> None:
    with pytest.raises(InputError, match="--by"):
        forecaster.horizons_of(case, AS_OF, None, by)


def test_as_of_lies_between_the_start_of_the_choice_and_today(case: Case) -> None:
    today, starts = folders.TODAY, case.question.header.starts
    forecaster.check_as_of(case, starts, today)
    forecaster.check_as_of(case, today, today)
    with pytest.raises(InputError, match="after today"):
        forecaster.check_as_of(case, date(2026, 11, 23), today)
    with pytest.raises(InputError, match="before the choice arose"):
        forecaster.check_as_of(case, date(2022, 2, 23), today)


def test_a_resolved_question_is_forecast_only_as_of_days_before(tmp_path: Path) -> None:
    mine = folders.copied(tmp_path)
    mine.append("question.toml", '\n[resolved]\noutcome = "entry"\ndate = 2024-05-01\nsource = "News"\n')
    case = mine.load()
    forecaster.check_as_of(case, date(2024, 4, 30), folders.TODAY)
    for day in (date(2024, 5, 1), date(2025, 1, 1)):
        with pytest.raises(InputError, match="resolved on 2024-05-01: entry"):
            forecaster.check_as_of(case, day, folders.TODAY)


# Numbers


def test_outcomes_are_a_distribution_and_the_mean_is_that_of_entry(case: Case, kept: Kept) -> None:
    assert kept.told.verdict.passed
    for horizon in kept.told.horizons:
        chances = [chance for chance in horizon.outcomes.values() if chance is not None]
        assert len(chances) == len(horizon.outcomes) == 2 + len(case.question.rivals)
        assert sum(chances) == pytest.approx(1, abs=1e-9)
        assert horizon.mean == horizon.outcomes["entry"]


def test_later_horizons_hold_more_chance(kept: Kept) -> None:
    first, second = kept.told.horizons
    assert first.mean is not None
    assert second.mean is not None
    assert 0 < first.mean < second.mean < 1


def test_a_ledger_of_no_items_is_forecast(fits: Fits, tmp_path: Path) -> None:
    case = folders.copied(tmp_path).load()
    assert not case.ledger.items
    told = made(case, tmp_path, 1)
    assert told.verdict.passed
    assert (told.evidence.items, told.evidence.effective_items, told.evidence.newest) == (0, 0.0, None)
    again = made(case, tmp_path, 1)
    assert again.run.stored
    assert again.evidence == told.evidence


def test_a_warning_counts_as_evidence_until_its_window_has_passed(fits: Fits, tmp_path: Path) -> None:
    mine = folders.copied(tmp_path)
    mine.ledger(
        folders.entry("warning", id='"lapsed"', date="2022-10-26", window_months="3"),
        folders.entry("warning", id='"open"', date="2022-10-27", window_months="3", claim='"Seen again."'),
        folders.entry("event", id='"no"'),
        folders.entry("note", id='"note"'),
    )
    assert made(mine.load(), tmp_path, 1).evidence.items == 2


# The store


def test_a_stored_run_is_returned_without_a_fit(case: Case, kept: Kept, fits: Fits) -> None:
    again = made(case, kept.root, 1, 3)
    assert not fits.asked
    assert (kept.told.run.stored, again.run.stored) == (False, True)
    assert again.horizons == kept.told.horizons
    assert again.drivers == kept.told.drivers
    assert again.verdict == kept.told.verdict
    assert again.run.id == kept.told.run.id


def test_other_horizons_of_a_stored_run_come_from_its_draws(case: Case, kept: Kept, fits: Fits) -> None:
    short = made(case, kept.root, 1)
    assert not fits.asked
    assert short.run.stored
    assert short.run.id == kept.told.run.id
    assert short.horizons[0].mean == pytest.approx(kept.told.horizons[0].mean, rel=1e-9)
    assert short.drivers == kept.told.drivers


def test_damaged_draws_are_sampled_anew(case: Case, fits: Fits, tmp_path: Path) -> None:
    first = made(case, tmp_path, 1)
    (tmp_path / first.run.path / store.POSTERIOR).write_bytes(b"damaged")
    again = made(case, tmp_path, 2)
    assert len(fits.asked) == 2
    assert not again.run.stored


def test_a_run_names_where_it_lies(kept: Kept) -> None:
    run = kept.told.run
    assert run.path == f".hourglass/runs/belarus/{run.id}"
    names = {store.FORECAST, store.INPUTS, store.POSTERIOR, store.OUTSIDE}
    assert {path.name for path in (kept.root / run.path).iterdir()} == names


# Updates


def with_items(where: Path, *entries: str) -> Case:
    mine = folders.copied(where)
    mine.ledger(*entries)
    return mine.load()


SIGHT = folders.entry("reading", id='"sight"', origin='"sight"', known="2023-01-10", claim='"Drills."')
EXTREME = [
    folders.entry("reading", id=f'"x{i}"', origin=f'"x{i}"', grade='"A1"', level="-3", claim=f'"{i}"')
    for i in range(30)
]


def test_new_evidence_is_weighed_without_a_fit(fits: Fits, tmp_path: Path) -> None:
    first = made(with_items(tmp_path / "a", VISIT), tmp_path, 1)
    again = made(with_items(tmp_path / "b", VISIT, SIGHT), tmp_path, 1)
    assert len(fits.asked) == 1
    assert (again.run.method, again.run.fit, again.run.stored) == ("reweight", first.run.id, False)
    assert again.run.id != first.run.id
    assert again.horizons != first.horizons
    names = [check.name for check in again.verdict.checks]
    assert {"weights k_hat", "weights ess", "outside view weights ess"} <= set(names)


def test_an_update_is_stored_and_serves_other_horizons(fits: Fits, tmp_path: Path) -> None:
    made(with_items(tmp_path / "a", VISIT), tmp_path, 1)
    case = with_items(tmp_path / "b", VISIT, SIGHT)
    first, same, other = (made(case, tmp_path, *months) for months in ((1,), (1,), (1, 2)))
    assert len(fits.asked) == 1
    assert (same.run.stored, same.horizons) == (True, first.horizons)
    assert other.horizons[0].mean == pytest.approx(first.horizons[0].mean, rel=1e-12)


def test_an_update_starts_from_a_fit_and_never_from_an_update(fits: Fits, tmp_path: Path) -> None:
    first = made(with_items(tmp_path / "a", VISIT), tmp_path, 1)
    made(with_items(tmp_path / "b", VISIT, SIGHT), tmp_path, 1)
    third = SIGHT.replace('"sight"', '"third"').replace("Drills", "Rail")
    last = made(with_items(tmp_path / "c", VISIT, SIGHT, third), tmp_path, 1)
    assert last.run.fit == first.run.id


def test_a_later_day_is_weighed_too(fits: Fits, tmp_path: Path) -> None:
    case = with_items(tmp_path, VISIT)
    made(case, tmp_path, 1, as_of=date(2023, 1, 20))
    later = made(case, tmp_path, 1)
    assert fits.asked == [date(2023, 1, 20)]
    assert later.run.method == "reweight"


def test_an_earlier_day_is_fitted_anew(fits: Fits, tmp_path: Path) -> None:
    case = with_items(tmp_path, VISIT)
    made(case, tmp_path, 1)
    made(case, tmp_path, 1, as_of=date(2023, 1, 20))
    assert fits.asked == [AS_OF, date(2023, 1, 20)]


def test_a_belief_changed_a_little_is_weighed(fits: Fits, tmp_path: Path) -> None:
    first = made(with_items(tmp_path / "a", VISIT), tmp_path, 1)
    mine = folders.copied(tmp_path / "b")
    mine.ledger(VISIT)
    mine.edit("drivers.toml", r"^q05 = -0.2\nq50 = 0.9\nq95 = 2.0$", "q05 = -0.1\nq50 = 1.0\nq95 = 2.1")
    again = made(mine.load(), tmp_path, 1)
    assert len(fits.asked) == 1
    assert (again.run.method, again.run.fit) == ("reweight", first.run.id)
    assert again.drivers["pressure"].mean > first.drivers["pressure"].mean  # type: ignore[operator]


@pytest.mark.parametrize("change", ["a credence", "the seed"])
def test_another_structure_or_seed_is_fitted_anew(fits: Fits, tmp_path: Path, change: str) -> None:
    made(with_items(tmp_path / "a", VISIT), tmp_path, 1)
    mine = folders.copied(tmp_path / "b")
    mine.ledger(VISIT)
    if change == "a credence":
        mine.edit("grades.toml", r"^credence = .*", "credence = 0.87")
    made(mine.load(), tmp_path, 1, seed=2 if change == "the seed" else 1)
    assert len(fits.asked) == 2


def test_where_the_nearest_fit_cannot_be_believed_the_next_is_tried(fits: Fits, tmp_path: Path) -> None:
    """The nearest heard one thing that was too strong; the next heard two that weigh nothing."""
    vain = [VISIT.replace('"visit"', f'"{name}"').replace('"B2"', '"F6"') for name in ("one", "two")]
    far = made(with_items(tmp_path / "far", VISIT, *vain), tmp_path, 1, method="nuts")
    near = made(with_items(tmp_path / "near", VISIT, EXTREME[0]), tmp_path, 1, method="nuts")
    heard: list[str] = []
    found = made(with_items(tmp_path / "asked", VISIT), tmp_path, 1, talk=heard.append)
    assert heard == [f"weighing the draws of run {one.run.id}" for one in (near, far)]
    assert (len(fits.asked), found.run.fit, found.verdict.passed) == (2, far.run.id, True)


def test_where_the_weights_fail_a_fit_follows_and_says_so(fits: Fits, tmp_path: Path) -> None:
    made(with_items(tmp_path / "a"), tmp_path, 1)
    heard: list[str] = []
    last = made(with_items(tmp_path / "b", *EXTREME), tmp_path, 1, talk=heard.append)
    assert len(fits.asked) == 2
    assert (last.run.method, last.run.fit) == ("nuts", last.run.id)
    assert any("fitting anew" in words and "weights" in words for words in heard)


def test_forced_weights_that_fail_withhold_every_number(fits: Fits, tmp_path: Path) -> None:
    made(with_items(tmp_path / "a"), tmp_path, 1)
    case = with_items(tmp_path / "b", *EXTREME)
    last = made(case, tmp_path, 1, method="reweight")
    assert len(fits.asked) == 1
    assert not last.verdict.passed
    assert last.horizons[0].mean is None
    made(case, tmp_path, 1)
    assert len(fits.asked) == 2  # what was withheld was not kept


def test_a_forced_fit_replaces_an_update(fits: Fits, tmp_path: Path) -> None:
    made(with_items(tmp_path / "a", VISIT), tmp_path, 1)
    case = with_items(tmp_path / "b", VISIT, SIGHT)
    assert made(case, tmp_path, 1).run.method == "reweight"
    assert made(case, tmp_path, 1, method="nuts").run.method == "nuts"
    assert made(case, tmp_path, 1).run.method == "nuts"
    assert len(fits.asked) == 2


def test_weights_without_a_fit_are_refused(fits: Fits, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no fit as of 2023-01-26"):
        made(with_items(tmp_path, VISIT), tmp_path, 1, method="reweight")


# No peeking: each of these changes the ledger or a series, known on a given day


def _new_item(mine: Folder, known: str) -> None:
    mine.ledger(VISIT, folders.entry("reading", id='"new"', origin='"new"', claim='"Talks."', known=known))


def _new_event(mine: Folder, known: str) -> None:
    mine.ledger(VISIT, folders.entry("event", id='"no"', origin='"no"', known=known))


def _retraction(mine: Folder, known: str) -> None:
    mine.ledger(VISIT, folders.entry("retraction", **RETRACTION, known=known))


def _revision(mine: Folder, known: str) -> None:
    mine.ledger(VISIT, folders.entry("reading", **REVISION, known=known))


def _series_point(mine: Folder, known: str) -> None:
    mine.append("series/prisoners.csv", f"2023-01-20,{known},9999,,made up\n")


CHANGES = [_new_item, _new_event, _retraction, _revision, _series_point]


def _seen(where: Path, change: Callable[[Folder, str], None], known: str) -> tuple[str, list[object]]:
    mine = folders.copied(where)
    mine.ledger(VISIT)
    change(mine, known)
    case = mine.load()
    panel, labels = assembly.build(case, AS_OF)
    shapes = [(name, array.shape, array.tobytes()) for name, array in arrays(panel).items()]
    return store.key(store.inputs(case, AS_OF), 1), [*shapes, labels]


def _unchanged(mine: Folder, known: str) -> None:
    pass


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_known_a_day_later_leaves_no_trace(
    tmp_path: Path, change: Callable[[Folder, str], None]
) -> None:
    base = _seen(tmp_path / "base", _unchanged, LATER)
    assert _seen(tmp_path / "later", change, LATER) == base


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_known_on_the_day_itself_counts(
    tmp_path: Path, change: Callable[[Folder, str], None]
) -> None:
    key, seen = _seen(tmp_path / "base", _unchanged, LATER)
    key_now, seen_now = _seen(tmp_path / "now", change, "2023-01-26")
    assert key_now != key
    assert seen_now != seen

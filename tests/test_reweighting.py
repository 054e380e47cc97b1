"""Instant updates: weights are whole likelihoods over whole likelihoods, and bad ones are refused."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import permutations
from pathlib import Path

import folders
import numpy as np
import pytest
from test_forecaster import prior_fit

from hourglass import assembly, belief, estimate, likelihood, parameters, reweighting
from hourglass.belief import Quantiles
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.estimate import Posterior
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel, class_only

AS_OF = date(2023, 1, 10)
LATER = date(2023, 1, 26)
OLD = folders.entry("reading", id='"old"', origin='"old"', date="2022-10-10", known="2022-10-10")
VISIT = folders.entry("reading", id='"visit"', origin='"visit"', known="2023-01-10", claim='"Talks."')
AGAIN = folders.entry("reading", id='"again"', origin='"old"', known="2023-01-10", claim='"More talks."')
REFUSED = folders.entry("event", id='"no"', origin='"no"', known="2023-01-10")
POINT = "2023-01-05,2023-01-10,1500,,made up\n"


@cache
def draws(months: int = 30) -> Draws:
    """Draw 200 worlds from the priors, as four chains."""
    whole = prior_fit()
    return Draws({k: v[:, :50] for k, v in whole.posterior.items()}, whole.stats, whole.coords)


def panel_of(case: Case, as_of: date) -> Panel:
    return assembly.build(case, as_of, draws().months)[0]


def whole_likelihood(case: Case, panel: Panel) -> Array:
    """Log likelihood of all that the panel holds, nothing left out."""
    flat, layout = draws().stacked(), parameters.layout(case.question)
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    u = [flat["disposition_path"][..., i] for i in range(len(layout.dispositions))]
    multiplier = np.exp(flat["log_multiplier"])
    parts = likelihood.log_densities(NUMPY, p, layout, panel, multiplier, flat["rival_rate"], x, u)
    total: Array = sum((part.sum(axis=-1) for part in parts.values()), np.zeros(len(multiplier)))
    return total


def folder(where: Path, *entries: str, points: str = "") -> Case:
    mine = folders.copied(where)
    mine.ledger(*entries)
    if points:
        mine.append("series/prisoners.csv", points)
    return mine.load()


def ratio(then: Case, now: Case, as_of: date = AS_OF) -> Array:
    layout = parameters.layout(then.question)
    return reweighting.log_ratio(layout, draws(), panel_of(then, AS_OF), panel_of(now, as_of))


RETRACTION = folders.entry("retraction", id='"back"', of='"old"', known="2023-01-10")
REVISION = folders.entry(
    "reading", id='"better"', origin='"old"', date="2022-10-10", known="2023-01-10", revises='"old"',
    level="-0.5",
)  # fmt: skip

CHANGES: Sequence[tuple[Sequence[str], str, date]] = [
    ([OLD, VISIT], "", AS_OF),
    ([OLD, AGAIN], "", AS_OF),
    ([OLD, REFUSED], "", AS_OF),
    ([OLD, RETRACTION], "", AS_OF),
    ([OLD, REVISION], "", AS_OF),
    ([OLD], POINT, AS_OF),
    ([OLD], "", LATER),
    ([OLD, VISIT, AGAIN, REFUSED], POINT, LATER),
]


@pytest.mark.parametrize(("entries", "points", "as_of"), CHANGES)
def test_the_ratio_is_that_of_the_whole_likelihoods(
    tmp_path: Path, entries: Sequence[str], points: str, as_of: date
) -> None:
    then, now = folder(tmp_path / "then", OLD), folder(tmp_path / "now", *entries, points=points)
    wanted = whole_likelihood(now, panel_of(now, as_of)) - whole_likelihood(then, panel_of(then, AS_OF))
    found = ratio(then, now, as_of)
    assert np.ptp(found) > 0
    assert found == pytest.approx(wanted, abs=1e-9)


def test_the_class_s_ratio_is_that_of_its_whole_likelihood(tmp_path: Path) -> None:
    case = folder(tmp_path, OLD)
    layout, flat = parameters.layout(case.question), draws().stacked()
    then, now = (class_only(panel_of(case, day), own=True) for day in (AS_OF, LATER))
    # Of the class the rivals' quiet stands in the rates' prior: exposure times rate.
    spent = flat["rival_rate"] @ (now.spell_rate - then.spell_rate)
    wanted = whole_likelihood(case, now) - whole_likelihood(case, then) - spent
    found = reweighting.class_log_ratio(layout, draws(), panel_of(case, AS_OF), panel_of(case, LATER))
    assert found == pytest.approx(wanted, abs=1e-9)


def test_what_stands_in_both_is_not_computed(tmp_path: Path) -> None:
    then, now = folder(tmp_path / "then", OLD, VISIT), folder(tmp_path / "now", OLD, VISIT, REFUSED)
    new, gone = reweighting.differing(panel_of(now, AS_OF), panel_of(then, AS_OF))
    assert (len(new.reading_level), len(new.episode_month), len(gone.reading_level)) == (0, 1, 0)


def test_added_and_retracted_is_back_at_the_start(tmp_path: Path) -> None:
    back = folders.entry("retraction", id='"visit-back"', of='"visit"', known="2023-01-10")
    then, now = folder(tmp_path / "then", OLD), folder(tmp_path / "now", OLD, VISIT, back)
    assert not ratio(then, now).any()


def test_a_recorded_repeat_moves_nothing(tmp_path: Path) -> None:
    repeat = folders.entry(
        "reading", id='"twice"', origin='"old"', date="2022-10-10", known="2023-01-10", repeat_of='"old"'
    )
    then, now = folder(tmp_path / "then", OLD), folder(tmp_path / "now", OLD, repeat)
    assert not ratio(then, now).any()


def test_what_is_known_later_leaves_no_trace(tmp_path: Path) -> None:
    late = [
        entry.replace("known = 2023-01-10", "known = 2023-01-11") for entry in (VISIT, RETRACTION, REVISION)
    ]
    then = folder(tmp_path / "then", OLD)
    for i, entry in enumerate(late):
        assert not ratio(then, folder(tmp_path / str(i), OLD, entry)).any()


def chances(case: Case, base: Posterior) -> Array:
    """Draw by draw weights of an update: all that the chances of a forecast follow from."""
    return estimate.update(case, AS_OF, base).weight


def test_items_one_by_one_in_any_order_or_at_once_are_the_same(tmp_path: Path) -> None:
    then = folder(tmp_path / "then", OLD)
    panel, labels = assembly.build(then, AS_OF, draws().months)
    base = Posterior(panel, labels, draws(), draws())
    whole = chances(folder(tmp_path / "whole", OLD, VISIT, AGAIN, REFUSED), base)
    for n, order in enumerate(permutations((VISIT, AGAIN, REFUSED))):
        mine = folders.copied(tmp_path / f"order{n}")
        mine.ledger(OLD)
        for i, entry in enumerate(order):
            (mine.path / f"evidence/step{i}.toml").write_text(f"schema = 1\n{entry}")
            last = chances(mine.load(), base)
        assert last == pytest.approx(whole, abs=1e-9)


def test_a_changed_belief_weighs_each_draw_by_its_densities(tmp_path: Path) -> None:
    one, other = folders.copied(tmp_path / "a"), folders.copied(tmp_path / "b")
    other.edit("drivers.toml", r"^q50 = 0.9$", "q50 = 1.0")
    then, now = (parameters.layout(mine.load().question) for mine in (one, other))
    place = then.names.index("drivers.pressure.level")
    level = draws().stacked()["theta"][:, place]
    old, new = (belief.curve(Quantiles(q05=-0.2, q50=middle, q95=2.0, because="x")) for middle in (0.9, 1.0))
    wanted = [np.log(belief.density(x, new)) - np.log(belief.density(x, old)) for x in level]
    assert reweighting.prior_log_ratio(draws(), then, now) == pytest.approx(np.array(wanted), abs=1e-9)
    assert not reweighting.prior_log_ratio(draws(), then, then).any()


# Weights


def test_equal_ratios_leave_every_draw_as_it_was() -> None:
    found = reweighting.smooth(np.full(50, -3.0))
    assert (found.weight == 1).all()
    assert (found.k_hat, found.ess) == (0.0, 50.0)


def test_ratios_apart_by_rounding_alone_are_equal() -> None:
    # A tail of rounding errors has a shape, and a heavy one.
    found = reweighting.smooth(-150 + 1e-12 * np.random.default_rng(1).standard_normal(4000))
    assert (found.weight == 1).all()
    assert found.k_hat == 0


def test_weights_move_a_normal_to_where_it_should_be() -> None:
    # N(0, 1) weighed to N(0.5, 1): log ratio 0.5 z - 0.125, ESS / S = exp(-0.25).
    z = np.random.default_rng(1).standard_normal(40_000)
    found = reweighting.smooth(0.5 * z - 0.125)
    assert found.weight.mean() == pytest.approx(1)
    assert np.average(z, weights=found.weight) == pytest.approx(0.5, abs=0.02)
    assert found.ess / len(z) == pytest.approx(np.exp(-0.25), abs=0.02)
    assert all(check.passed for check in found.checks("weights"))


def test_a_heavy_tail_is_refused_by_its_shape() -> None:
    # Ratios with a Pareto tail of shape 1.5: their mean does not exist.
    found = reweighting.smooth(1.5 * np.random.default_rng(1).exponential(size=4000))
    shape, _ = found.checks("weights")
    assert (shape.name, shape.passed) == ("weights k_hat", False)


def test_few_draws_that_carry_everything_are_refused_though_the_tail_is_bounded() -> None:
    ratio = np.where(np.arange(4000) < 100, 0.0, -20.0) + np.random.default_rng(1).uniform(0, 0.01, 4000)
    found = reweighting.smooth(ratio)
    worth = found.checks("weights")[1]
    assert worth.value < 110
    assert not worth.passed


def test_the_limit_of_the_tail_tightens_with_fewer_draws() -> None:
    few = reweighting.smooth(np.zeros(1000)).checks("weights")[0]  # 1 - 1/log10(1000)
    many = reweighting.smooth(np.zeros(10_000)).checks("weights")[0]
    assert few.limit == pytest.approx(2 / 3)
    assert many.limit == pytest.approx(0.7)


def test_draws_are_taken_in_proportion_to_their_weights() -> None:
    taken = reweighting.equal(np.array([1.0, 2.0, 0.0, 1.0]), 4)
    assert taken.tolist() == [0, 1, 1, 3]
    assert reweighting.equal(np.ones(3), 3).tolist() == [0, 1, 2]

"""What can happen by when: closed forms, simulation in continuous time, warnings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import exp, log

import numpy as np
import pytest
from scipy import integrate

from hourglass import assembly, calendar, incidence, likelihood, simulation
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.incidence import Outcomes, Present
from hourglass.ledger import Ledger, Retraction, Source
from hourglass.ledger import Ratio as LedgerRatio
from hourglass.ledger import Sighting as Sight
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout, unpack
from hourglass.simulation import Course, Truth

Medians = Callable[[Mapping[str, float]], Array]
STARTS, AS_OF = date(2022, 2, 24), date(2023, 1, 26)
HORIZONS = [date(2023, 4, 26), date(2023, 7, 26), date(2024, 1, 26)]
SO_FAR = 5 / 28 + 10 + 26 / 31
STILL = {
    "gates.demand.effects": 0.0, "gates.order.effects": 0.0, "gates.carry_out.effects": 0.0,
    "gates.order.disposition.sd": 1e-12, "rivals.ruler_falls.effects": 0.0,
    "reference.A": 0.3, "reference.tau": 6.0, "reference.nu": 2.0, "reference.outside": 0.001,
}  # fmt: skip
"""Parameters under which no driver moves anything."""


def states(path: Array) -> list[Array]:
    """Drivers or dispositions of a path (..., place, driver), one array each."""
    return list(np.moveaxis(path, -1, 0))


def at_present(worlds: Sequence[Truth], layout: Layout, panel: Panel) -> Present:
    """Present of many worlds at the as-of date of their panel."""
    p = unpack(NUMPY, np.stack([w.theta for w in worlds]), layout)
    x, u = np.stack([w.x for w in worlds]), np.stack([w.u for w in worlds])
    multiplier = np.exp([w.log_multiplier[-1:] for w in worlds])
    risk = likelihood.relative_risk(NUMPY, p, layout, states(x), states(u))
    spent = likelihood.stretches(NUMPY, p, multiplier, risk, panel.since, panel.until)
    return Present(
        parameters=p,
        multiplier=multiplier,
        rate=np.stack([w.rate for w in worlds]),
        risk_so_far=spent.sum(axis=-1, keepdims=True),
        walk=[path[:, -1:] - level for path, level in zip(states(x), p.level, strict=True)],
        stance=[path[:, -1:] for path in states(u)],
    )


@pytest.fixture
def quiet(case: Case) -> Case:
    """Return the shipped question without any evidence."""
    return case.with_ledger(Ledger())


@pytest.fixture
def typical(layout: Layout, panel: Panel, medians: Medians) -> Truth:
    """Return a world that no driver moves, whose war ends at one in fifty a month."""
    x = np.zeros((len(panel.since), len(layout.drivers)))
    return Truth(
        theta=medians(STILL),
        log_multiplier=np.zeros(panel.knot_class.max() + 1),
        rate=0.02 * np.isin(np.arange(len(panel.spell_rate)), panel.moved[0]),
        x=x + medians(STILL)[: x.shape[1]],
        u=np.zeros((len(panel.since), len(layout.dispositions))),
    )


def forecast(
    case: Case, layout: Layout, present: Present, *, horizons: Sequence[date] = HORIZONS
) -> Outcomes:
    return incidence.outcomes(case, layout, present, AS_OF, horizons, seed=1)


# Closed forms


def test_the_outcomes_of_every_draw_sum_to_one(
    case: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    found = forecast(case, layout, at_present(prior_draws, layout, panel))
    assert found.causes == ("entry", "war_ends", "ruler_falls", "none")
    assert found.cells.shape == (len(prior_draws), 3, 4)
    np.testing.assert_allclose(found.cells.sum(axis=-1), 1, atol=1e-9)
    assert np.all(found.cells > 0)
    assert np.all(np.diff(found.cells[..., :3], axis=1) > 0)


def test_without_rivals_entry_is_what_survival_leaves(
    quiet: Case, layout: Layout, panel: Panel, typical: Truth
) -> None:
    alone = replace(typical, rate=np.zeros_like(typical.rate))
    found = forecast(quiet, layout, at_present([alone], layout, panel)).cells[0]
    for cell, months in zip(found, (3, 6, 12), strict=True):
        # 26 days of January and of April: 5/31 + 2 + 26/30, and as many for the others.
        length = calendar.dusk(calendar.months_after(AS_OF, months)) - calendar.dusk(AS_OF)
        before, after = (2 + 0.3 * log(1 + s / 6) for s in (SO_FAR, SO_FAR + length))
        assert cell[0] == pytest.approx(1 - (before / after) ** 2 * exp(-0.001 * length), rel=1e-9)
        np.testing.assert_allclose(cell[1:3], 0, atol=1e-15)


def quarter() -> list[tuple[float, float]]:
    """Slices from 26 January to 26 April 2023, by their ends in months since the choice arose."""
    cuts = SO_FAR + np.cumsum([0, 5 / 31, 1, 1, 26 / 30])
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))


def test_entry_and_one_rival_share_each_slice_by_their_hazards(
    quiet: Case, layout: Layout, panel: Panel, typical: Truth
) -> None:
    entry, war = 0.0, 0.0
    for since, until in quarter():
        risk_since, risk_until = (2 + 0.3 * log(1 + s / 6) for s in (since, until))
        alive = ((2 + 0.3 * log(1 + SO_FAR / 6)) / risk_since) ** 2 * exp(-0.021 * (since - SO_FAR))
        hazard = 2 * log(risk_until / risk_since) + 0.001 * (until - since)
        ends = 0.02 * (until - since)
        entry += alive * (1 - exp(-hazard - ends)) * hazard / (hazard + ends)
        war += alive * (1 - exp(-hazard - ends)) * ends / (hazard + ends)
    found = forecast(quiet, layout, at_present([typical], layout, panel)).cells[0, 0]
    np.testing.assert_allclose(found, [entry, war, 0, 1 - entry - war], rtol=1e-9, atol=1e-15)


def test_monthly_slices_are_as_good_as_continuous_time(
    quiet: Case, layout: Layout, panel: Panel, typical: Truth
) -> None:
    def struck(s: float) -> float:
        here = 2 + 0.3 * log(1 + s / 6)
        alive = ((2 + 0.3 * log(1 + SO_FAR / 6)) / here) ** 2 * exp(-0.021 * (s - SO_FAR))
        return alive * (2 / here * 0.3 / (6 + s) + 0.001)

    exact, _ = integrate.quad(struck, SO_FAR, quarter()[-1][1])
    found = forecast(quiet, layout, at_present([typical], layout, panel)).cells[0, 0, 0]
    assert found == pytest.approx(exact, rel=1e-4)


def test_two_more_quiet_months_lower_the_hazard(
    quiet: Case, layout: Layout, panel: Panel, typical: Truth
) -> None:
    alone = replace(typical, rate=np.zeros_like(typical.rate))
    later_day = date(2023, 3, 26)
    later_panel, _ = assembly.build(quiet, later_day)
    longer = replace(
        alone, x=np.concatenate([alone.x, alone.x[:2]]), u=np.concatenate([alone.u, alone.u[:2]])
    )
    found = [
        incidence.outcomes(
            quiet, layout, at_present([world], layout, seen), day, [calendar.months_after(day, 12)], 1
        )
        for world, seen, day in ((alone, panel, AS_OF), (longer, later_panel, later_day))
    ]
    assert found[1].cells[0, 0, 0] < found[0].cells[0, 0, 0]


def test_a_horizon_asked_alone_is_the_same_as_with_longer_ones(
    case: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    present = at_present(prior_draws, layout, panel)
    alone = forecast(case.with_ledger(Ledger()), layout, present, horizons=HORIZONS[:1])
    together = forecast(case.with_ledger(Ledger()), layout, present)
    np.testing.assert_array_equal(alone.cells[:, 0], together.cells[:, 0])


def drawn(worlds: Sequence[Truth]) -> Draws:
    """Worlds as the draws of two chains."""
    fields = {
        "theta": "theta", "driver_path": "x", "disposition_path": "u",
        "log_multiplier": "log_multiplier", "rival_rate": "rate",
    }  # fmt: skip
    stacked = {name: np.stack([getattr(w, field) for w in worlds]) for name, field in fields.items()}
    posterior = {name: array.reshape(2, -1, *array.shape[1:]) for name, array in stacked.items()}
    return Draws(posterior, stats={}, coords={})


def test_the_present_of_a_fit_is_where_its_draws_stand(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    found = incidence.present(drawn(prior_draws), layout, panel, now=len(panel.since) - 1)
    expected = at_present(prior_draws, layout, panel)
    for name in ("multiplier", "rate", "risk_so_far"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(found.walk, expected.walk, rtol=1e-12)
    np.testing.assert_allclose(found.stance, expected.stance, rtol=1e-12)


def test_the_outside_view_of_a_typical_class_is_its_closed_form(
    case: Case, layout: Layout, panel: Panel, typical: Truth
) -> None:
    alone = replace(typical, rate=np.zeros_like(typical.rate))
    found = incidence.outside_view(case, layout, panel, drawn([alone, alone]), AS_OF, HORIZONS)
    for chance, day in zip(found[0], HORIZONS, strict=True):
        length = calendar.dusk(day) - calendar.dusk(AS_OF)
        before, after = (2 + 0.3 * log(1 + s / 6) for s in (SO_FAR, SO_FAR + length))
        assert chance == pytest.approx(1 - (before / after) ** 2 * exp(-0.001 * length), rel=1e-9)


def test_rivals_take_from_the_outside_view_what_they_take_from_the_inside_one(
    quiet: Case, layout: Layout, panel: Panel, typical: Truth
) -> None:
    """Where no driver moves anything the class is the state itself."""
    outside = incidence.outside_view(quiet, layout, panel, drawn([typical, typical]), AS_OF, HORIZONS[:1])
    inside = forecast(quiet, layout, at_present([typical], layout, panel), horizons=HORIZONS[:1])
    assert outside[1, 0] == pytest.approx(inside.cells[0, 0, 0], rel=1e-9)


# Simulation


def futures_of(present: Present, months: Array) -> tuple[Array, Array]:
    """Futures of the first draw: drivers (future, slice, driver) and dispositions."""
    found = list(incidence.futures(present, months, int(months[0])))
    one = np.ones(incidence.FUTURES)
    x, u = (np.array([[path[0] * one for path in state[k]] for state in found]) for k in range(2))
    return x.transpose(2, 0, 1), u.transpose(2, 0, 1)


def course_ahead(quiet: Case, present: Present) -> Course:
    """Slices of the twelve months ahead, on the futures that the forecast averages over."""
    slices = calendar.future_slices(STARTS, AS_OF, HORIZONS)
    exposure = assembly.overlap(slices, assembly.rival_spells(quiet))
    x, u = futures_of(present, slices.month)
    return Course(slices.since, slices.until, exposure, x, u)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_simulated_worlds_end_as_often_as_forecast(
    quiet: Case, layout: Layout, panel: Panel, prior_draws: list[Truth], which: int
) -> None:
    truth, worlds = prior_draws[which], 200_000
    present = at_present([truth], layout, panel)
    cells = forecast(quiet, layout, present).cells[0]
    ahead = course_ahead(quiet, present)
    struck = simulation.first_cause(
        truth, layout, panel, ahead, np.random.default_rng(which),
        replicates=worlds, risk=present.risk_so_far.item(),
    )  # fmt: skip
    for cell, day in zip(cells, HORIZONS, strict=True):
        by = struck.time <= calendar.dusk(day) - calendar.dawn(STARTS) + 1e-9
        for cause in range(3):
            found = np.mean(by & (struck.cause == cause))
            chance = cell[cause]
            assert found == pytest.approx(chance, abs=4 * (chance * (1 - chance) / worlds) ** 0.5)


def test_worlds_simulated_from_the_start_agree_once_they_have_stayed_quiet(
    quiet: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    # A frail state: entry is likely both before and after, so that the frail are gone by now.
    truth = replace(
        prior_draws[3], log_multiplier=prior_draws[3].log_multiplier + 3, rate=0.2 * prior_draws[3].rate
    )
    present = at_present([truth], layout, panel)
    cells = forecast(quiet, layout, present).cells[0, -1]
    ahead = course_ahead(quiet, present)
    past_x, past_u = (np.broadcast_to(a, (64, *a.shape)) for a in (truth.x, truth.u))
    whole = Course(
        np.concatenate([panel.since, ahead.since]),
        np.concatenate([panel.until, ahead.until]),
        np.concatenate([panel.rival_exposure, ahead.exposure], axis=1),
        np.concatenate([past_x, ahead.x], axis=1),
        np.concatenate([past_u, ahead.u], axis=1),
    )
    struck = simulation.first_cause(truth, layout, panel, whole, np.random.default_rng(5), replicates=200_000)
    left = struck.cause[struck.time > SO_FAR]
    assert len(left) > 20_000
    for cause, chance in enumerate(cells):
        assert np.mean(left == cause) == pytest.approx(
            chance, abs=4 * (chance * (1 - chance) / len(left)) ** 0.5
        )


def test_futures_return_to_their_level_and_forget_today(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    told = {
        "drivers.unrest.half_life": 4.0,
        "drivers.unrest.lasting_share": 0.75,
        "drivers.unrest.level": 0.6,
    }
    told |= {"gates.order.disposition.sd": 0.8, "gates.order.disposition.half_life": 2.0}
    world = Truth(
        medians(told),
        np.zeros(panel.knot_class.max() + 1),
        panel.spell_rate,
        np.zeros((30, 3)),
        np.ones((30, 1)),
    )
    present = replace(at_present([world], layout, panel), walk=[np.array([[z]]) for z in (0.0, 1.6, 0.0)])
    months = np.array([7, 8, 8, *range(9, 500)])
    x, u = (path.swapaxes(0, 1) for path in futures_of(present, months))
    # Half of the distance is left after a half-life; mirror images leave the mean exact.
    np.testing.assert_allclose(
        x[[0, 1, 5], :, 1].mean(axis=1), 0.6 + 1.6 * 0.5 ** np.array([0, 0.25, 1]), rtol=1e-9
    )
    np.testing.assert_allclose(u[[0, 3], :, 0].mean(axis=1), [1, 0.5], rtol=1e-9)
    np.testing.assert_array_equal(x[1], x[2])
    assert x[50:, :, 1].std() == pytest.approx(0.5, rel=0.05)
    assert u[50:].std() == pytest.approx(0.8, rel=0.05)


def test_drivers_step_into_the_month_after_the_last_day_of_one(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    world = Truth(
        medians({}),
        np.zeros(panel.knot_class.max() + 1),
        panel.spell_rate,
        np.ones((30, 3)),
        np.ones((30, 1)),
    )
    present = at_present([world], layout, panel)
    slices = calendar.future_slices(STARTS, date(2023, 1, 31), [date(2023, 3, 31)])
    february, _ = next(iter(incidence.futures(present, slices.month, calendar.month_of(date(2023, 1, 31)))))
    assert np.ptp(february[0]) > 0


# Warnings


def sight(name: str, **changed: object) -> Sight:
    """Sight of preparations on the as-of day: three times likelier before entry in three months."""
    stated: dict[str, object] = {
        "id": name, "date": AS_OF, "known": AS_OF, "grade": "A1", "origin": name, "claim": name,
        "source": Source(title="t", url="u", date=AS_OF), "window_months": 3, "found": True,
        "ratio": LedgerRatio(q05=3 - 1e-9, q50=3, q95=3 + 1e-9, because="test"),
    }  # fmt: skip
    return Sight.model_validate(stated | changed)


@pytest.fixture
def warned(quiet: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]) -> Callable[..., Outcomes]:
    """Return a forecaster of six prior worlds under given warnings and retractions."""
    present = at_present(prior_draws, layout, panel)

    def outcomes(*sights: Sight, retractions: tuple[Retraction, ...] = ()) -> Outcomes:
        return forecast(quiet.with_ledger(Ledger(sights, retractions)), layout, present)

    return outcomes


def test_a_warning_makes_entry_in_its_window_likelier_by_its_ratio(warned: Callable[..., Outcomes]) -> None:
    before, after = warned(), warned(sight("convoy"))
    chance = before.cells[:, 0, 0]
    np.testing.assert_allclose(after.weight, 1 + 2 * chance, rtol=1e-7)
    np.testing.assert_allclose(after.cells[:, 0, 0], 3 * chance / (1 + 2 * chance), rtol=1e-7)
    np.testing.assert_allclose(
        after.cells[:, 0, 1:], before.cells[:, 0, 1:] / after.weight[:, None], rtol=1e-7
    )
    np.testing.assert_allclose(after.cells.sum(axis=-1), 1, atol=1e-9)
    np.testing.assert_array_equal(before.weight, 1)


def test_after_the_window_given_no_entry_in_it_the_chance_is_as_before(
    warned: Callable[..., Outcomes],
) -> None:
    before, after = (w.cells[..., 0] for w in (warned(), warned(sight("convoy"))))
    np.testing.assert_allclose(
        (after[:, 2] - after[:, 0]) / (1 - after[:, 0]),
        (before[:, 2] - before[:, 0]) / (1 - before[:, 0]),
        rtol=1e-7,
    )


def test_a_sight_looked_for_in_vain_makes_entry_rarer(warned: Callable[..., Outcomes]) -> None:
    # Half a chance to see it: (1 - 1/2) / (1 - 1/2 / 3) = 3/5.
    chance = warned().cells[:, 0, 0]
    after = warned(sight("no-convoy", found=False, detection=0.5))
    np.testing.assert_allclose(after.cells[:, 0, 0], 0.6 * chance / (1 - 0.4 * chance), rtol=1e-7)


def test_reprints_of_one_warning_weigh_as_one(warned: Callable[..., Outcomes]) -> None:
    wide = LedgerRatio(q05=1.1, q50=2, q95=9, because="test")
    one = warned(sight("wire", ratio=wide))
    many = warned(*(sight(f"paper-{i}", origin="wire", ratio=wide) for i in range(10)))
    np.testing.assert_allclose(many.cells, one.cells, rtol=1e-12)
    assert np.ptp(one.weight) > 0


def test_warnings_of_two_origins_multiply(warned: Callable[..., Outcomes]) -> None:
    chance = warned().cells[:, 0, 0]
    np.testing.assert_allclose(warned(sight("convoy"), sight("hospital")).weight, 1 + 8 * chance, rtol=1e-7)


def test_a_shorter_window_covers_the_months_that_it_has(warned: Callable[..., Outcomes]) -> None:
    by_three, by_six = warned().cells[:, :2, 0].T
    found = warned(sight("convoy", window_months=6), sight("hospital", window_months=3)).weight
    np.testing.assert_allclose(found, 1 + 8 * by_three + 2 * (by_six - by_three), rtol=2e-5)


@pytest.mark.parametrize(
    "changed",
    [
        {"grade": "F2"},
        {"grade": "B6"},
        {"known": date(2023, 1, 27)},
        {"date": date(2022, 10, 26), "known": date(2022, 10, 26)},
    ],
    ids=["source cannot be judged", "report cannot be judged", "not yet known", "window has passed"],
)
def test_a_warning_without_weight_changes_nothing(
    warned: Callable[..., Outcomes], changed: dict[str, object]
) -> None:
    np.testing.assert_array_equal(warned(sight("convoy", **changed)).cells, warned().cells)


def test_a_retracted_warning_changes_nothing(warned: Callable[..., Outcomes]) -> None:
    withdrawn = Retraction(id="r", known=AS_OF, of="convoy", why="test")
    np.testing.assert_array_equal(warned(sight("convoy"), retractions=(withdrawn,)).cells, warned().cells)
    later = Retraction(id="r", known=date(2023, 1, 27), of="convoy", why="test")
    assert np.all(warned(sight("convoy"), retractions=(later,)).weight > 1)


def test_only_what_is_left_of_a_window_weighs(warned: Callable[..., Outcomes]) -> None:
    """A window that ends in a month multiplies entry in that month alone."""
    old = date(2022, 11, 26)
    found = warned(sight("convoy", date=old, known=old)).weight
    assert np.all(found > 1)
    assert np.all(found < warned(sight("convoy")).weight)


def test_the_chance_of_one_warning_does_not_hang_on_another(warned: Callable[..., Outcomes]) -> None:
    wide = LedgerRatio(q05=1.1, q50=2, q95=9, because="test")
    one, other = (warned(sight(name, ratio=wide)).weight - 1 for name in ("convoy", "hospital"))
    assert not np.allclose(one, other)
    np.testing.assert_array_equal(warned(sight("convoy", ratio=wide)).weight - 1, one)
    withdrawn = Retraction(id="r", known=AS_OF, of="hospital", why="test")
    both = warned(sight("convoy", ratio=wide), sight("hospital", ratio=wide), retractions=(withdrawn,))
    np.testing.assert_array_equal(both.weight - 1, one)


@pytest.mark.parametrize(
    "z",
    [
        pytest.param(-4.0),
        pytest.param(-1.6),
        pytest.param(0.0),
        pytest.param(4.0),
    ],
)
def test_the_ratio_of_a_sight_in_vain_stays_between_none_and_one(z: float) -> None:
    missed = sight(
        "no-convoy", found=False, detection=0.95, ratio=LedgerRatio(q05=1.01, q50=2, q95=6, because="test")
    )
    assert 0 < incidence.ratio_of(missed, np.array([[z]])).item() <= 1

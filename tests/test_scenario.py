"""What if: nothing supposed is the forecast, signs are right, and fixed chances give the closed form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from conftest import AS_OF
from outlooks import ASKED, grounds_of, holding, reading, shipped, sight, standing
from test_incidence import at_present

from hourglass import calendar, scenario
from hourglass.case import Case
from hourglass.grounds import Grounds
from hourglass.ledger import Graded, Ledger
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout
from hourglass.scenario import Scenario, Setting, WhatIf
from hourglass.simulation import Truth
from hourglass.verdict import Check, Verdict

NOW = calendar.month_of(AS_OF)
YEAR = 12


def supposed(*settings: tuple[str, float], first: int = NOW + 1, months: int = YEAR) -> WhatIf:
    told = tuple(Setting(name, value, first, months) for name, value in settings)
    return scenario.what_if(standing(), Scenario(told))


def entry(told: WhatIf, place: int = -1) -> float:
    mean = told.rows[place].supposed.mean
    assert mean is not None
    return mean


def test_nothing_supposed_is_the_forecast_itself() -> None:
    for row in scenario.what_if(standing(), Scenario()).rows:
        for name in ("mean", "q05", "q25", "q50", "q75", "q95", "mcse"):
            assert getattr(row.supposed, name) == pytest.approx(getattr(row.forecast, name), abs=1e-12)
        assert row.supposed.outcomes == pytest.approx(row.forecast.outcomes, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("pressure", 0, 1.5), ("unrest", 1.5, 0), ("loyalty", 0, 1.5), ("gate.demand", 0.2, 0.9),
     ("gate.order", 0.2, 0.9), ("gate.carry_out", 0.2, 0.9)],
)  # fmt: skip
def test_each_supposition_moves_the_chance_its_own_way(name: str, low: float, high: float) -> None:
    assert entry(supposed((name, low))) < entry(supposed((name, high)))


def test_a_surer_demand_raises_the_chance_and_more_unrest_lowers_it() -> None:
    now = standing().forecast.horizons[-1].mean
    assert now is not None
    assert entry(supposed(("gate.demand", 0.9))) > now > entry(supposed(("unrest", 2.5)))


def test_outcomes_under_a_supposition_are_sure() -> None:
    for row in supposed(("pressure", 2.0), ("gate.order", 0.7)).rows:
        assert sum(filter(None, row.supposed.outcomes.values())) == pytest.approx(1, abs=1e-9)


def test_the_longer_a_push_the_higher_the_chance() -> None:
    now, short, long = (entry(supposed(("pressure", 3.0), months=m)) for m in (1, 3, 12))
    assert now < short < long


def test_a_push_that_begins_after_a_horizon_leaves_it_as_it_is() -> None:
    told = supposed(("pressure", 3.0), first=NOW + 4, months=3)
    assert told.rows[0].supposed.mean == pytest.approx(told.rows[0].forecast.mean, abs=1e-12)
    assert told.rows[1].supposed.mean != pytest.approx(told.rows[1].forecast.mean, rel=1e-3)


def test_what_is_left_of_the_month_of_as_of_counts_where_it_is_covered() -> None:
    """Five days of January more: the chance that occasions pass is given there too."""
    without, within = supposed(("gate.demand", 0.9)), supposed(("gate.demand", 0.9), first=NOW, months=13)
    longer = supposed(("gate.demand", 0.9), first=NOW - 3, months=16)
    assert entry(within) > entry(without)
    assert longer.rows[-1].supposed == within.rows[-1].supposed


def closed_form(present: Grounds, risk: float) -> Array:
    """Chance of entry within a year at a constant relative risk, without rivals."""
    p, length = present.present.parameters, calendar.dusk(ASKED[-1][1]) - calendar.dusk(AS_OF)
    since = calendar.dusk(AS_OF) - calendar.dawn(date(2022, 2, 24))
    typical = p.gate_chance[0] * p.gate_chance[1] * p.gate_chance[2]
    base = p.A * (np.log1p((since + length) / p.tau) - np.log1p(since / p.tau))
    before = p.nu + present.present.risk_so_far
    after = before + present.present.multiplier * risk / typical * base
    found: Array = 1 - (before / after) ** p.nu * np.exp(-p.outside * length)
    return found[:, 0]


def test_with_every_gate_fixed_the_hazard_is_the_closed_form(
    case: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    quiet = [replace(world, rate=np.zeros_like(world.rate)) for world in prior_draws]
    alone = replace(
        standing(),
        case=case.with_ledger(Ledger()),
        present=at_present(quiet, layout, panel),
        layout=layout,
    )
    fixed = [Setting(f"gate.{g}", c, NOW, 13) for g, c in zip(layout.gates, (0.9, 0.5, 0.8), strict=True)]
    drivers = [Setting(name, 0.7, NOW, 13) for name in layout.drivers]
    found = alone.outcomes([ASKED[-1][1]], scenario.given(alone, [*fixed, *drivers])).cells[:, 0, 0]
    np.testing.assert_allclose(found, closed_form(alone, 0.9 * 0.5 * 0.8), rtol=1e-9)


# Without items


def without(items: Sequence[str], case: Case | None = None) -> WhatIf:
    return scenario.what_if(grounds_of(case) if case else standing(), Scenario((), tuple(items)))


def test_without_a_warning_the_chance_is_that_of_a_ledger_without_it() -> None:
    kept = reading("kept", grade="E5")
    found = without(["convoy"], holding(sight("convoy", 1.2, 3, 6), kept))
    bare = scenario.what_if(grounds_of(holding(kept)), Scenario())
    assert entry(found) == pytest.approx(entry(bare), abs=1e-12)
    with_it = scenario.what_if(grounds_of(holding(sight("convoy", 1.2, 3, 6), kept)), Scenario())
    assert entry(found) < entry(with_it)


def test_without_a_high_reading_of_pressure_the_chance_falls() -> None:
    case = holding(reading("push", level=3.0, grade="E5"))
    assert entry(without(["push"], case)) < entry(scenario.what_if(grounds_of(case), Scenario()))


def test_what_the_draws_cannot_tell_is_withheld() -> None:
    known = shipped().evidence(AS_OF).items
    found = without([item.id for item in known if isinstance(item, Graded)])
    assert not found.verdict.passed
    assert "without k_hat" in {check.name for check in found.verdict.failed}
    for row in found.rows:
        assert row.supposed.mean is None
        assert not any(row.supposed.outcomes.values())
        assert row.forecast.mean is not None
    assert all(np.isnan(check.limit) for check in found.verdict.checks if check.relative)
    assert "withheld, failed without k_hat" in repr(found)


def test_a_supposed_chance_of_too_large_an_error_is_withheld() -> None:
    few = np.zeros(2000)
    few[:3] = 2000 / 3
    told = scenario.what_if(grounds_of(shipped(), few), Scenario())
    assert {check.name for check in told.verdict.failed} >= {"supposed P in 12 months mcse"}


def test_a_scenario_says_what_it_supposes() -> None:
    told = Scenario((Setting("pressure", 1.5, NOW + 1, 6), Setting("gate.demand", 0.9, NOW, 1)), ("visit",))
    assert told.words == (
        "pressure = +1.5 from 2023-02 through 2023-07",
        "gate.demand = 0.9 from 2023-01 through 2023-01",
        "without visit",
    )


def test_the_answer_reads_plainly_in_a_session() -> None:
    told = repr(supposed(("pressure", 1.5)))
    assert told.startswith("<WhatIf belarus as of 2023-01-26: pressure = +1.5 from 2023-02 through 2024-01\n")
    assert "12 months" in told
    assert ", forecast " in told
    doubted = replace(supposed(), verdict=Verdict((Check("r_hat", 2.0, 1.01, False),)))
    assert "%" not in repr(doubted)


def test_the_json_sets_forecast_and_supposition_side_by_side() -> None:
    found = supposed(("pressure", 1.5), first=NOW + 2, months=6)
    told = scenario.as_json(found)
    assert set(told) == {"schema", "question", "as_of", "settings", "without", "horizons", "verdict"}
    assert told["settings"] == [{"name": "pressure", "value": 1.5, "from": "2023-03", "months": 6}]
    for one in told["horizons"]:
        assert set(one) == {"months", "date", "forecast", "supposed"}
        for side in ("forecast", "supposed"):
            assert set(one[side]) == {"mean", "q05", "q25", "q50", "q75", "q95", "mcse", "outcomes"}
    assert told["horizons"][-1]["supposed"]["mean"] == entry(found)

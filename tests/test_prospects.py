"""What could be seen: it weighs exactly as the same item of the ledger would."""

from datetime import date
from functools import cache

import numpy as np
import pytest
from outlooks import (
    ASKED,
    HORIZON,
    NEXT,
    grounds_of,
    holding,
    later,
    paths,
    reading,
    shipped,
    sight,
    standing,
)
from scipy.special import ndtr

from hourglass import likelihood, prospects
from hourglass.ledger import Event, Ledger, Sighting
from hourglass.likelihood import NUMPY
from hourglass.panel import Array
from hourglass.prospects import Ahead


@cache
def ahead() -> Ahead:
    """Look a month ahead from the shipped question."""
    return prospects.look(standing(), HORIZON)


def mean(values: Array, weight: Array) -> float:
    return float(np.average(values, weights=weight))


def test_a_step_of_each_draw_keeps_the_spread_of_the_class() -> None:
    """Drivers of prior worlds are stationary: a month on they spread as they do now."""
    now = standing().posterior.inside.stacked()["driver_path"][:, -1]
    for k, state in enumerate(ahead().x):
        assert state.std() == pytest.approx(now[:, k].std(), rel=0.05)
        assert np.corrcoef(state[:, 0], now[:, k])[0, 1] > 0.8


def test_chances_along_one_step_are_those_of_the_forecast_within_error() -> None:
    told = standing().forecast.horizons[-1]
    assert mean(ahead().entry, ahead().weight) == pytest.approx(told.mean, rel=0.04)


def test_the_levels_of_a_driver_are_sure_to_hold_what_is_read() -> None:
    chances = np.array([p.chance for p in prospects.readings(ahead())]).reshape(3, 7, -1)
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-12)


def test_a_reading_is_rounded_from_driver_origin_and_noise() -> None:
    """By hand: at x = 0.2 with noise (a + b) m and origin o, +1 is read between 0.5 and 1.5."""
    p, x = standing().present.parameters, ahead().x[0][:, 0]
    noise = (p.letter_noise[0] + p.letter_noise[1]) * p.number_multiplier[0]
    spread = np.sqrt(noise**2 + p.origin_sd**2)[:, 0]
    plus_one = list(prospects.readings(ahead()))[4]
    assert "+1 (the patron presses by visits and favours)" in plus_one.what
    expected = ndtr((1.5 - x) / spread) - ndtr((0.5 - x) / spread)
    np.testing.assert_allclose(plus_one.chance, expected, rtol=1e-9, atol=1e-12)


def test_a_reading_seen_weighs_as_one_in_the_ledger() -> None:
    """The mean likelihood of readings of level 0.5 to 1.5, by the midpoint rule."""
    x, _ = paths(ahead())
    p, total = standing().present.parameters, 0.0
    for level in np.arange(0.525, 1.5, 0.05):
        item = reading("new", level=float(level), date=NEXT, known=NEXT)
        total += np.exp(likelihood.readings(NUMPY, p, later(holding(item)), x)[:, 0])
    seen = list(prospects.readings(ahead()))[4]
    np.testing.assert_allclose(seen.chance, 0.05 * total, rtol=2e-3, atol=1e-4)


def test_events_seen_weigh_as_in_the_ledger() -> None:
    x, u = paths(ahead())
    grounds = standing()
    for found, kind in zip(prospects.events(ahead()), grounds.case.question.events, strict=True):
        stated = reading("new", date=NEXT, known=NEXT).model_dump(exclude={"driver", "level"})
        item = Event.model_validate(stated | {"kind": kind, "episode": "new"})
        panel = later(holding(item))
        density = likelihood.episodes(NUMPY, grounds.present.parameters, grounds.layout, panel, x, u)[:, 0]
        assert np.ptp(density) > 0.01
        np.testing.assert_allclose(np.log(found.chance) - density, np.log(found.chance[0]) - density[0])
        assert 0 < found.chance.min() < found.chance.max() < 1


def warned(template: Sighting, *others: Sighting) -> tuple[prospects.Prospect, Ahead]:
    """Look ahead from a ledger that holds a warning whose window has passed, and others."""
    look = prospects.look(grounds_of(holding(template, *others)), HORIZON)
    (found,) = (p for p in prospects.warnings(look) if template.claim.rstrip(".") in p.what)
    return found, look


PAST: dict[str, object] = {"date": date(2021, 3, 1), "known": date(2021, 3, 1)}


def with_item(look: Ahead, item: Sighting) -> float:
    """P by the horizon once a warning is in the ledger, on the same steps."""
    held = look.grounds.case.ledger
    case = look.grounds.case.with_ledger(Ledger((*held.items, item)))
    found = look.grounds.outcomes([HORIZON], look.given, case)
    return mean(found.cells[:, 0, 0], found.weight)


@pytest.mark.parametrize(("months", "rtol"), [(12, 1e-9), (3, 2e-5), (20, 2e-5)])
def test_a_warning_seen_weighs_as_one_in_the_ledger(months: int, rtol: float) -> None:
    wide = (1.1, 2.0, 6.0)
    found, look = warned(sight("convoy", *wide, window_months=months, claim="Convoy.", **PAST))
    after = mean(found.with_entry, look.weight) / mean(found.chance, look.weight)
    item = sight("new", *wide, window_months=months, origin="convoy", claim="Again.")
    assert after == pytest.approx(with_item(look, item), rel=rtol)
    assert after > mean(look.entry, look.weight)


def test_a_warning_seen_beside_an_open_one_weighs_as_both_in_the_ledger() -> None:
    wide = (1.1, 2.0, 6.0)
    found, look = warned(
        sight("convoy", *wide, claim="Convoy.", **PAST), sight("open", 1.5, 3.0, 5.0, claim="O")
    )
    after = mean(found.with_entry, look.weight) / mean(found.chance, look.weight)
    item = sight("new", *wide, origin="convoy", claim="Again.")
    assert after == pytest.approx(with_item(look, item), rel=1e-9)


def test_what_was_looked_for_in_vain_weighs_as_before_if_it_is_not_seen_again() -> None:
    sharp = (3 - 1e-9, 3.0, 3 + 1e-9)
    vain: dict[str, object] = {"found": False, "detection": 0.6}
    found, look = warned(sight("force", *sharp, claim="No force.", **vain, **PAST))
    p, q, both = (mean(v, look.weight) for v in (look.entry, found.chance, found.with_entry))
    item = sight("new", *sharp, origin="force", claim="Again.", **vain)
    assert (p - both) / (1 - q) == pytest.approx(with_item(look, item), rel=1e-6)
    assert "Seen now, not then" in found.what
    # Seen in one of five quiet worlds and in three of five before entry.
    assert q == pytest.approx(0.2 * (1 + 2 * mean(look.entry, look.weight)), rel=1e-6)


def test_each_kind_of_warning_stands_once_as_its_newest() -> None:
    old: dict[str, object] = {"date": date(2021, 1, 1), "known": date(2021, 1, 1)}
    told = [
        sight("alike-1", 1.1, 2, 4, claim="Alike, old.", **old),
        sight("alike-2", 1.1, 2, 4, claim="Alike, new."),
        sight("same-1", 1.1, 2, 5, origin="wire", claim="Same, old.", **old),
        sight("same-2", 1.2, 3, 5, origin="wire", claim="Same, new."),
        sight("other", 1.1, 2, 4, window_months=3, claim="Other window."),
        sight("doubted", 1.3, 2, 4, grade="F6", claim="Without weight."),
    ]  # fmt: skip
    look = prospects.look(grounds_of(holding(*told)), HORIZON)
    claims = sorted(p.what.split(": ")[1] for p in prospects.warnings(look))
    assert claims == ["Alike, new", "Other window", "Same, new"]


def test_an_empty_ledger_has_no_warning_to_repeat() -> None:
    look = prospects.look(grounds_of(holding()), ASKED[0][1])
    assert list(prospects.warnings(look)) == []


def test_the_shipped_ledger_has_warnings_to_repeat() -> None:
    told = list(prospects.warnings(ahead()))
    kinds = {w.ratio.q50 for w in shipped().evidence(standing().as_of).of(Sighting)}
    assert len(told) >= len(kinds) > 1

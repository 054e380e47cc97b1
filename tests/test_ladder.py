"""Fits between prior and posterior: at which powers they are asked, and that their parts sum up."""

from pathlib import Path

import numpy as np
import pytest
from test_explain_commands import ask, root
from test_forecaster import prior_fit

from hourglass import inference, ladder
from hourglass.draws import Draws
from hourglass.panel import Labels, Panel

__all__ = ["root"]  # a fixture


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the powers at which fits are asked for, each answered by draws from the priors."""
    powers: list[float] = []

    def sample(compiled: object, panel: Panel, labels: Labels, seed: int, settings: object) -> Draws:
        powers.append(float(panel.temperature[0]))
        return prior_fit()

    monkeypatch.setattr(inference, "compile_model", lambda case, panel: None)
    monkeypatch.setattr(inference, "sample", sample)
    return powers


def test_the_climb_ends_at_the_printed_chance_and_sums_to_the_whole(root: Path, asked: list[float]) -> None:
    found = ask(root, from_prior=True)
    assert (found.move, found.since) == (None, None)
    assert found.climb is not None
    assert found.climb.after == pytest.approx(found.chance)
    assert sum(part.log_odds for part in found.climb.parts) == pytest.approx(found.climb.whole, abs=1e-6)
    names = [part.name for part in found.climb.parts]
    assert names[-1] == "warnings"
    assert {"own quiet", "pressure, 2022 Q4"} <= set(names)
    assert not found.climb.checks


def test_parts_that_miss_the_whole_by_more_than_their_noise_are_told_of(
    root: Path, asked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "MOST_MISSED", 0)
    found = ask(root, from_prior=True).climb
    assert found is not None
    (check,) = found.checks
    assert check.name == ladder.MISSED
    assert check.value == pytest.approx(abs(found.missed) / found.error)


def test_the_top_of_the_climb_is_the_run_itself_and_needs_no_fit(root: Path, asked: list[float]) -> None:
    ask(root, from_prior=True)
    assert asked == sorted(asked)
    assert (len(asked), asked[0]) == (6, 0.0)
    assert asked[-1] < 1


def test_a_fit_between_that_fails_is_named_with_its_power(root: Path, asked: list[float]) -> None:
    def diverging(*_: object) -> Draws:
        good = prior_fit()
        return Draws(good.posterior, dict(good.stats) | {"diverging": np.ones((4, 500))}, good.coords)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inference, "sample", diverging)
        found = ask(root, from_prior=True).climb
    assert found is not None
    assert [check.name for check in found.checks][:2] == ["power 0 divergences", "power 0.00721 divergences"]

"""The shipped question and what every test builds on: its layout, a panel, simulated worlds, one fit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hourglass import assembly, belief, parameters, simulation, workspace
from hourglass import case as cases
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Labels, Panel, class_only
from hourglass.parameters import Layout
from hourglass.simulation import Truth

pytest_plugins = ["browser", "shell"]
ROOT = Path(__file__).parents[1]
AS_OF = date(2023, 1, 26)
workspace.use_machine_code(ROOT / ".hourglass" / "compiled")


@pytest.fixture(scope="session")
def case() -> Case:
    """Return the shipped question, known through November 2026."""
    return cases.load(ROOT / "priors/belarus", "priors/belarus", date(2026, 11, 22))


@pytest.fixture(scope="session")
def layout(case: Case) -> Layout:
    """Return the layout of the shipped question."""
    return parameters.layout(case.question)


@pytest.fixture(scope="session")
def panel(case: Case) -> Panel:
    """Return the panel at the date of the founding article."""
    return assembly.build(case, AS_OF)[0]


@pytest.fixture(scope="session")
def medians(layout: Layout) -> Callable[[Mapping[str, float]], Array]:
    """Return a maker of parameters: all at their medians, but those whose path starts with a key."""

    def theta(stated: Mapping[str, float]) -> Array:
        found: Array = belief.values(NUMPY, np.zeros(len(layout.names)), layout.curves)
        for start, number in stated.items():
            found[[name.startswith(start) for name in layout.names]] = number
        return found

    return theta


@pytest.fixture(scope="session")
def prior_draws(layout: Layout, panel: Panel) -> list[Truth]:
    """Return six worlds drawn from the priors."""
    rng = np.random.default_rng(20230126)
    return [simulation.prior(layout, panel, rng) for _ in range(6)]


@dataclass(frozen=True)
class Engine:
    """The model compiled once for all tests, on the grid of the founding article's date."""

    compiled: Any
    labels: Labels

    def sample(self, panel: Panel, seed: int, draws: int = 1000) -> Draws:
        """Fit a panel."""
        from hourglass import inference

        settings = inference.Settings(draws=draws)
        return inference.sample(self.compiled, panel, self.labels, seed, settings)


@pytest.fixture(scope="session")
def engine(case: Case, panel: Panel) -> Engine:
    """Return the compiled model."""
    from hourglass import inference

    return Engine(inference.engine(case, panel), assembly.build(case, AS_OF)[1])


@pytest.fixture(scope="session")
def fit(engine: Engine, panel: Panel) -> Draws:
    """Return the posterior given all evidence known at the founding article's date."""
    return engine.sample(panel, seed=1)


@pytest.fixture(scope="session")
def class_fit(engine: Engine, panel: Panel) -> Draws:
    """Return the posterior given the life tables alone."""
    return engine.sample(class_only(panel, own=False), seed=1)

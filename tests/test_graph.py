"""The PyMC graph: it must say exactly what the NumPy likelihood says."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from hourglass import likelihood, parameters
from hourglass.case import Case
from hourglass.likelihood import NUMPY
from hourglass.panel import Panel, class_only, pack
from hourglass.parameters import Layout
from hourglass.whitening import whitening

pytestmark = pytest.mark.slow
DRAWS = 100
PARTS = ("readings", "episodes", "polls", "counts", "levels", "tables", "own_class_survival", "survival")
STATES = ("theta", "driver_path", "disposition_path", "log_multiplier", "rival_rate")


@pytest.fixture(scope="module")
def graph(case: Case, layout: Layout, panel: Panel) -> Any:
    from hourglass import graph

    return graph.build(layout, list(case.question.reference.classes), panel)


@pytest.fixture(scope="module")
def told(graph: Any) -> list[dict[str, Any]]:
    """What the graph says of its state and of each part, at points drawn from its start."""
    rng = np.random.default_rng(7)
    outputs = [graph[name] for name in STATES] + [graph[f"{part}_log_density"] for part in PARTS]
    outputs = graph.replace_rvs_by_values(outputs)
    run = graph.compile_fn([*outputs, graph.logp()], mode="FAST_COMPILE")
    start = graph.initial_point()
    points = [{k: v + 0.7 * rng.standard_normal(v.shape) for k, v in start.items()} for _ in range(DRAWS)]
    names = (*STATES, *PARTS, "total")
    return [{"point": point} | dict(zip(names, run(point), strict=True)) for point in points]


def log_densities(layout: Layout, panel: Panel, state: dict[str, Any]) -> dict[str, Any]:
    p = parameters.unpack(NUMPY, state["theta"], layout)
    x, u = list(state["driver_path"].T), list(state["disposition_path"].T)
    multiplier = np.exp(state["log_multiplier"])
    return likelihood.log_densities(NUMPY, p, layout, panel, multiplier, state["rival_rate"], x, u)


@pytest.mark.parametrize("part", PARTS)
def test_numpy_and_the_graph_agree_on_each_part(
    layout: Layout, panel: Panel, told: list[dict[str, Any]], part: str
) -> None:
    for state in told:
        found = log_densities(layout, panel, state)[part]
        assert found.size
        np.testing.assert_allclose(state[part], found, rtol=1e-9, atol=1e-9)


def test_the_models_density_is_that_of_its_variables_and_of_the_parts(
    layout: Layout, panel: Panel, told: list[dict[str, Any]]
) -> None:
    maps = whitening(layout, panel)
    for state in told:
        point = state["point"]
        normals = [maps[k] @ point[f"round_driver_{k}"] for k in range(len(layout.drivers))]
        normals += [
            value for name, value in point.items() if name == "z" or name.startswith(("disp", "class"))
        ]
        rates = stats.gamma(panel.spell_shape, scale=1 / panel.spell_rate).logpdf(state["rival_rate"])
        jacobian = np.log(state["rival_rate"])  # of the logarithm that is sampled
        parts = sum(value.sum() for value in log_densities(layout, panel, state).values())
        expected = stats.norm.logpdf(np.concatenate(normals)).sum() + (rates + jacobian).sum() + parts
        assert state["total"] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_walks_of_the_graph_follow_the_recursion(
    layout: Layout, panel: Panel, told: list[dict[str, Any]]
) -> None:
    maps = whitening(layout, panel)
    for state in told[:20]:
        p = parameters.unpack(NUMPY, state["theta"], layout)
        for k, half_life in enumerate(p.half_life):
            shock, z, path = (maps[k] @ state["point"][f"round_driver_{k}"])[1:], 0.0, []
            for t, e in enumerate(shock):
                f = 0.5 ** (1 / half_life[0])
                z = e if t == 0 else f * z + np.sqrt(1 - f**2) * e
                path.append(p.level[k][0] + np.sqrt(1 - p.lasting_share[k][0]) * z)
            np.testing.assert_allclose(state["driver_path"][:, k], path, rtol=1e-9, atol=1e-9)


def test_a_gate_that_no_driver_moves_reads_its_events_too(case: Case, layout: Layout, panel: Panel) -> None:
    from hourglass import graph as graphs

    bare = replace(layout, gate_effects=((), *layout.gate_effects[1:]))
    model = graphs.build(bare, list(case.question.reference.classes), panel)
    outputs = model.replace_rvs_by_values([*(model[name] for name in STATES), model["episodes_log_density"]])
    *state, found = model.compile_fn(outputs, mode="FAST_COMPILE")(model.initial_point())
    expected = log_densities(bare, panel, dict(zip(STATES, state, strict=True)))["episodes"]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_chains_start_alike_whichever_panel_the_model_was_built_on(
    graph: Any, case: Case, layout: Layout, panel: Panel
) -> None:
    """A worker's first day must leave no trace in its others."""
    from hourglass import graph as graphs

    bare = class_only(panel, own=True)
    assert (bare.spell_rate != panel.spell_rate).any()
    other = graphs.build(layout, list(case.question.reference.classes), bare).initial_point()
    own = graph.initial_point()
    assert own.keys() == other.keys()
    for name, start in own.items():
        np.testing.assert_array_equal(start, other[name])


def test_another_panel_takes_the_place_of_the_first(graph: Any, layout: Layout, panel: Panel) -> None:
    """The class alone, with no item on any axis, needs no other graph."""
    bare = class_only(panel, own=True)
    held = {name: graph[name].get_value() for name in ("amounts", "positions", "bounds")}
    outputs = [graph[name] for name in STATES] + [graph[f"{part}_log_density"] for part in PARTS]
    run = graph.compile_fn(graph.replace_rvs_by_values(outputs), mode="FAST_COMPILE")
    try:
        for name, array in pack(bare).items():
            graph[name].set_value(array)
        state = dict(zip((*STATES, *PARTS), run(graph.initial_point()), strict=True))
    finally:
        for name, array in held.items():
            graph[name].set_value(array)
    for part, expected in log_densities(layout, bare, state).items():
        np.testing.assert_allclose(state[part], expected, rtol=1e-9, atol=1e-9)
    assert state["readings"].size == 0
    assert state["own_class_survival"].sum() < 0

"""Question and ledger as arrays: what weighs, how it is merged, and what no array may show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from hourglass import assembly, calendar, likelihood
from hourglass.assembly import Grid
from hourglass.case import Case
from hourglass.ledger import Event, Item, Ledger, Note, Reading, Retraction, Source
from hourglass.likelihood import NUMPY
from hourglass.panel import AXES, ITEMS, Array, Panel, arrays, class_only
from hourglass.parameters import Layout, unpack
from hourglass.series import Point
from hourglass.simulation import Truth

Medians = Callable[[Mapping[str, float]], Array]
AS_OF = date(2023, 1, 26)
LATER = date(2023, 1, 27)
DECEMBER = date(2022, 12, 19)
MONTHS = 30
SOURCE = Source(title="t", url="u", date=DECEMBER)


def reading(name: str, **changed: object) -> Reading:
    """Pressure at 1.5, read by the best of sources in December 2022."""
    stated: dict[str, object] = {
        "id": name, "date": DECEMBER, "known": DECEMBER, "grade": "A1", "origin": "visit",
        "claim": name, "source": SOURCE, "driver": "pressure", "level": 1.5,
    }  # fmt: skip
    return Reading.model_validate(stated | changed)


def event(name: str, **changed: object) -> Event:
    """Refusal reported by the best of sources in December 2022."""
    stated: dict[str, object] = {
        "id": name, "date": DECEMBER, "known": DECEMBER, "grade": "A1", "origin": name,
        "claim": name, "source": SOURCE, "kind": "refusal", "episode": "winter",
    }  # fmt: skip
    return Event.model_validate(stated | changed)


def panel_of(case: Case, *items: Item, retractions: tuple[Retraction, ...] = ()) -> Panel:
    """Panel of a ledger of a few items."""
    return assembly.build(case.with_ledger(Ledger(items, retractions)), AS_OF)[0]


def assert_identical(one: Panel, other: Panel) -> None:
    """Fail unless every array of two panels is the same to the bit."""
    for name, array in arrays(one).items():
        found = arrays(other)[name]
        assert (found.shape, found.dtype, found.tobytes()) == (array.shape, array.dtype, array.tobytes()), (
            name
        )


# What is not known yet


def test_an_item_known_later_leaves_no_trace(case: Case, panel: Panel) -> None:
    early = [reading("hindsight", known=LATER), event("leak", known=LATER)]
    assert_identical(
        assembly.build(case.with_ledger(replace(case.ledger, items=(*early, *case.ledger.items))), AS_OF)[0],
        panel,
    )


def test_a_retraction_known_later_leaves_no_trace(case: Case, panel: Panel) -> None:
    target = case.evidence(AS_OF).of(Reading)[0].id
    later = replace(case.ledger, retractions=(Retraction(id="r", known=LATER, of=target, why="test"),))
    assert_identical(assembly.build(case.with_ledger(later), AS_OF)[0], panel)
    now = replace(case.ledger, retractions=(Retraction(id="r", known=AS_OF, of=target, why="test"),))
    assert len(assembly.build(case.with_ledger(now), AS_OF)[0].reading_level) == len(panel.reading_level) - 1


def test_a_revision_known_later_leaves_no_trace(case: Case) -> None:
    first = reading("first")
    later = reading("second", known=LATER, level=-2.0, revises="first")
    assert_identical(panel_of(case, first, later), panel_of(case, first))
    now = panel_of(case, first, reading("second", known=AS_OF, level=-2.0, revises="first"))
    assert now.reading_level.tolist() == [-2.0]


def test_a_number_known_later_leaves_no_trace(case: Case, panel: Panel) -> None:
    told = {"date": DECEMBER, "known": LATER, "value": 0.5}
    rows = {name: (*rows, rows[0].model_copy(update=told)) for name, rows in case.rows.items()}
    assert_identical(assembly.build(replace(case, rows=rows), AS_OF)[0], panel)


def test_the_whole_future_of_the_ledger_leaves_no_trace(case: Case, panel: Panel) -> None:
    known = Ledger(
        tuple(item for item in case.ledger.items if item.known <= AS_OF),
        tuple(entry for entry in case.ledger.retractions if entry.known <= AS_OF),
    )
    assert len(known.items) < len(case.ledger.items)
    rows = {name: tuple(row for row in rows if row.known <= AS_OF) for name, rows in case.rows.items()}
    assert_identical(assembly.build(replace(case, ledger=known, rows=rows), AS_OF)[0], panel)


# Readings


def test_reprints_become_one_reading_with_the_best_grade(case: Case) -> None:
    found = panel_of(case, reading("a", level=1.0, grade="C3"), reading("b", level=2.0, grade="B2"))
    assert found.reading_level.tolist() == [1.5]
    assert (found.reading_letter.tolist(), found.reading_number.tolist()) == ([1], [1])


def test_the_best_grade_is_the_one_of_least_noise(case: Case) -> None:
    # A4 is 0.4 x 2.1, B2 is 0.55 x 1.15: the better letter is the worse grade.
    assert assembly.noise_order(case.question, "A4") == pytest.approx(0.84)
    assert assembly.noise_order(case.question, "B2") == pytest.approx(0.6325)
    found = panel_of(case, reading("a", grade="A4"), reading("b", grade="B2"))
    assert (found.reading_letter.tolist(), found.reading_number.tolist()) == ([1], [1])


def test_ten_reprints_weigh_as_one(case: Case) -> None:
    assert_identical(panel_of(case, *(reading(f"r{i}") for i in range(10))), panel_of(case, reading("r")))


def test_an_origin_makes_one_block_a_driver_and_one_reading_a_month(case: Case) -> None:
    november = {"date": date(2022, 11, 2), "known": date(2022, 11, 2)}
    found, labels = assembly.build(
        case.with_ledger(
            Ledger(
                (
                    reading("a"),
                    reading("b", **november),
                    reading("c", driver="unrest"),
                    reading("d", origin="x"),
                )
            )
        ),
        AS_OF,
    )
    assert labels.reading == ("a", "b", "c", "d")
    assert labels.block == ("visit/pressure", "visit/unrest", "x/pressure")
    assert found.reading_block.tolist() == [0, 0, 1, 2]
    # December 2022 is month 28 from August 2020; unrest comes after the months of pressure.
    assert found.reading_state.tolist() == [28, 27, MONTHS + 28, 28]


@pytest.mark.parametrize("grade", ["F1", "F6", "A6", "E6"])
def test_what_cannot_be_judged_has_no_weight(case: Case, grade: str) -> None:
    nothing = panel_of(case)
    assert_identical(panel_of(case, reading("r", grade=grade), event("e", grade=grade)), nothing)


def test_recorded_repeats_and_notes_have_no_weight(case: Case) -> None:
    note = Note(id="n", date=DECEMBER, known=DECEMBER, claim="n", source=SOURCE)
    repeat = reading("again", level=-3.0, repeat_of="r")
    assert_identical(panel_of(case, reading("r"), repeat, note), panel_of(case, reading("r")))


# Episodes


def test_a_report_is_as_strong_as_its_grade_is_credible(case: Case) -> None:
    found = panel_of(case, event("e"))
    # A1 is genuine with 0.98 x 0.98 = 0.9604; a refusal weighs 3 against order, 1 against the army.
    np.testing.assert_allclose(
        found.episode_weight, np.array([[0.0], [0.0396 + 0.9604 * 3], [1.0]]), rtol=1e-12
    )
    assert found.episode_open.T.tolist() == [[0, 1, 1]]
    assert found.episode_month.tolist() == [28]


def test_reports_of_two_origins_on_one_episode_multiply(case: Case) -> None:
    found = panel_of(case, event("e"), event("f", kind="demand", grade="C3"))
    # C3 is genuine with 0.75 x 0.75 = 0.5625; a demand weighs 1, 4, 4.
    one, two = [0, 2.9208, 1], [1, 0.4375 + 0.5625 * 4, 0.4375 + 0.5625 * 4]
    np.testing.assert_allclose(found.episode_weight[:, 0], np.multiply(one, two), rtol=1e-12)


def test_reprints_of_a_report_weigh_as_one(case: Case) -> None:
    one = panel_of(case, event("e", origin="wire"))
    many = panel_of(case, *(event(f"e{i}", origin="wire") for i in range(5)))
    np.testing.assert_allclose(many.episode_weight, one.episode_weight, rtol=1e-12)


def test_two_reports_of_one_origin_enter_as_their_geometric_mean(case: Case) -> None:
    found = panel_of(case, event("e", origin="wire"), event("f", origin="wire", kind="pledge"))
    np.testing.assert_allclose(found.episode_weight[:, 0], [0, 2.9208**0.5, 2.9208**0.5], rtol=1e-12)


# Series


def test_a_change_is_spread_over_the_months_in_which_it_came() -> None:
    grid = Grid(calendar.month_of(date(2022, 1, 1)), 4, ("pressure",))
    # From the end of 10 January to the end of 20 February: 21/31 and 20/28 of a month.
    found = grid.span(Point(date(2022, 1, 10), date(2022, 2, 20), 5.0))
    whole = 21 / 31 + 20 / 28
    assert list(found) == [0, 1]
    np.testing.assert_allclose(list(found.values()), [21 / 31 / whole, 20 / 28 / whole], atol=1e-10)


def test_every_point_speaks_of_its_driver_with_a_total_weight_of_one(panel: Panel) -> None:
    for kind in ("poll", "count", "level"):
        point, state, weight = (arrays(panel)[f"{kind}_{part}"] for part in ("point", "state", "weight"))
        for i in range(len(arrays(panel)[f"{kind}_series"])):
            assert len(set(state[point == i] // MONTHS)) == 1
            assert np.abs(weight[point == i].sum()) == pytest.approx(1, rel=1e-12)
            assert len(set(np.sign(weight[point == i]))) == 1
    assert len(panel.level_point) > len(panel.level_series)


def test_a_poll_of_unknown_size_counts_as_the_assumed_one(case: Case) -> None:
    first = min(case.rows["poll_join"], key=lambda row: row.known)
    assert (first.value, first.n) == (0.13, None)
    found, labels = assembly.build(case, AS_OF)
    wave = labels.poll.index(f"poll_join {first.date}")
    assert (found.poll_yes[wave], found.poll_answers[wave]) == (52, 400)


def test_polls_against_entry_pull_the_other_way(case: Case, panel: Panel) -> None:
    join = panel.poll_series == list(case.question.series).index("poll_join")
    assert panel.poll_weight.tolist() == np.where(join, -1.0, 1.0)[panel.poll_point].tolist()


# The grid, the rivals, the whole


def test_labels_name_what_the_arrays_hold(case: Case, panel: Panel) -> None:
    _, labels = assembly.build(case, AS_OF)
    lengths = {field.name: len(getattr(labels, field.name)) for field in fields(labels)}
    for name, array in arrays(panel).items():
        for axis, length in zip(AXES[name], array.shape, strict=True):
            assert lengths.setdefault(axis, length) == length, (name, axis)
    assert (labels.month[0], labels.month[-1]) == ("2020-08", "2023-01")


def test_every_month_at_risk_lies_in_one_spell_of_each_table(case: Case, panel: Panel) -> None:
    spells = assembly.rival_spells(case)
    for table in {spell.row.table for spell in spells}:
        part = [spell.row.table == table for spell in spells]
        np.testing.assert_allclose(
            panel.rival_exposure[part].sum(axis=0), panel.until - panel.since, atol=1e-10
        )


def test_the_last_spell_of_a_table_lasts_for_ever(case: Case) -> None:
    far = calendar.Slices(np.array([0]), np.array([900.0]), np.array([902.0]))
    by_table = assembly.overlap(far, assembly.rival_spells(case))[:, 0]
    assert by_table[by_table > 0].tolist() == [2, 2, 2]


def test_a_longer_grid_says_the_same(
    case: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    longer, _ = assembly.build(case, AS_OF, MONTHS + 6)
    rng = np.random.default_rng(1)
    for truth in prior_draws:
        ahead = replace(
            truth,
            x=np.concatenate([truth.x, rng.normal(size=(6, 3))]),
            u=np.concatenate([truth.u, rng.normal(size=(6, 1))]),
        )
        short, long = log_densities(truth, layout, panel), log_densities(ahead, layout, longer)
        for name, density in short.items():
            assert long[name].sum() == pytest.approx(density.sum(), rel=1e-12), name


def states(path: Array) -> list[Array]:
    """Drivers or dispositions of a path (..., place, driver), one array each."""
    return list(np.moveaxis(path, -1, 0))


def log_densities(truth: Truth, layout: Layout, panel: Panel) -> dict[str, Array]:
    p = unpack(NUMPY, truth.theta, layout)
    multiplier, x, u = np.exp(truth.log_multiplier), states(truth.x), states(truth.u)
    return likelihood.log_densities(NUMPY, p, layout, panel, multiplier, truth.rate, x, u)


def items_of(panel: Panel) -> Sequence[str]:
    """Names of the arrays that hold any item."""
    return [name for name, array in arrays(panel).items() if set(AXES[name]) & set(ITEMS) and array.size]


def test_no_evidence_makes_empty_arrays_and_finite_densities(
    case: Case, layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    bare = replace(case, ledger=Ledger(), rows=dict.fromkeys(case.rows, ()))
    nothing, labels = assembly.build(bare, AS_OF)
    assert items_of(nothing) == []
    assert labels.reading == labels.episode == labels.poll == ()
    assert {a.ndim for a in arrays(nothing).values()} == {1, 2}
    for truth in prior_draws:
        for name, density in log_densities(truth, layout, nothing).items():
            assert np.all(np.isfinite(density)), name
            assert density.size or name in {"readings", "episodes", "polls", "counts", "levels"}


def test_without_evidence_the_panel_has_the_shape_of_one_with_it(case: Case, panel: Panel) -> None:
    nothing, _ = assembly.build(replace(case, ledger=Ledger(), rows=dict.fromkeys(case.rows, ())), AS_OF)
    for name, array in arrays(panel).items():
        fixed = [i for i, axis in enumerate(AXES[name]) if axis not in ITEMS]
        assert [arrays(nothing)[name].shape[i] for i in fixed] == [array.shape[i] for i in fixed], name


@pytest.mark.parametrize("own", [True, False])
def test_the_class_alone_holds_no_item(panel: Panel, own: bool) -> None:
    bare = class_only(panel, own=own)
    assert items_of(panel)
    assert items_of(bare) == []
    assert bare.rival_exposure.sum() == bare.until.sum() == 0
    np.testing.assert_array_equal(bare.row_joined, panel.row_joined)
    np.testing.assert_array_equal(bare.class_points, panel.class_points)


def test_own_quiet_enters_the_class_as_survival_and_as_exposure_of_the_rivals(panel: Panel) -> None:
    bare, with_own = class_only(panel, own=False), class_only(panel, own=True)
    so_far = 5 / 28 + 10 + 26 / 31
    assert bare.knot_months @ bare.own_knot == 0
    assert with_own.knot_months @ with_own.own_knot == pytest.approx(so_far)
    # War's end, irregular exit, death or ill health were all at risk all the time.
    assert (with_own.spell_rate - bare.spell_rate).sum() == pytest.approx(3 * so_far)
    np.testing.assert_array_equal(with_own.spell_shape, bare.spell_shape)

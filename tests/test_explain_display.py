"""An explanation in the terminal: parts with their sum, what is rough, what is in conflict."""

from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from hourglass import explain_display
from hourglass.attribution import LATER, LATER_HOLDS, Move, Part
from hourglass.case import Case
from hourglass.explanation import Explanation
from hourglass.influence import EVERY, Influence, Typical
from hourglass.ladder import MISSED, Climb
from hourglass.sensitivity import Sensitivity
from hourglass.summary import Evidence
from hourglass.verdict import Check

PARTS = (Part(LATER, -0.5, LATER_HOLDS), Part("it", 1.19315, "added"), Part("refit and Monte Carlo", 0.0))
MOVE = Move(12, 0.2, 1 / 3, "change", PARTS, (Check("weights k_hat", 0.2, 0.7, True),), "It holds the rest.")
TOLD = Explanation(
    question={"id": "q", "title": "Will it?"}, run="b", as_of=date(2023, 1, 26), since="a",
    since_as_of=date(2023, 1, 10), months=12, chance=1 / 3, move=MOVE, climb=None,
    typical=(Typical(EVERY, 0.25, -0.405),),
    influences=(
        Influence("it", 0.25, 0.405, 0.01, 0.9, False),
        Influence("other", 0.3, 0.1, 0.02, 0.1, True),
        Influence("faint", 0.33, 0.01, 0.02, 0.1, True),
    ),
    sensitivities=(
        Sensitivity("evidence", 0.2, 0.1, 0.02), Sensitivity("grades.origin", 0.01, 0, 0.1, 0.2, 0.3, -1.7),
    ),
    evidence=Evidence(87, 57.1, None, ""), remarks=(),
)  # fmt: skip


def shown(told: Explanation, case: Case) -> str:
    console = Console(width=160)
    with console.capture() as heard:
        console.print(explain_display.explanation(told, case))
    return heard.get()


def row(text: str, start: str) -> list[str]:
    """Cells of the first row that starts with a word."""
    lines = ([cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line)
    return next(cells for cells in lines if cells[0] == start)


def test_parts_stand_with_what_they_do_to_the_odds_and_their_sum(case: Case) -> None:
    text = shown(TOLD, case)
    assert row(text, "it") == ["it", "added", "+1.193", "3.30"]
    assert row(text, "the later day")[1] == "quiet until then, lapsed warnings, a later window"
    assert row(text, "sum") == ["sum", "", "+0.693", "2.00"]  # odds of 1/4 to odds of 1/2
    assert "What moved P from 20.0 % as of 2023-01-10 (run a)" in text
    assert "rough, the sum is not" not in text


def test_weights_that_fail_are_told_beside_the_numbers(case: Case) -> None:
    failed = replace(MOVE, checks=(Check("weights k_hat", 1.4, 0.7, False),))
    text = shown(replace(TOLD, move=failed), case)
    assert "weights k_hat 1.40" in text
    assert text.index("the parts are rough") < text.index("odds times")


def test_items_whose_weights_fail_are_named_without_a_number(case: Case) -> None:
    text = shown(replace(TOLD, move=None), case)
    assert row(text, "other") == ["other", "30.0 %", "+0.100", "0.020", "0.10"]
    with pytest.raises(StopIteration):
        row(text, "it")
    words = "Of 1 item or point only a fit without them could tell, since the weights fail their guard: it."
    assert words in list(explain_display.untold(replace(TOLD, move=None)))


def test_an_item_that_what_moved_p_tells_of_is_not_called_untold() -> None:
    (noise,) = explain_display.untold(TOLD)
    assert "Monte Carlo" in noise


def test_what_an_item_adds_is_not_shown_where_it_is_noise(case: Case) -> None:
    text = shown(TOLD, case)
    with pytest.raises(StopIteration):
        row(text, "faint")
    (words,) = explain_display.untold(TOLD)
    assert words.startswith("Of 1 item or point what is added lies within 3 Monte Carlo standard errors")


def test_what_cannot_be_told_from_noise_for_want_of_an_error_is_not_called_noise() -> None:
    unknown = replace(TOLD, influences=(Influence("odd", 0.3, 0.1, float("nan"), 0.1, True),))
    assert list(explain_display.untold(unknown)) == []


def test_how_many_stronger_items_there_are_than_shown_is_told() -> None:
    many = tuple(Influence(f"i{n}", 0.3, 0.1, 0.001, 0.1, True) for n in range(20))
    (words,) = explain_display.untold(replace(TOLD, influences=many))
    assert words == "Shown are the 12 strongest of 20 items or points that stand out of the noise."


def test_conflicts_and_strong_answers_are_marked(case: Case) -> None:
    text = shown(TOLD, case)
    assert row(text, "evidence")[-1] == "strong"
    assert row(text, "grades.origin")[-2:] == ["-1.7 sd", "prior-data conflict"]


def test_every_column_of_every_table_has_a_name(case: Case) -> None:
    heads = [line for line in shown(TOLD, case).splitlines() if line.startswith("┃")]
    assert len(heads) >= 4
    for head in heads[:1]:
        assert [cell.strip() for cell in head.split("┃")[1:-1]] == ["change", *explain_display.WAY]
    for columns in (explain_display.TYPICAL, explain_display.INFLUENCES, explain_display.SENSITIVITIES):
        assert all(columns)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("drivers.unrest.level", "Unrest at home and opposition to the war"),
        ("series.troops.loading", "Russian troops in Belarus"),
        ("gates.order.effects.pressure", "Minsk orders it"),
        ("rivals.ruler_falls.effects.unrest", "The ruler in Minsk falls first"),
        ("reference.A", ""),
        ("evidence", ""),
    ],
)
def test_a_belief_has_the_title_of_what_it_is_about(case: Case, path: str, words: str) -> None:
    told = explain_display.titled(path, case)
    assert told == (f"{path}: {words}" if words else path)


@pytest.mark.parametrize("about", ["reference.nu", "grades.origin"])
def test_what_must_be_told_is_told_though_it_is_weak(case: Case, about: str) -> None:
    many = tuple(Sensitivity(f"p{i}", 0.5 - i / 100, 0.0, 0.1) for i in range(20))
    last = Sensitivity(about, 0.001, 0.0, 0.1, 0.2, 0.3, -1.7)
    assert row(shown(replace(TOLD, sensitivities=(*many, last)), case), about)[1] == "0.001"
    assert "p15" not in shown(replace(TOLD, sensitivities=(*many, last)), case)


def test_nominal_and_effective_items_are_told(case: Case) -> None:
    assert "87 items of evidence weigh; they are worth 57.1 independent ones." in shown(TOLD, case)


def test_a_climb_names_the_checks_that_failed(case: Case) -> None:
    climb = Climb(0.2, 1 / 3, PARTS, (Check("power 0.25 r_hat", 1.02, 1.01, False),), 0.147, 0.151)
    text = shown(replace(TOLD, move=None, climb=climb), case)
    assert "What took P from 20.0 %, by the life tables and the beliefs alone, to now:" in text
    assert "is not the outside view" in text
    words = " ".join(text.split())
    assert "at power 0.25 r_hat is 1.02, at most 1.01 is wanted. The parts are shown all the same" in words
    assert "missed the whole by +0.147, with a Monte Carlo standard error of 0.151" in " ".join(text.split())
    assert "Noise would miss less" not in text


def test_parts_that_miss_more_than_noise_would_are_told_apart_from_fits_that_fail(case: Case) -> None:
    climb = Climb(0.2, 1 / 3, PARTS, (Check(MISSED, 4.2, 3, False),), 0.6, 0.143)
    text = shown(replace(TOLD, move=None, climb=climb), case)
    assert "Noise would miss less" in text
    assert "short fits between" not in text

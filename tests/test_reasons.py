"""Why P moved, as tables: what each row claims, whether it is an item, some of one origin, or an episode."""

from dataclasses import replace
from datetime import date

import pytest
from test_explain_display import PARTS, TOLD

from hourglass import assembly, changes, evidence_exhibits, evidence_figures, origins, parameters, reasons
from hourglass.attribution import Part
from hourglass.brief import Cell
from hourglass.case import Case
from hourglass.evidence_exhibits import Claim, Walk
from hourglass.explanation import Explanation
from hourglass.ladder import Climb

TANKS, CALLS = "2022-10-31-tanks-shipped-to-russia", "2022-12-19-putin-in-minsk"
THEN, NOW = date(2022, 12, 31), date(2023, 1, 26)


def claim(case: Case, name: str, as_of: date = date(2025, 12, 31)) -> Cell:
    """What the row of a name ends with."""
    told = reasons._with_claim((name, "+0.1"), case, as_of)[-1]
    assert isinstance(told, Cell)
    return told


def test_an_item_has_its_claim_and_the_link_to_its_source(case: Case) -> None:
    told = claim(case, TANKS)
    assert told.text.startswith("Railway workers reported 98 T-72A tanks")
    assert told.link.startswith("http")


def test_items_of_one_origin_have_all_their_claims_each_with_its_link(case: Case) -> None:
    told = claim(case, f"{TANKS}+{CALLS}")
    assert [words.split()[0] for words in told.text.split(" · ")] == ["Railway", "Putin"]
    assert all(one.link.startswith("http") for one in told.each)


def test_an_episode_has_the_claims_of_its_reports(case: Case) -> None:
    assert "his own troops were not taking part" in claim(case, "invasion-day-2022-02").text


def test_an_episode_has_no_claim_that_was_not_yet_known(case: Case) -> None:
    early, late = (claim(case, "winter-2022-23", day).each for day in (NOW, date(2025, 12, 31)))
    assert len(early) < len(late)


def test_a_point_of_a_series_has_its_day_its_number_and_its_unit(case: Case) -> None:
    assert claim(case, "troops 2022-02-10") == Cell(
        "Russian troops in Belarus, 2022-02-10: 30,000 (soldiers)"
    )


def test_a_share_is_claimed_in_percent(case: Case) -> None:
    name, asked = next((name, asked) for name, asked in case.question.series.items() if asked.kind == "poll")
    row = case.rows[name][0]
    assert f"{row.date}: {100 * row.value:.1f} % (" in claim(case, f"{name} {row.date}").text
    assert claim(case, f"{name} {row.date}").text.startswith(asked.title)


@pytest.mark.parametrize("count", [1, 3, 4, 40])
def test_of_many_claims_the_first_are_told_and_the_rest_counted(count: int) -> None:
    told = evidence_figures.few([Claim(f"{i} " + "word " * 99) for i in range(count)])
    assert len(told) == min(count, 4)
    assert told[-1].text == ("and 37 more" if count == 40 else "and 1 more" if count == 4 else told[-1].text)
    assert max(len(one.text) for one in told) <= (500 if count == 1 else 120)


def climbed(case: Case) -> Explanation:
    """Explain by a climb whose parts are the groups of the shipped evidence."""
    panel, labels = assembly.build(case, NOW)
    found = origins.grouping(parameters.layout(case.question), panel, labels)
    parts = tuple(
        Part(name, 0.1, "± 0.1", holds) for name, holds in zip(found.names, found.holds, strict=True)
    )
    return replace(TOLD, climb=Climb(0.2, 1 / 3, parts, (), 0.0, 0.1), move=None, as_of=NOW)


def test_every_group_of_a_climb_but_own_quiet_has_claims(case: Case) -> None:
    walk = evidence_exhibits.since_prior(climbed(case), case)
    assert walk is not None
    assert [step.name for step in walk.steps if not step.claims] == ["own quiet"]
    assert walk.start == "by the life tables and the beliefs alone"
    (held,) = [step.claims for step in walk.steps if step.name == "pressure, 2022 Q4"]
    told = [claim.text for claim in held]
    (calls,) = [item for item in case.evidence(NOW).items if item.id == CALLS]
    assert calls.claim in told


def test_a_table_and_a_figure_tell_the_same_claims(case: Case) -> None:
    explained = climbed(case)
    walk = evidence_exhibits.since_prior(explained, case)
    assert walk is not None
    assert explained.climb is not None
    table = reasons._ways("From the prior", explained.climb, walk)
    bars = [evidence_figures._bar(walk, place, 0.0, 0.1) for place in range(len(walk.steps))]
    assert table.columns[-1] == "claim"
    for row, bar in zip(table.rows, bars, strict=False):
        words = str(bar["claims"]).split(" · ")
        assert [one.text[:100] for one in row[-1].each] == [one[:100] for one in words]


def test_a_group_of_changes_has_the_claims_of_its_changes(case: Case) -> None:
    by, groups = changes.grouped(changes.between(case, THEN, case, NOW), most=3)
    assert by != "change"
    parts = (*(Part(group.name, 0.1, "2 changes") for group in groups), *PARTS[-1:])
    assert TOLD.move is not None
    told = replace(TOLD, move=replace(TOLD.move, parts=parts), since_as_of=THEN, as_of=NOW)
    walk = evidence_exhibits.since_last(told, case, case)
    assert walk is not None
    assert all(step.claims for step in walk.steps[:-1])
    assert walk.steps[-1].claims == ()


def test_what_was_withdrawn_or_revised_says_so(case: Case) -> None:
    found = changes.between(case, NOW, case, THEN)
    gone = [change for change in found if change.what == "withdrawn"]
    assert gone
    assert all(one.text.endswith(" (withdrawn)") for one in evidence_exhibits._changed(gone, case))


def test_a_table_without_claims_has_no_column_for_them() -> None:
    assert TOLD.move is not None
    walk = Walk("", 0.2, "", 1 / 3, tuple(evidence_exhibits._step(part, ()) for part in PARTS))
    assert "claim" not in reasons._ways("What moved it", TOLD.move, walk).columns

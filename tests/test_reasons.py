"""Why P moved, as tables: what each row claims, whether it is an item, some of one origin, or an episode."""

from datetime import date

from hourglass import reasons
from hourglass.brief import Cell
from hourglass.case import Case

TANKS, CALLS = "2022-10-31-tanks-shipped-to-russia", "2022-12-19-putin-in-minsk"


def claim(case: Case, name: str, as_of: date = date(2025, 12, 31)) -> str | Cell:
    """What the row of a name ends with."""
    return reasons._with_claim((name, "+0.1"), case, as_of)[-1]


def test_an_item_has_its_claim_and_the_link_to_its_source(case: Case) -> None:
    told = claim(case, TANKS)
    assert isinstance(told, Cell)
    assert told.text.startswith("Railway workers reported 98 T-72A tanks")
    assert told.link.startswith("http")


def test_items_of_one_origin_have_all_their_claims(case: Case) -> None:
    told = claim(case, f"{TANKS}+{CALLS}")
    assert isinstance(told, str)
    assert [words.split()[0] for words in told.split(" · ")] == ["Railway", "Putin"]


def test_an_episode_has_the_claims_of_its_reports(case: Case) -> None:
    told = claim(case, "invasion-day-2022-02")
    assert "his own troops were not taking part" in (told.text if isinstance(told, Cell) else told)


def test_an_episode_has_no_claim_that_was_not_yet_known(case: Case) -> None:
    told, later = (claim(case, "winter-2022-23", day) for day in (date(2023, 1, 26), date(2025, 12, 31)))
    early, late = (one.text if isinstance(one, Cell) else one for one in (told, later))
    assert early != late
    assert late.startswith(early)


def test_a_point_of_a_series_has_its_number_and_unit(case: Case) -> None:
    assert claim(case, "troops 2022-02-10") == Cell("Russian troops in Belarus: 30,000 (soldiers)")


def test_a_group_of_changes_has_none(case: Case) -> None:
    assert claim(case, "pressure, 2023") == ""

"""Which items a reader asks to see."""

from collections.abc import Collection
from datetime import date

import pytest

from hourglass.ledger import Event, Item, Note, Reading, Source
from hourglass.selection import Selection

SOURCE = Source(title="News", url="", date=date(2022, 12, 20))
READING = Reading(
    id="reading", known=date(2022, 12, 20), date=date(2022, 12, 19), claim="A visit.", source=SOURCE,
    grade="B2", origin="news", driver="pressure", level=1,
)  # fmt: skip
EVENT = Event(
    id="event", known=date(2023, 1, 5), date=date(2023, 1, 4), claim="He declined.", source=SOURCE,
    grade="A1", origin="speech", kind="refusal", episode="winter",
)  # fmt: skip
NOTE = Note(id="note", known=date(2023, 1, 6), date=date(2023, 1, 6), claim="A view.", source=SOURCE)
ITEMS: Collection[Item] = (READING, EVENT, NOTE)

CASES = [
    (Selection(), {"reading", "event", "note"}),
    (Selection(drivers=["pressure"]), {"reading"}),
    (Selection(drivers=["unrest"]), set()),
    (Selection(kinds=["note", "event"]), {"event", "note"}),
    (Selection(kinds=["refusal"]), {"event"}),
    (Selection(kinds=["pledge"]), set()),
    (Selection(grades=["B"]), {"reading"}),
    (Selection(grades=["B2", "A"]), {"reading", "event"}),
    (Selection(grades=["B1"]), set()),
    (Selection(origins=["speech"]), {"event"}),
    (Selection(since=date(2023, 1, 4)), {"event", "note"}),
    (Selection(until=date(2023, 1, 4)), {"reading", "event"}),
    (Selection(since=date(2023, 1, 5), until=date(2023, 1, 5)), set()),
    (Selection(grades=["A", "B"], drivers=["pressure"]), {"reading"}),
]


@pytest.mark.parametrize(("asked", "seen"), CASES)
def test_an_item_is_seen_where_it_is_all_that_is_asked(asked: Selection, seen: set[str]) -> None:
    assert {item.id for item in ITEMS if asked.holds(item)} == seen

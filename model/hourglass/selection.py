"""Items of the ledger that a reader asks to see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from hourglass.ledger import Event, Graded, Item, Note, Reading, kind_of


@dataclass(frozen=True, slots=True)
class Selection:
    """What an item must be to be seen; whatever is empty or None asks for nothing.

    Attributes
    ----------
    drivers, origins
        Names, of which the item must bear one.
    kinds
        Kinds of item or of event.
    grades
        Admiralty grades, or their letters alone.
    since, until
        First and last day on which it happened.
    """

    drivers: Collection[str] = ()
    kinds: Collection[str] = ()
    grades: Collection[str] = ()
    origins: Collection[str] = ()
    since: date | None = None
    until: date | None = None

    def holds(self, item: Item) -> bool:
        """Whether the item is asked for."""
        grade = (item.grade or "") if isinstance(item, Graded | Note) else ""
        origin = item.origin if isinstance(item, Graded | Note) else None
        kinds = {kind_of(item)} | ({item.kind} if isinstance(item, Event) else set())
        return (
            (not self.drivers or (isinstance(item, Reading) and item.driver in self.drivers))
            and (not self.kinds or not kinds.isdisjoint(self.kinds))
            and (not self.grades or not {grade, grade[:1]}.isdisjoint(self.grades))
            and (not self.origins or origin in self.origins)
            and (self.since is None or self.since <= item.date)
            and (self.until is None or item.date <= self.until)
        )

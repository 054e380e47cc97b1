"""Entries as they are written, each checked by itself, beside the question and beside the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from hourglass import documents
from hourglass.documents import Table
from hourglass.errors import Problem, did_you_mean, unknown
from hourglass.ledger import KINDS, Entry, Event, Graded, Item, Ledger, Reading, Retraction, as_known
from hourglass.question import Names


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as written, and its value where it is sound.

    Attributes
    ----------
    spot
        Where it stands, for messages.
    row
        Its keys as written.
    named
        Whether a person chose its id; one that the program made may still change.
    """

    spot: str
    kind: type[Entry]
    row: Table
    entry: Entry | None
    named: bool = True


def load(
    folder: Path,
    place: str,
    names: Names,
    today: date,
    problems: list[Problem],
    added: Sequence[Draft] = (),
) -> Ledger:
    """Ledger of the `evidence` folder as it would be with the `added` entries, its faults in `problems`."""
    found: list[Draft] = []
    whole = True
    for path in documents.list_files(folder, ".toml", place, problems):
        tables = documents.read_toml(path, f"{place}/{path.name}", problems)
        whole &= tables is not None and read(tables, f"{place}/{path.name}", found, problems)
    found += added
    whole &= all("id" in draft.row for draft in added)
    for draft in found:
        problems += faults(draft, names, today)
    problems += _clashes(found)
    problems += _misled(found, whole=whole)
    problems += _circles(found)
    sound = [draft.entry for draft in found if draft.entry is not None]
    order = sorted(sound, key=lambda e: (e.date if isinstance(e, Item) else e.known, e.id))
    evidence = Ledger(
        items=tuple(e for e in order if isinstance(e, Item)),
        retractions=tuple(e for e in order if isinstance(e, Retraction)),
    )
    problems += _beside(found, evidence)
    return evidence


def read(tables: Table, place: str, found: list[Draft], problems: list[Problem]) -> bool:
    """Add the entries of a file to `found`; whether every one of them could be told by its id."""
    whole = True
    for kind, rows in tables.items():
        if kind not in KINDS:
            problems.append(Problem(place, f"unknown key {kind!r}; {did_you_mean(kind, KINDS)}"))
            whole = False
            continue
        if not isinstance(rows, list):
            problems.append(Problem(place, f"{kind} is not a list of tables; write [[{kind}]]"))
            whole = False
            continue
        for count, row in enumerate(rows, start=1):
            name = row.get("id") if isinstance(row, dict) else None
            told = isinstance(name, str) and bool(name)
            spot = f"{place}: {name if documents.is_name(name) else f'{kind} number {count}'}"
            entry = documents.validate(KINDS[kind], row, spot, problems)
            found.append(Draft(spot, KINDS[kind], row if isinstance(row, dict) else {}, entry))
            whole &= told
    return whole


def faults(draft: Draft, names: Names, today: date) -> Iterable[Problem]:
    """Faults of an entry beside the question and the day, whether or not it is sound in itself."""
    known, day = draft.row.get("known"), draft.row.get("date")
    if type(known) is date and known > today:
        yield Problem(draft.spot, f"known {known} is after today {today}; correct it")
    source = draft.row.get("source")
    told = source.get("date") if isinstance(source, dict) else None
    if type(told) is date and told > today:
        yield Problem(draft.spot, f"source date {told} is after today {today}; correct it")
    first = names.history_from
    if type(day) is date and first is not None and day < first:
        yield Problem(draft.spot, f"date {day} is before history_from {first}; leave the item out")
    if draft.kind is Reading:
        yield from unknown(draft.spot, "driver", [draft.row.get("driver")], names.drivers)
    if draft.kind is Event:
        yield from unknown(draft.spot, "kind", [draft.row.get("kind")], names.kinds)


def _clashes(found: Sequence[Draft]) -> Iterable[Problem]:
    """Ids that stand twice, exact repeats under another id, and items that are retracted twice.

    A revision may repeat what it revises.
    """
    spots: dict[str, str] = {}
    facts: dict[tuple[object, ...], Graded] = {}
    withdrawn: dict[str, str] = {}
    revised = _revised(found)
    for draft in found:
        name, entry = draft.row.get("id"), draft.entry
        if isinstance(name, str) and name in spots:
            also = "in this file" if spots[name] == draft.spot else f"also in {spots[name]}"
            yield Problem(draft.spot, f"id stands twice, {also}; rename one or remove it")
            continue
        if isinstance(name, str):
            spots[name] = draft.spot
        if isinstance(entry, Retraction):
            if entry.of in withdrawn:
                message = f"of {entry.of!r} is retracted by {withdrawn[entry.of]!r} already; remove one"
                yield Problem(draft.spot, message)
            withdrawn.setdefault(entry.of, entry.id)
        if isinstance(entry, Graded) and entry.repeat_of is None:
            driver = entry.driver if isinstance(entry, Reading) else None
            fact = (type(entry), entry.origin, driver, entry.date, entry.claim)
            first = facts.setdefault(fact, entry).id
            if _root(first, revised) != _root(entry.id, revised):
                yield Problem(draft.spot, f"repeats {first} exactly; remove it or add repeat_of = {first!r}")


def _revised(found: Iterable[Draft]) -> dict[str, str]:
    """Item that each revision corrects, by id."""
    told = ((draft.row.get("id"), draft.row.get("revises")) for draft in found)
    return {name: old for name, old in told if isinstance(name, str) and isinstance(old, str)}


def _root(name: str, revised: Mapping[str, str]) -> str:
    """Item that a chain of revisions began with; in a circle, any of its members."""
    seen = {name}
    while (before := revised.get(name)) is not None and before not in seen:
        name = before
        seen.add(name)
    return name


def _beside(found: Sequence[Draft], evidence: Ledger) -> Iterator[Problem]:
    """Items that stand on some day beside another of their chain of revisions: one fact, told twice."""
    revised = _revised(found)
    order = {draft.entry.id: n for n, draft in enumerate(found) if draft.entry is not None}
    roots = {name: _root(name, revised) for name in (*revised, *revised.values())}
    chained = tuple(item for item in evidence.items if item.id in roots)
    told: set[str] = set()
    for day in sorted({entry.known for entry in (*chained, *evidence.retractions)} if chained else ()):
        first: dict[str, Item] = {}
        standing = as_known(replace(evidence, items=chained), day).items
        for item in sorted(standing, key=lambda item: order[item.id]):
            other = first.setdefault(roots[item.id], item)
            if item.id not in {other.id, *told}:
                told.add(item.id)
                yield Problem(found[order[item.id]].spot, _one_fact(item, other, day))


def _one_fact(item: Item, other: Item, day: date) -> str:
    if item.revises is not None and item.revises == other.revises:
        return f"{item.revises!r} is revised by {other.id!r} already; revise {other.id!r}"
    return f"stands beside {other.id!r} from {day} on, though one corrects the other; retract one of them"


def _misled(found: Sequence[Draft], *, whole: bool) -> Iterator[Problem]:
    """References to no other item, or to one that was known only later.

    Where the ledger is not `whole`, an item that is not found may stand where it cannot be read.
    """
    items = {str(draft.row.get("id")): draft.row for draft in found if issubclass(draft.kind, Item)}
    back = {str(draft.row.get("id")): draft.row.get("of") for draft in found if draft.kind is Retraction}
    for draft in found:
        own, known = str(draft.row.get("id")), draft.row.get("known")
        for key, target in _references(draft):
            later = items.get(target, {}).get("known")
            if key == "of" and target != own and target in back:
                remedy = f"to have {back[target]!r} again, add an item that revises it"
                yield Problem(draft.spot, f"of {target!r} is a retraction, and stands; {remedy}")
            elif target == own or (whole and target not in items):
                remedy = did_you_mean(target, items.keys() - {own})
                yield Problem(draft.spot, f"{key} {target!r} is no other item; {remedy}")
            elif type(known) is type(later) is date and known < later:
                message = f"known {known} is before {target!r} was known on {later}; correct one of them"
                yield Problem(draft.spot, message)


def _references(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each key that names another entry, and the id that it names."""
    for key in ("of", "revises", "repeat_of"):
        target = draft.row.get(key) if key in draft.kind.model_fields else None
        if isinstance(target, str) and target:
            yield key, target


def _circles(found: Sequence[Draft]) -> Iterator[Problem]:
    """Items that lead back to themselves by way of others, so that none of them would stand."""
    links = {str(draft.row.get("id")): dict(_references(draft)) for draft in found}
    told: set[str] = set()
    for draft in found:
        own = str(draft.row.get("id"))
        for key, target in links[own].items():
            if target != own and own in _reached(target, links) and own not in told:
                told |= {name for name in _reached(own, links) if own in _reached(name, links)}
                message = f"{key} {target!r} leads back to it; leave one of the references out"
                yield Problem(draft.spot, message)


def _reached(name: str, links: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Items that an item refers to, and those that they refer to in turn."""
    reached, ahead = set[str](), [name]
    while ahead:
        new = set(links.get(ahead.pop(), {}).values()) - reached
        reached |= new
        ahead += new
    return reached

"""A question folder, whole and checked: question, life tables, series, ledger."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from hourglass import documents, drafts, ledger, series, tables, variant
from hourglass.documents import Schema, Table
from hourglass.drafts import Draft
from hourglass.errors import InputError, Problem, did_you_mean, unknown
from hourglass.ledger import Event, Ledger
from hourglass.question import (
    OUTCOMES,
    Driver,
    GateFile,
    Grades,
    Header,
    Names,
    Question,
    Reference,
    RivalFile,
    Series,
)
from hourglass.series import Row
from hourglass.tables import Tables
from hourglass.variant import BASE, Variant


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """Everything that a question folder holds.

    Attributes
    ----------
    folder
        Where it lies.
    place
        Its name in messages, as `priors/NAME`.
    rows
        Rows of each series by name.
    variants
        Other sets of beliefs by name, for comparison.
    """

    folder: Path
    place: str
    question: Question
    tables: Tables
    rows: Mapping[str, tuple[Row, ...]]
    ledger: Ledger
    variants: Mapping[str, Variant] = field(default_factory=dict)

    def __repr__(self) -> str:
        header = self.question.header
        points = sum(len(rows) for rows in self.rows.values())
        return f"<Case {header.id}: {header.title} {len(self.ledger.items)} items, {points} series points>"

    def evidence(self, as_of: date) -> Ledger:
        """Ledger as it could be held at the end of `as_of`."""
        return ledger.as_known(self.ledger, as_of)

    def with_ledger(self, changed: Ledger) -> "Case":
        """Same question with another ledger."""
        return replace(self, ledger=changed)

    def under(self, name: str) -> "Case":
        """Same evidence under the beliefs of a variant; `base` is the case as it stands.

        Raises
        ------
        InputError
            Where no variant has that name.
        """
        if name == BASE:
            return self
        if name not in self.variants:
            message = f"unknown variant {name!r}; {did_you_mean(name, [BASE, *self.variants])}"
            raise InputError([Problem(f"{self.place}/variants", message)])
        return replace(self, question=self.variants[name].question, variants={})


FILES = ("question", "drivers", "gates", "rivals", "reference", "grades")


def load(folder: Path, place: str, today: date, added: Sequence[Draft] = ()) -> Case:
    """Case of a question folder, as it would be with the `added` entries in its ledger.

    Raises
    ------
    InputError
        With every fault of every file at once.
    """
    if not os.path.isdir(folder):  # unlike `Path.is_dir`, False for any name that cannot be one
        raise InputError([Problem(place, "folder is missing; name a question under priors/ or create it")])
    problems: list[Problem] = []
    files = {f: documents.read_toml(folder / f"{f}.toml", f"{place}/{f}.toml", problems) for f in FILES}
    asked, names = _question(files, place, problems)
    evidence = drafts.load(folder / "evidence", f"{place}/evidence", names, today, problems, added)
    life = tables.load(folder, place, names, problems)
    rows = series.load(folder / "series", f"{place}/series", names, today, problems)
    if not any(problem.place.startswith(f"{place}/drivers.toml") for problem in problems):
        problems += series.unread(folder / "series", f"{place}/series", names)
    others = variant.load(folder / "variants", f"{place}/variants", asked, problems)
    if asked is not None:
        problems += _misnamed(asked.header, folder.name, f"{place}/question.toml")
        problems += _contradictions(evidence, asked, f"{place}/evidence")
        told = asked.header.resolved
        ending = misresolved(asked, told.outcome, told.date, today) if told else ()
        problems += (Problem(f"{place}/question.toml: resolved.{key}", fault) for key, fault in ending)
    if asked is None or problems:
        raise InputError(problems)
    return Case(folder, place, asked, life, rows, evidence, others)


def _misnamed(header: Header, name: str, place: str) -> Iterator[Problem]:
    """A question that goes by another name than its folder: its runs would lie among another's."""
    if header.id != name:
        yield Problem(f"{place}: id", f"{header.id!r} is not the folder's name; write id = {name!r}")


def misresolved(asked: Question, outcome: str, day: date | None, today: date) -> Iterator[tuple[str, str]]:
    """Each key of a resolution that cannot be true of the question, and why; no day is no fault."""
    header, known = asked.header, [*OUTCOMES, *(rival.id for rival in asked.rivals)]
    if outcome not in known:
        yield "outcome", f"unknown outcome {outcome!r}; {did_you_mean(outcome, known)}"
    if day is None:
        return
    if day > today:
        yield "date", f"{day} is after today {today}; wait until it has happened"
    if day < header.starts:
        yield "date", f"{day} is before the choice arose on {header.starts}; correct the date"
    elif outcome == "none" and day < header.closes:
        yield "date", f"{day} is before the question closes on {header.closes}; 'none' is known only then"
    elif outcome in known and outcome != "none" and day > header.closes:
        yield "date", f"{day} is after the question closed on {header.closes}; its outcome is 'none'"


def _contradictions(evidence: Ledger, asked: Question, place: str) -> Iterator[Problem]:
    """One problem for each episode whose reports, as they weigh on some day, leave no ending open."""
    found: dict[str, tuple[Event, ...]] = {}
    if any(_closed(evidence, asked)):  # else no part of the reports can be
        for day in sorted({entry.known for entry in (*evidence.items, *evidence.retractions)}):
            found = dict(_closed(ledger.as_known(evidence, day), asked)) | found
    for episode, told in found.items():
        kinds = ", ".join(f"{event.id} ({event.kind})" for event in told)
        message = f"reports rule out every ending: {kinds}; correct a kind or give one another episode"
        yield Problem(f"{place}: episode {episode}", message)


def _closed(evidence: Ledger, asked: Question) -> Iterator[tuple[str, tuple[Event, ...]]]:
    """Episodes whose reports that weigh leave no ending open, and those reports."""
    reports = defaultdict(list)
    for event in evidence.of(Event):
        if event.kind in asked.events and not event.weightless:
            reports[event.episode].append(event)
    for episode, told in reports.items():
        if not set.intersection(*(set(asked.events[event.kind].weights) for event in told)):
            yield episode, tuple(told)


def _question(
    files: Mapping[str, Table | None], place: str, problems: list[Problem]
) -> tuple[Question | None, Names]:
    """Question of the tables of its files, None where any is faulty; and what they name."""

    def read[M: Schema](schema: type[M], name: str) -> M | None:
        table = files[name]
        return None if table is None else documents.validate(schema, table, f"{place}/{name}.toml", problems)

    header = read(Header, "question")
    drivers, told = _drivers(files["drivers"], f"{place}/drivers.toml", problems)
    gates = read(GateFile, "gates")
    rivals = read(RivalFile, "rivals")
    reference = read(Reference, "reference")
    grades = read(Grades, "grades")
    names = _names(files, told)
    problems += _unknown_names(files, names, place)
    if problems or not (header and gates and rivals and reference and grades):
        return None, names
    asked = Question(
        header=header,
        drivers={k: v for k, v in drivers.items() if v},
        series={k: v for k, v in told.items() if v},
        gates=gates.gate,
        events=gates.event,
        rivals=rivals.rival,
        reference=reference,
        grades=grades,
    )
    return asked, names


def _drivers(
    table: Table | None, spot: str, problems: list[Problem]
) -> tuple[dict[str, Driver | None], dict[str, Series | None]]:
    """Drivers and series by name, None where faulty."""
    if table is None:
        return {}, {}
    told = table.get("series", {})
    if not isinstance(told, dict):
        problems.append(Problem(f"{spot}: series", f"should be tables such as [series.NAME], not {told!r}"))
        told = {}
    fields = Driver.model_fields.keys()
    strange = {k for k, v in table.items() if isinstance(v, dict) and v and not v.keys() & fields}
    for name in sorted(strange - {"series"}):
        problems.append(Problem(spot, f"unknown key {name!r}, no driver's; {did_you_mean(name, ['series'])}"))
    named = {k: v for k, v in table.items() if k != "series" and k not in strange}
    if not table.keys() - {"series"}:
        problems.append(Problem(spot, "names no driver; add a table such as [NAME]"))
    return (
        {k: documents.validate(Driver, v, f"{spot}: {k}", problems) for k, v in named.items()},
        {k: documents.validate(Series, v, f"{spot}: series.{k}", problems) for k, v in told.items()},
    )


def _names(files: Mapping[str, Table | None], told: Mapping[str, Series | None]) -> Names:
    drivers, header = files["drivers"], files["question"] or {}
    rivals = _ids(files["rivals"], RivalFile, "rival")
    first, starts = header.get("history_from"), header.get("starts")
    return Names(
        drivers=None if drivers is None else frozenset(drivers) - {"series"},
        kinds=_ids(files["gates"], GateFile, "event"),
        classes=_ids(files["reference"], Reference, "class"),
        rivals=None if rivals is None else {
            name: tuple(row[key] for key in ("table", "background") if isinstance(row.get(key), str))
            for name, row in _members(files["rivals"], "rival")
        },
        series=told,
        history_from=first if type(first) is type(starts) is date and first <= starts else None,
    )  # fmt: skip


def _members(table: Table | None, key: str) -> list[tuple[str, Table]]:
    """Tables under a key of a file as written, by id where they are a list, else by key."""
    held = (table or {}).get(key)
    if isinstance(held, list):
        return [(str(row.get("id")), row) for row in held if isinstance(row, dict)]
    if isinstance(held, dict):
        return [(name, row) for name, row in held.items() if isinstance(row, dict)]
    return []


def _ids(table: Table | None, schema: type[Schema], key: str) -> frozenset[str] | None:
    """Names under a key of a file; None where some may be hidden by a fault."""
    if table is None or table.keys() - documents.fields(schema).keys():
        return None
    held = table.get(key, {})
    if isinstance(held, dict):
        return frozenset(held)
    rows = held if isinstance(held, list) else [held]
    ids = {row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)}
    return frozenset(ids) if len(ids) == len(rows) and all(name.strip() for name in ids) else None


def _unknown_names(files: Mapping[str, Table | None], names: Names, place: str) -> Iterator[Problem]:
    """One problem for each driver or ending that is named but not defined, and each id used twice."""
    gates, rivals = _members(files["gates"], "gate"), _members(files["rivals"], "rival")
    told = _members(files["drivers"], "series")
    uses = [(f"drivers.toml: series.{k}", [row.get("driver")]) for k, row in told]
    uses += [(f"gates.toml: gate.{k}.effects", _keys(row, "effects")) for k, row in gates]
    uses += [(f"rivals.toml: rival.{k}.effects", _keys(row, "effects")) for k, row in rivals]
    for spot, drivers in uses:
        yield from unknown(f"{place}/{spot}", "driver", drivers, names.drivers)
    ids = _ids(files["gates"], GateFile, "gate") or None
    for kind, row in _members(files["gates"], "event"):
        yield from unknown(f"{place}/gates.toml: event.{kind}.weights", "gate", _keys(row, "weights"), ids)
    stated = [name for name, row in gates + rivals if "id" in row]
    for name in sorted({name for name in stated if stated.count(name) > 1}):
        message = f"id {name!r} stands twice in gates.toml and rivals.toml; rename one"
        yield Problem(f"{place}/gates.toml", message)


def _keys(row: Table, key: str) -> list[object]:
    held = row.get(key)
    return list(held) if isinstance(held, dict) else []

"""Commands of the ledger: check it, list it, add to it, take an item back."""

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hourglass import case, display, intake, interview, options
from hourglass.errors import InputError, Problem, did_you_mean, stop_on
from hourglass.intake import WORDS, Cells
from hourglass.ledger import KINDS, Graded, Item, Note, kind_of
from hourglass.options import Asked, AsOf, Json, Question, Root
from hourglass.selection import Selection
from hourglass.workspace import PRIORS

if TYPE_CHECKING:
    from hourglass.journal import Receipt

ITEMS = tuple(kind for kind, schema in KINDS.items() if issubclass(schema, Item))
LETTERS, NUMBERS = "ABCDEF", "123456"

app = typer.Typer(help="The ledger of evidence.", no_args_is_help=True)

Kind = Annotated[str | None, typer.Argument(help=f"One of {', '.join(ITEMS)}; with --from leave it out.")]
From = Annotated[
    Path | None, typer.Option("--from", help="Add all entries of a .toml or .csv file, or none.")
]
Found = Annotated[bool | None, typer.Option("--found/--not-found", help=WORDS["found"])]


def _flag(name: str) -> object:
    return typer.Option(intake.option(name), help=WORDS[name])


@app.command("check")
def check(question: Question = None, root: Root = None) -> int:
    """Check every file of a question; silent where all is well."""
    from hourglass import crowd  # scores: not to list or add

    _, folder, place = options.folder(question, root)
    problems: list[Problem] = []
    crowd.load(folder, place, options.today(), problems)
    try:
        case.load(folder, place, options.today())
    except InputError as error:
        problems += error.problems
    stop_on(problems)
    return 0


@app.command("list")
def list_(
    question: Question = None,
    root: Root = None,
    as_of: AsOf = None,
    driver: Annotated[str | None, typer.Option(help="Readings of these drivers.")] = None,
    kind: Annotated[str | None, typer.Option(help="These kinds of item, or of event.")] = None,
    grade: Annotated[str | None, typer.Option(help="These grades, as B2, or letters, as B.")] = None,
    origin: Annotated[str | None, typer.Option(help="Items of these origins.")] = None,
    since: Annotated[str | None, typer.Option(help="Items that happened on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Items that happened on this day or before.")] = None,
    as_json: Json = False,
) -> int:
    """Items of the ledger as known at the end of a day; options take several words, as A,B2."""
    asked, day = options.opened(question, root), options.known(as_of)
    wanted = Selection(
        drivers=_parts(driver),
        kinds=_parts(kind),
        grades=_parts(grade),
        origins=_parts(origin),
        since=options.day(since, "--since") if since is not None else None,
        until=options.day(until, "--until") if until is not None else None,
    )
    _check_selection(wanted, asked)
    items = [item for item in asked.case.evidence(day).items if wanted.holds(item)]
    if as_json:
        options.tell([i.model_dump(mode="json") for i in items])
    else:
        options.show(display.evidence(items))
    return 0


def _parts(words: str | None) -> tuple[str, ...]:
    return () if words is None else tuple(part.strip() for part in words.split(","))


def _check_selection(wanted: Selection, asked: Asked) -> None:
    """Stop on words that no item of the ledger could bear."""
    question, items = asked.case.question, asked.case.ledger.items
    origins = {item.origin for item in items if isinstance(item, Graded | Note) and item.origin}
    grades = {letter + number for letter in LETTERS for number in NUMBERS} | set(LETTERS)
    told: list[tuple[str, Collection[str], Collection[str]]] = [
        ("--driver", wanted.drivers, question.drivers.keys()),
        ("--kind", wanted.kinds, {*ITEMS, *question.events}),
        ("--grade", wanted.grades, grades),
        ("--origin", wanted.origins, origins),
    ]
    problems = [
        Problem(option, f"{word!r} is not known; {did_you_mean(word, known)}")
        for option, words, known in told
        for word in words
        if word not in known
    ]
    if wanted.since and wanted.until and wanted.since > wanted.until:
        problems.append(Problem("--since", f"{wanted.since} is after --until {wanted.until}; swap them"))
    stop_on(problems)


@app.command("add")
def add(
    context: typer.Context,
    kind: Kind = None,
    question: Question = None,
    source: From = None,
    name: Annotated[str | None, _flag("id")] = None,
    date: Annotated[str | None, _flag("date")] = None,
    known: Annotated[str | None, _flag("known")] = None,
    driver: Annotated[str | None, _flag("driver")] = None,
    level: Annotated[str | None, _flag("level")] = None,
    event_kind: Annotated[str | None, _flag("kind")] = None,
    episode: Annotated[str | None, _flag("episode")] = None,
    grade: Annotated[str | None, _flag("grade")] = None,
    origin: Annotated[str | None, _flag("origin")] = None,
    claim: Annotated[str | None, _flag("claim")] = None,
    because: Annotated[str | None, _flag("because")] = None,
    source_title: Annotated[str | None, _flag("source_title")] = None,
    source_url: Annotated[str | None, _flag("source_url")] = None,
    source_date: Annotated[str | None, _flag("source_date")] = None,
    window_months: Annotated[str | None, _flag("window_months")] = None,
    found: Found = None,
    detection: Annotated[str | None, _flag("detection")] = None,
    ratio: Annotated[str | None, _flag("ratio")] = None,
    ratio_because: Annotated[str | None, _flag("ratio_because")] = None,
    revises: Annotated[str | None, _flag("revises")] = None,
    repeat_of: Annotated[str | None, _flag("repeat_of")] = None,
    fact: Annotated[str | None, _flag("fact")] = None,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """Add one item by its fields, asked for in a terminal where they are missing; or a file's entries."""
    from hourglass import journal  # tomlkit and filelock: not to check or list

    flags = _flags(context)
    if source is not None:
        _check_alone(flags, kind, question)
        question = question or kind
    folder, place = _own(question, root)
    if source is not None:
        receipt = journal.write(folder, place, intake.read(source, options.today()), options.today())
    elif _at_terminal() and (kind is None or (kind in ITEMS and intake.missing(kind, flags))):
        where = [*([question] if question else []), *(["--root", str(root)] if root else [])]
        receipt = _interviewed(kind, flags, folder, place, where)
    else:
        batch = intake.filled(_item_kind(kind), flags, options.today())
        receipt = journal.write(folder, place, batch, options.today())
    return _tell(receipt, as_json=as_json, many=source is not None)


@app.command("retract")
def retract(
    item: Annotated[str, typer.Argument(metavar="ID", help="Id of the item that no longer holds.")],
    question: Question = None,
    why: Annotated[str | None, _flag("why")] = None,
    known: Annotated[
        str | None, typer.Option(help="Day from which it no longer holds; default today.")
    ] = None,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """Take an item back, from a day on; what was forecast before that day stays as it was."""
    from hourglass import journal  # as above

    folder, place = _own(question, root)
    given = {"of": item, "why": why, "known": known}
    flags = {name: text for name, text in given.items() if text is not None}
    batch = intake.filled("retraction", flags, options.today())
    return _tell(journal.write(folder, place, batch, options.today()), as_json=as_json, many=False)


def _flags(context: typer.Context) -> dict[str, str]:
    """Fields of an entry among the parameters of a command, as text."""
    given = {
        {"name": "id", "event_kind": "kind"}.get(k, k): v for k, v in context.params.items() if k != "kind"
    }
    texts = {name: str(given[name]) for name in WORDS if given.get(name) is not None}
    return texts | ({"found": texts["found"].lower()} if "found" in texts else {})


def _check_alone(flags: Cells, kind: str | None, question: str | None) -> None:
    """Stop where a file is given beside fields of one entry."""
    problems = [
        Problem(intake.option(name), "belongs to one entry; leave it out beside --from") for name in flags
    ]
    if kind is not None and (question is not None or kind in ITEMS):
        problems.append(Problem("KIND", f"{kind!r} belongs to one entry; leave it out beside --from"))
    stop_on(problems)


def _own(question: str | None, root: Path | None) -> tuple[Path, str]:
    """Folder of a question that is one's own: what came with the program goes with its next version."""
    space, folder, place = options.folder(question, root)
    if space.priors != space.root / PRIORS:
        message = f"came with the program and takes no evidence; copy {folder} to {space.root / place}"
        raise InputError([Problem(place, message)])
    return folder, place


def _item_kind(kind: str | None) -> str:
    if kind is not None and kind in ITEMS:
        return kind
    if kind in KINDS:
        raise InputError([Problem("KIND", "is no item; write hourglass evidence retract ID")])
    told = "is missing" if kind is None else f"{kind!r} is none"
    raise InputError([Problem("KIND", f"{told}; name one of {', '.join(ITEMS)}")])


def _at_terminal() -> bool:
    ends = (sys.stdin, sys.stderr)  # None where it is closed
    return all(end is not None and end.isatty() for end in ends)


def _interviewed(kind: str | None, flags: Cells, folder: Path, place: str, where: Sequence[str]) -> "Receipt":
    """Add an entry whose missing fields a person states; the answers outlast a failure."""
    from hourglass import journal  # as above

    today = options.today()
    asked = case.load(folder, place, today)
    kind = kind or interview.kind(ITEMS)
    stop_on(interview.faults(asked.question, kind, flags, today))
    told = dict(flags)
    try:
        for name, answer in interview.answers(asked.question, kind, flags, today):
            told[name] = answer
        return journal.write(folder, place, intake.filled(kind, told, today), today)
    except (InputError, typer.Abort, KeyboardInterrupt):
        print(f"your answers, to go on with:\n{intake.command(kind, told, where)}", file=sys.stderr)
        raise


def _tell(receipt: "Receipt", *, as_json: bool, many: bool) -> int:
    """Print what was added and where."""
    told = [
        {"kind": kind_of(entry), "file": receipt.file} | entry.model_dump(mode="json")
        for entry in receipt.entries
    ]
    if as_json:
        options.tell(told if many else told[0])
    else:
        for entry in receipt.entries:
            print(f"added {entry.id} to {receipt.file}")
    print("hourglass forecast shows what it changes", file=sys.stderr)
    return 0

"""An entry asked for field by field in a terminal, each answer checked as it is given."""

from collections.abc import Iterator
from datetime import date

import typer
from rich.console import Console

from hourglass import drafts, intake
from hourglass.errors import Problem, did_you_mean
from hourglass.intake import Cells
from hourglass.question import Names, Question

OFFERED = ("because", "known")
"""Asked for though an entry may do without: an empty answer leaves the default."""
EMPTY = ("source_url",)
"""Must be answered, and the answer may be empty."""
ANSWERS = {"y": "true", "yes": "true", "n": "false", "no": "false"}


def kind(known: tuple[str, ...]) -> str:
    """Kind of the entry that a person wants to add."""
    console = _console()
    while True:
        answer = _read(console, f"Kind of entry ({', '.join(known)}): ")
        if answer in known:
            return answer
        console.print(f"  {answer!r} is no kind; {did_you_mean(answer, known)}")


def answers(question: Question, kind: str, flags: Cells, today: date) -> Iterator[tuple[str, str]]:
    """Flags that are missing, one by one as a person states them.

    Raises
    ------
    typer.Abort
        The person ends the interview.
    """
    console, told, asked = _console(), dict(flags), set(flags)
    own = {blank.flag for blank in intake.blanks(kind)}
    while True:
        wanted = [*intake.missing(kind, told), *(n for n in OFFERED if n in own)]
        name = next((name for name in intake.WORDS if name in wanted and name not in asked), None)
        if name is None:
            return
        answer = _answer(console, question, kind, told, name, today)
        asked.add(name)
        if answer or name in EMPTY:
            told[name] = answer
            yield name, answer


def _answer(console: Console, question: Question, kind: str, told: Cells, name: str, today: date) -> str:
    """Sound answer to one question; empty only where the field may be left out."""
    before = set(faults(question, kind, told, today))
    for line in choices(question, name, told):
        console.print(f"  {line}")
    optional = name in OFFERED or name in EMPTY
    while True:
        ending = " (yes or no)" if name == "found" else " Enter for none." if name == "because" else ""
        answer = _read(console, f"{_title(name)}: {intake.WORDS[name]}{ending} ")
        if name == "found":
            answer = ANSWERS.get(answer.lower(), answer)
        if not answer and optional:
            return answer
        new = [
            fault for fault in faults(question, kind, {**told, name: answer}, today) if fault not in before
        ]
        if not new:
            return answer
        for fault in new:
            console.print(f"  {fault.message}", style="yellow")


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def faults(question: Question, kind: str, flags: Cells, today: date) -> list[Problem]:
    """Faults of what is filled in so far, beside the question; blanks are none."""
    batch = intake.filled(kind, flags, today)
    missing = {intake.option(name) for name in intake.missing(kind, flags)}
    found = [problem for problem in batch.problems if problem.place not in missing]
    for draft in batch.drafts:
        found += drafts.faults(draft, _names(question), today)
    return found


def _names(question: Question) -> Names:
    return Names(
        drivers=frozenset(question.drivers),
        kinds=frozenset(question.events),
        classes=None,
        rivals=None,
        series={},
        history_from=question.header.history_from,
    )


def choices(question: Question, name: str, told: Cells) -> list[str]:
    """What may be answered, in the question's own words."""
    match name:
        case "driver":
            return [f"{key}: {driver.title}" for key, driver in question.drivers.items()]
        case "level" if told.get("driver") in question.drivers:
            anchors = question.drivers[told["driver"]].anchors
            return [f"{float(step):+g}: {anchors[step]}" for step in sorted(anchors, key=float, reverse=True)]
        case "kind":
            return [f"{key}: {event.title}" for key, event in question.events.items()]
        case "grade":
            letters = {key: letter.because for key, letter in sorted(question.grades.letters.items())}
            numbers = {key: number.because for key, number in sorted(question.grades.numbers.items())}
            words = letters | {"F": "Cannot be judged; no weight."} | numbers
            return [f"{key}: {said}" for key, said in (words | {"6": "Cannot be judged; no weight."}).items()]
    return []


def _console() -> Console:
    return Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)


def _read(console: Console, question: str) -> str:
    while True:
        try:
            answer = console.input(question, markup=False).strip()
            answer.encode()  # a terminal without a language passes strange bytes on
            return answer
        except EOFError:
            raise typer.Abort from None
        except UnicodeError:
            console.print("  that was no UTF-8 text; write it again")

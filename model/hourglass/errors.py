"""What can go wrong, each fault with its place, its value and its remedy."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST_LIST = 20
"""Words that a message lists before it only counts them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in something a person wrote: where it stands and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class HourglassError(Exception):
    """The machine failed (disk, damage); the base of all errors of this program."""

    exit_code = 1


class InputError(HourglassError):
    """Something the user wrote or asked for cannot be used; holds every fault found.

    Attributes
    ----------
    problems
        All faults, in the order of their places; never empty.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Problem, ...]]]:
        """Tell pickle how to make it again, so that a worker can raise it."""
        return type(self), (self.problems,)


def _order(problem: Problem) -> tuple[list[str | int], str]:
    """Sort key: by place, line 9 before line 10."""
    parts = re.split(r"(\d+)", problem.place)
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], problem.message


def stop_on(problems: Iterable[Problem]) -> None:
    """Raise one `InputError` that holds all `problems`; do nothing where there are none."""
    found = tuple(problems)
    if found:
        raise InputError(found)


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Word among the `known` that was probably meant, or None where none is as like it as that."""
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=likeness)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name the closest of the `known` words, or list them where none is close."""
    choices = sorted(known)
    meant = closest(word, choices)
    if meant is not None:
        return f"did you mean {meant!r}?"
    if len(choices) > LONGEST_LIST:
        return f"none of the {len(choices)} known is like it"
    return f"known: {', '.join(choices)}" if choices else "none is known"


def unknown(
    place: str, what: str, words: Iterable[object], known: Collection[str] | None
) -> Iterator[Problem]:
    """One problem for each of the `words` that is not among the `known`; none where those are None."""
    for word in words:
        if known is not None and isinstance(word, str) and word.strip() and word not in known:
            yield Problem(place, f"unknown {what} {word!r}; {did_you_mean(word, known)}")

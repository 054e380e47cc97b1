"""Questions in a terminal: the question's own words, and every answer checked as it is given."""

from collections.abc import Sequence

import pytest
import typer
from folders import TODAY
from test_intake import FLAGS

from hourglass import interview
from hourglass.case import Case

ASKED_FOR = {
    "reading": ["date", "known", "driver", "level", "grade", "origin", "claim", "because", "source_title",
                "source_url", "source_date"],
    "event": ["date", "known", "kind", "episode", "grade", "origin", "claim", "because", "source_title",
              "source_url", "source_date"],
    "warning": ["date", "known", "grade", "origin", "claim", "because", "source_title", "source_url",
                "source_date", "window_months", "found", "ratio_because", "ratio"],
    "note": ["date", "known", "claim", "because", "source_title", "source_url", "source_date"],
}  # fmt: skip


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the answers that a person will give, to be filled in."""
    lines: list[str] = []

    def read(*_: object) -> str:
        if not lines:
            raise typer.Abort
        return lines.pop(0)

    monkeypatch.setattr(interview, "_read", read)
    return lines


@pytest.mark.parametrize("kind", ASKED_FOR)
def test_every_field_that_is_needed_is_asked_for(case: Case, say: list[str], kind: str) -> None:
    full = {"known": "2022-12-19", "because": "Judged.", **FLAGS[kind]}
    say += [full[name] for name in ASKED_FOR[kind]]
    told = dict(interview.answers(case.question, kind, {}, TODAY))
    assert list(told) == ASKED_FOR[kind]
    assert told == {name: full[name] for name in told}


def test_what_is_given_is_not_asked_for(case: Case, say: list[str]) -> None:
    flags = {name: text for name, text in FLAGS["reading"].items() if name != "level"}
    say += ["", "0.5", ""]
    assert dict(interview.answers(case.question, "reading", flags, TODAY)) == {"level": "0.5"}


REASKED = [
    ("reading", "date", ["soon", "2030-01-01", "2019-01-01"]),
    ("reading", "known", ["2022-12-18", "2030-01-01"]),
    ("reading", "source_date", ["0", "1668902400", "2030-01-01"]),
    ("reading", "driver", ["presure", ""]),
    ("reading", "level", ["high", "7"]),
    ("reading", "grade", ["Z9", "B"]),
    ("reading", "origin", [""]),
    ("event", "kind", ["refuse"]),
    ("warning", "found", ["perhaps"]),
    ("warning", "window_months", ["0", "2.5"]),
    ("warning", "ratio", ["1,2", "3,2,1"]),
]


@pytest.mark.parametrize(("kind", "name", "wrong"), REASKED)
def test_a_faulty_answer_is_asked_for_again(
    case: Case, say: list[str], capsys: pytest.CaptureFixture[str], kind: str, name: str, wrong: Sequence[str]
) -> None:
    full = {"known": "2022-12-19", "because": "Judged.", **FLAGS[kind]}
    flags = {key: text for key, text in full.items() if key != name}
    say += [*wrong, full[name]]
    assert dict(interview.answers(case.question, kind, flags, TODAY)) == {name: full[name]}
    assert len([line for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]) >= len(wrong)


def test_a_search_in_vain_is_asked_for_its_detection(case: Case, say: list[str]) -> None:
    flags = {name: text for name, text in FLAGS["warning"].items() if name not in ("found", "ratio")}
    say += ["", "", "no", "0.4", "0.5,2,4", "1.5,2,4"]
    told = dict(interview.answers(case.question, "warning", flags, TODAY))
    assert told == {"found": "false", "detection": "0.4", "ratio": "1.5,2,4"}


def test_an_answer_is_handed_over_before_the_next_is_asked(case: Case, say: list[str]) -> None:
    say += ["2022-12-19"]
    told = interview.answers(case.question, "note", {}, TODAY)
    assert next(told) == ("date", "2022-12-19")
    with pytest.raises(typer.Abort):
        next(told)


def test_drivers_are_offered_in_words_and_levels_by_the_anchors_of_the_driver(case: Case) -> None:
    assert interview.choices(case.question, "driver", {})[0] == "pressure: Pressure from Moscow to enter"
    levels = interview.choices(case.question, "level", {"driver": "unrest"})
    assert (levels[0], levels[-1]) == ("+3: open insurrection", "-3: a nation that clamours for war")


def test_kinds_of_event_and_grades_are_offered_in_words(case: Case) -> None:
    assert "refusal: Minsk declined, or said it will not" in interview.choices(case.question, "kind", {})
    grades = interview.choices(case.question, "grade", {})
    assert [line[0] for line in grades] == list("ABCDEF123456")
    assert grades[0] == "A: Acts in public, official records."


def test_a_kind_is_asked_for_until_it_is_known(say: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    say += ["reeding", "reading"]
    assert interview.kind(("reading", "note")) == "reading"
    assert "did you mean 'reading'?" in capsys.readouterr().err

"""What the commands share: where a batch runs, and how it tells of itself."""

import io
import sys
from pathlib import Path

import pytest

from hourglass import options
from hourglass.batch import Place
from hourglass.errors import InputError
from hourglass.workspace import Workspace

SPACE = Workspace(Path("root"), Path("root/priors"))
COMPILED = Path("root/.hourglass/compiled")


def test_a_batch_runs_where_the_options_say() -> None:
    assert options.place(3, None, SPACE) == Place(3, None, COMPILED)
    assert options.place(None, "tcp://h:1", SPACE).scheduler == "tcp://h:1"


def test_a_batch_takes_every_processor_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "processors", lambda: 7)
    assert options.place(None, None, SPACE) == Place(7, None, COMPILED)


def test_there_is_a_processor() -> None:
    assert options.processors() >= 1


def test_programs_are_told_in_json_that_people_can_read(capsys: pytest.CaptureFixture[str]) -> None:
    options.tell({"title": "Минск", "chance": 0.25})
    assert capsys.readouterr().out == '{\n "title": "Минск",\n "chance": 0.25\n}\n'


def test_a_horizon_that_is_named_twice_is_refused() -> None:
    assert options.months("12,3") == [12, 3]
    with pytest.raises(InputError) as refusal:
        options.months("6,3,3")
    assert str(refusal.value) == "--horizons: '6,3,3' names a horizon twice; write 6,3"


def test_two_places_at_once_are_refused() -> None:
    with pytest.raises(InputError, match="--workers: and --scheduler name two places; give one of them"):
        options.place(2, "tcp://h:1", SPACE)


def test_a_pipe_hears_of_the_start_each_tenth_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with options.counting("fits") as told:
        for done in range(26):
            told(done, 25)
    heard = capsys.readouterr()
    assert heard.out == ""
    counts = (0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25)
    assert heard.err.splitlines() == [f"fits: {done} of 25" for done in counts]


def test_a_pipe_hears_where_a_batch_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with options.counting("fits") as told:
        told(19, 20)
        told(20, 20)
    assert capsys.readouterr().err == "fits: 19 of 20\nfits: 20 of 20\n"


def test_an_empty_batch_is_told_of_once(capsys: pytest.CaptureFixture[str]) -> None:
    with options.counting("fits") as told:
        told(0, 0)
    assert capsys.readouterr().err == "fits: 0 of 0\n"


def test_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with options.counting("fits") as told:
        told(3, 12)
        told(12, 12)
    assert "fits" in screen.getvalue()
    assert "12/12" in screen.getvalue()

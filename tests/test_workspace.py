"""Where things lie: the root, its questions, and which one is meant."""

import os
from pathlib import Path

import folders
import pytest

from hourglass import workspace
from hourglass.errors import InputError
from hourglass.workspace import Workspace


def question(root: Path, name: str) -> None:
    (root / "priors" / name).mkdir(parents=True)
    (root / "priors" / name / "question.toml").touch()


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    """Return a root with one question, belarus."""
    question(tmp_path, "belarus")
    return workspace.find(tmp_path, tmp_path)


def test_the_root_is_the_nearest_parent_that_holds_priors(space: Workspace) -> None:
    below = space.root / "a" / "b"
    below.mkdir(parents=True)
    assert workspace.find(None, below) == space
    assert workspace.find(None, space.root) == space


def test_a_root_that_is_given_comes_before_any_parent(space: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "other"
    question(other, "moldova")
    assert workspace.find(other, space.root).priors == other / "priors"


def test_a_root_without_priors_is_refused(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "missing", tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match="holds no priors/ folder; pass another --root"):
            workspace.find(root, tmp_path)


def test_runs_and_machine_code_lie_in_a_hidden_folder_of_the_root(space: Workspace) -> None:
    assert space.runs == space.root / ".hourglass" / "runs"
    assert space.machine_code == space.root / ".hourglass" / "compiled"


def test_the_only_question_need_not_be_named(space: Workspace) -> None:
    assert workspace.question_folder(space, None) == (space.priors / "belarus", "priors/belarus")


def test_of_several_questions_the_default_one_is_meant(space: Workspace) -> None:
    question(space.root, "moldova")
    with pytest.raises(InputError, match="priors: holds 2 questions; name one"):
        workspace.question_folder(space, None)
    (space.priors / "default").write_text("moldova\n")
    assert workspace.question_folder(space, None) == (space.priors / "moldova", "priors/moldova")
    assert workspace.question_folder(space, "belarus")[1] == "priors/belarus"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b" \n", "priors: holds 2 questions; name one, or write its name into priors/default"),
        (b"moldovia\n", "priors/default: 'moldovia' is no question; did you mean 'moldova'?"),
        (b"../priors/moldova", "priors/default: '../priors/moldova' is no question; known: belarus, moldova"),
        (b"moldova\xff", "priors/default: not UTF-8 text at byte 7; save it as UTF-8"),
    ],
)
def test_a_default_that_names_no_question_is_told(space: Workspace, content: bytes, fault: str) -> None:
    question(space.root, "moldova")
    (space.priors / "default").write_bytes(content)
    with pytest.raises(InputError) as refusal:
        workspace.question_folder(space, None)
    assert str(refusal.value) == fault


def test_a_default_may_begin_with_the_mark_that_some_editors_put_there(space: Workspace) -> None:
    question(space.root, "moldova")
    (space.priors / "default").write_bytes(b"\xef\xbb\xbfmoldova\r\n")
    assert workspace.question_folder(space, None)[1] == "priors/moldova"


def test_a_default_that_is_a_folder_is_told(space: Workspace) -> None:
    (space.priors / "default").mkdir()
    with pytest.raises(InputError, match=r"priors/default: cannot be read .*; make it a readable file"):
        workspace.question_folder(space, None)


def test_a_question_may_be_called_default(space: Workspace) -> None:
    question(space.root, "default")
    assert workspace.question_folder(space, "default")[1] == "priors/default"
    with pytest.raises(InputError, match="priors: holds 2 questions; name one"):
        workspace.question_folder(space, None)


def test_a_blank_default_leaves_the_only_question(space: Workspace) -> None:
    (space.priors / "default").touch()
    assert workspace.question_folder(space, None)[1] == "priors/belarus"


def test_a_root_without_questions_says_so(tmp_path: Path) -> None:
    (tmp_path / "priors").mkdir()
    for name in ("", "default"):
        (tmp_path / "priors" / (name or "README.md")).touch()
        with pytest.raises(InputError, match="holds 0 questions"):
            workspace.question_folder(workspace.find(tmp_path, tmp_path), None)


def test_a_misspelled_question_is_answered_with_the_one_meant(space: Workspace) -> None:
    with pytest.raises(InputError) as refusal:
        workspace.question_folder(space, "belaruss")
    assert str(refusal.value) == "priors/belaruss: no such question; did you mean 'belarus'?"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../priors/belarus", "a\\b", "x" * 300, "README.md"])
def test_a_name_that_is_no_folder_of_a_question_is_refused(space: Workspace, name: str) -> None:
    (space.priors / "README.md").touch()
    with pytest.raises(InputError, match="no such question"):
        workspace.question_folder(space, name)


def test_the_shipped_question_is_found_from_here() -> None:
    here = workspace.find(None, Path(__file__).parent)
    assert workspace.question_folder(here, None) == (folders.SHIPPED, "priors/belarus")


def test_machine_code_stays_where_the_user_put_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTENSOR_FLAGS", "base_compiledir=/elsewhere")
    workspace.use_machine_code(tmp_path / "compiled")
    assert os.environ["PYTENSOR_FLAGS"] == "base_compiledir=/elsewhere"
    monkeypatch.setenv("PYTENSOR_FLAGS", "floatX=float64")
    workspace.use_machine_code(tmp_path / "compiled")
    wanted = f"floatX=float64,base_compiledir={tmp_path / 'compiled'}"
    assert os.environ["PYTENSOR_FLAGS"] == wanted

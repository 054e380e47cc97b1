"""Worked examples: notebooks stored as they ran and still true, and reports whose forms agree."""

import ast
import importlib
import json
import os
import re
from pathlib import Path

import nbformat
import notebooks
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebooks import NOTEBOOKS, code, differences

import hourglass
from hourglass import phrases, publication, summary

ROOT = Path(__file__).parents[1]
MODULES = {path.stem for path in (ROOT / "model" / "hourglass").glob("*.py")}
BOOKS = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
MACHINE = re.compile(r"(?:^|[\s'\"(=])(?:/\w[\w.-]*/|~/|[A-Za-z]:\\)|file://", re.MULTILINE)
"""A path from the root of a disk or from a person's home."""


def showing(text: str, *tags: str) -> NotebookNode:
    """Return a notebook of one cell that shows a text."""
    shown = new_output("execute_result", {"text/plain": text}, execution_count=1)
    cell = new_code_cell("told", id="cell", metadata={"tags": list(tags)}, outputs=[shown])
    book: NotebookNode = new_notebook(cells=[cell])
    return book


def unlike(then: str, now: str, *tags: str) -> list[str]:
    return list(differences(showing(then, *tags), showing(now, *tags)))


@pytest.mark.parametrize("day", ["2023-01-26", "2025-12-31"])
def test_every_form_of_a_worked_report_holds_the_strings_of_its_data(day: str) -> None:
    folder = ROOT / "reports/belarus" / day
    told = summary.from_json(json.loads((folder / publication.DATA).read_text(encoding="utf-8")))
    assert (str(told.as_of), told.verdict.passed) == (day, True)
    for name in (publication.PAGE, publication.TEXT):
        text = (folder / name).read_text(encoding="utf-8").replace("&lt;", "<").replace("&gt;", ">")
        assert all(words in text for row in phrases.chances(told.horizons) for words in row)
        assert not MACHINE.findall(text.partition("<script")[0])
    assert (folder / publication.PAGE).stat().st_size < 3_000_000


def test_there_is_a_notebook() -> None:
    assert "update" in [path.stem for path in NOTEBOOKS]


@BOOKS
def test_every_cell_has_run_in_order_and_without_an_error(path: Path) -> None:
    book = notebooks.read(path)
    nbformat.validate(book)
    cells = code(book)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "execute_result"}
    assert {output.name for output in outputs if output.output_type == "stream"} <= {"stdout"}


@BOOKS
def test_a_notebook_keeps_no_trace_of_its_machine(path: Path) -> None:
    book = notebooks.read(path)
    outputs = [output for cell in code(book) for output in cell.outputs]
    shown = [text for each in outputs for text in [each.get("text", ""), *each.get("data", {}).values()]]
    texts = [cell.source for cell in book.cells] + shown
    assert [found[0] for text in texts if (found := MACHINE.search(text))] == []
    assert book.metadata.keys() == {"kernelspec", "language_info"}
    assert book.metadata["language_info"] == notebooks.LANGUAGE
    assert {key for cell in book.cells for key in cell.metadata} <= {"tags"}


@pytest.mark.parametrize("text", ["/tmp/x/priors", "PosixPath('/home/a/b')", "C:\\Users\\a", "in ~/work"])
def test_a_path_of_a_machine_is_known_when_seen(text: str) -> None:
    assert MACHINE.search(text)


@pytest.mark.parametrize("text", ["priors/belarus", "/ /posterior /sample_stats", "https://example.org/page"])
def test_a_path_within_the_project_is_none(text: str) -> None:
    assert not MACHINE.search(text)


@BOOKS
def test_all_that_a_notebook_names_of_the_package_is_there(path: Path) -> None:
    book = notebooks.read(path)
    named = {name for cell in book.cells for name in re.findall(r"\bhourglass\.(\w+)", cell.source)}
    assert named - set(hourglass.__all__) <= MODULES
    tree = ast.parse("\n".join(cell.source for cell in code(book)))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hourglass"):
            module = importlib.import_module(node.module or "")
            assert [name.name for name in node.names if not hasattr(module, name.name)] == []


def test_the_same_output_is_no_difference() -> None:
    assert unlike("mean 0.0148", "mean 0.0148") == []


@pytest.mark.parametrize(
    ("then", "now"),
    [("6 months 2.4%", "6 months 2.6%"), ("mean  0.0148", "mean 0.0170"), ("loyalty -0.05", "loyalty 0.02")],
)
def test_monte_carlo_error_is_no_difference(then: str, now: str) -> None:
    assert unlike(then, now) == []


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("6 months 2.4%", "6 months 3.0%"),
        ("mean 0.0148", "mean 0.0190"),
        ("loyalty -0.05", "loyalty 0.15"),
        ("107 items", "108 items"),
        ("('reweight', True)", "('nuts', True)"),
        ("0.10 0.20", "0.10"),
    ],
)
def test_another_answer_is_a_difference(then: str, now: str) -> None:
    assert len(unlike(then, now)) == 1


def test_of_diagnostics_the_words_are_compared_alone() -> None:
    assert unlike("ess 3088.8 True", "ess 512.3 True", "diagnostics") == []
    assert len(unlike("ess 3088.8 True", "ess 12.3 False", "diagnostics")) == 1


def test_of_a_sorted_list_the_length_is_compared_alone() -> None:
    assert unlike("a 1.0%\nb 2.0%", "b 2.0%\na 1.0%", "order") == []
    assert len(unlike("a 1.0%\nb 2.0%", "a 1.0%", "order")) == 1


@pytest.mark.slow
@BOOKS
def test_a_notebook_runs_from_a_clean_state_and_says_what_it_said(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "model"))
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR"):  # nothing of a person's set-up
        monkeypatch.setenv(name, str(tmp_path / name))
    priors = contents(ROOT / "priors")
    fresh = notebooks.executed(path)
    assert list(differences(notebooks.read(path), fresh)) == [], (
        "stale; run .venv/bin/python tests/notebooks.py and read what has changed"
    )
    assert contents(ROOT / "priors") == priors


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    return {str(path): path.read_bytes() for path in found}

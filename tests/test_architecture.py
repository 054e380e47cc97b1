"""What holds for the code as a whole: its order, its size, and that it knows no question."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hourglass.case import Case

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "model" / "hourglass"
MODULES = {path.stem: path for path in sorted(PACKAGE.glob("**/*.py"))}
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}

ORDER = (
    *("errors", "documents", "calendar", "belief", "question", "ledger", "drafts", "series", "tables"),
    *("parameters", "variant", "case", "amendment", "revision", "resolution"),
    *("intake", "journal", "selection"),
    *(
        "panel",
        "assembly",
        "likelihood",
        "whitening",
        "simulation",
        "draws",
        "graph",
        "inference",
    ),
    *(
        "supposition",
        "incidence",
        "information",
        "predictive",
        "persistence",
        "quantities",
        "verdict",
        "uniformity",
        "grading",
        "reweighting",
        "summary",
        "phrases",
        "terms",
        "scores",
        "prediction",
        "store",
        "calibration",
        "exam",
        "naive",
        "examination",
        "archive",
        "workspace",
        "cluster",
        "batch",
        "estimate",
        "forecaster",
        "fitness",
        "crowd",
        "news",
        "trial",
        "schedule",
        "backtests",
        "contest",
        "grounds",
        "prospects",
        "soundings",
        "watchlist",
        "removal",
        "scenario",
        "wording",
        "rollout",
        "thinning",
        "whatif",
        "record",
        "shapley",
        "prospect",
        "changes",
        "attribution",
        "standing",
        "influence",
        "sensitivity",
        "origins",
        "tempering",
        "ladder",
        "explanation",
        "validation",
        "citation",
        "forecast_exhibits",
        "evidence_exhibits",
        "trust_exhibits",
        "record_exhibits",
        "figures",
        "forecast_figures",
        "evidence_figures",
        "trust_figures",
        "record_figures",
        "display",
        "comparison",
        "prior_display",
        "outlook_display",
        "explain_display",
        "score_display",
        "calibration_display",
        "fitness_display",
        "backtest_display",
        "wish",
        "dossier",
        "brief",
        "chapters",
        "reasons",
        "trust",
        "sources",
        "outline",
        "illustrations",
        "page",
        "validation_exhibits",
        "validation_page",
        "publication",
        "catalogue",
        "reporting",
        "options",
        "interview",
        "evidence_commands",
        "prior_commands",
        "outlook_commands",
        "explain_commands",
        "score_commands",
        "calibration_commands",
        "backtest_commands",
        "contrast",
        "contrast_display",
        "report_commands",
        "cli",
        "__main__",
    ),
)
"""Stages; a module imports only from those before it."""
PYMC = {"pymc", "pytensor", "nutpie"}
COUNTRIES = {"Belarus", "Russia", "Ukraine", "Moscow", "Minsk", "Kyiv", "Kremlin", "Lukashenko", "Putin"}
COMMON = {"demand", "hosts", "order"}
"""Names of the shipped question that are also plain words of English."""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import is relative"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def stages(tree: ast.AST) -> set[str]:
    """Stages that are imported."""
    return {name.split(".")[1] for name in imports(tree) if name.startswith("hourglass.")} & set(MODULES)


def literals(tree: ast.AST) -> Iterator[str]:
    """Every number and text of the code, docstrings left out."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int) and id(node) not in told:
            yield str(node.value)


def names(case: Case) -> set[str]:
    """Names that the shipped question gives to its parts."""
    question = case.question
    parts = {*question.drivers, *question.series, *question.events, *question.reference.classes}
    return parts | {gate.id for gate in question.gates} | {rival.id for rival in question.rivals}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    lines = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - lines


def test_every_module_has_a_place_in_the_order() -> None:
    assert set(MODULES) - {"__init__", "__main__"} <= set(ORDER)


@pytest.mark.parametrize("name", [name for name in ORDER if name in MODULES])
def test_a_stage_imports_only_earlier_stages(name: str) -> None:
    assert stages(TREES[name]) <= set(ORDER[: ORDER.index(name)])


def test_no_stage_imports_the_front_of_the_package() -> None:
    fronts = {node.name for node in TREES["__init__"].body if isinstance(node, ast.FunctionDef)}
    for name, tree in TREES.items():
        used = set(imports(tree))
        assert name == "__init__" or not used & {f"hourglass.{front}" for front in fronts - set(MODULES)}, (
            name
        )


def test_the_sampler_is_imported_where_it_is_needed_alone() -> None:
    users = {name for name, tree in TREES.items() if {used.split(".")[0] for used in imports(tree)} & PYMC}
    assert users == {"graph", "inference"}


def test_checking_a_folder_loads_no_slow_library() -> None:
    slow = sorted(PYMC | {"arviz", "scipy", "xarray"})
    code = f"import sys, hourglass.case; print([name for name in {slow} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "model", capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("folder", ["priors", "reports"])
def test_folders_that_people_edit_or_the_program_writes_hold_no_code(folder: str) -> None:
    assert list((ROOT / folder).glob("**/*.py")) == []


@pytest.mark.parametrize("name", MODULES)
def test_nothing_catches_every_error(name: str) -> None:
    handlers = [node for node in ast.walk(TREES[name]) if isinstance(node, ast.ExceptHandler)]
    caught = {ast.unparse(handler.type) if handler.type else "everything" for handler in handlers}
    assert not caught & {"Exception", "BaseException", "everything"}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_can_be_read_at_one_sitting(name: str) -> None:
    assert len(MODULES[name].read_text().splitlines()) <= 330
    functions = [n for n in ast.walk(TREES[name]) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {f.name: length(f) for f in functions if length(f) > 50} == {}


@pytest.mark.parametrize("name", MODULES)
def test_the_engine_names_nothing_of_a_question(name: str, case: Case) -> None:
    own = names(case)
    assert set(literals(TREES[name])) & own == set()
    words = "|".join(sorted(COUNTRIES | own - COMMON))
    assert re.findall(rf"(?i)\b(?:{words})(?:n|ns)?\b", MODULES[name].read_text()) == []


@pytest.mark.parametrize("name", MODULES)
def test_the_engine_holds_no_date(name: str) -> None:
    assert [told for told in literals(TREES[name]) if re.search(r"20[12]\d", told)] == []

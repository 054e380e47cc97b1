"""Notebooks of `examples/`: run anew from a clean state, and compared with what they say.

`python tests/notebooks.py` runs them all and stores their output, without a trace of the machine.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
LANGUAGE = {"name": "python"}
SECONDS = 1200
"""Longest that one cell may take: a first fit compiles the model."""
NUMBER = re.compile(r"-?\d+\.\d+")
RELATIVE = 0.2
PERCENT, LEVEL, CHANCE = 0.3, 0.1, 0.003
"""How far a number may lie from the stored one: by a fifth, or by so much if that is more. What it
is shows in its digits: one for a percentage, two for a level in standard deviations, else a chance.
Another seed moved means by 3 % and q95 by 8 % at most."""


def read(path: Path) -> NotebookNode:
    book: NotebookNode = nbformat.read(path, as_version=4)
    return book


def executed(path: Path) -> NotebookNode:
    """Run a notebook in its folder, in a fresh kernel of this interpreter; an error in a cell is raised."""
    book = read(path)
    client = NotebookClient(
        book, timeout=SECONDS, kernel_name="python3", record_timing=False, coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    client.execute()
    book.metadata["language_info"] = dict(LANGUAGE)  # without versions of the interpreter
    return book


def code(book: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def said(cell: NotebookNode) -> str:
    """Return all that a cell prints and shows, as text."""
    parts = [o.text if o.output_type == "stream" else o.data["text/plain"] for o in cell.outputs]
    return "\n".join(parts)


def differences(stored: NotebookNode, fresh: NotebookNode) -> Iterator[str]:
    """Say of each cell how its output differs from the stored one by more than another machine explains.

    Draws follow from the seed on one machine alone: elsewhere the last bits differ, and with them all
    later draws. So chances and levels are compared within a tolerance that Monte Carlo error does not
    reach. Of a cell tagged `diagnostics` (R-hat, ESS, k-hat) the words alone are compared, of one tagged
    `order` (a list sorted by what differs) the number of lines.
    """
    for old, new in zip(code(stored), code(fresh), strict=True):
        tags = old.metadata.get("tags", [])
        then, now = said(old), said(new)
        if "order" in tags:
            then, now = ("\n" * text.count("\n") for text in (then, now))
        if words(then) != words(now):
            yield f"{old.id}: {now!r} instead of {then!r}"
        elif "diagnostics" not in tags:
            pairs = zip(NUMBER.findall(then), NUMBER.findall(now), strict=True)
            yield from (f"{old.id}: {b} instead of {a}" for a, b in pairs if not near(a, b))


def words(text: str) -> str:
    """Return a text without numbers and blanks, for the columns of a table widen with its numbers."""
    return re.sub(r" +", "", NUMBER.sub("#", text))


def near(one: str, other: str) -> bool:
    """Whether two numbers, as printed, are one but for Monte Carlo error."""
    least = {1: PERCENT, 2: LEVEL}.get(len(one.partition(".")[2]), CHANCE)
    a, b = float(one), float(other)
    return abs(a - b) <= max(least, RELATIVE * abs(a))


if __name__ == "__main__":
    for each in NOTEBOOKS:
        print(f"running {each.name}", file=sys.stderr)
        nbformat.write(executed(each), each)

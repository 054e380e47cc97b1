"""Limits that a benchmark must keep: printed beside what was measured, and told by the exit code."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Limit:
    """One promise: what is measured, its value, and the most or the least that it may be."""

    what: str
    value: float
    limit: float
    least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the value is no more, or no less, than promised."""
        return self.value >= self.limit if self.least else self.value <= self.limit


def judge(limits: Iterable[Limit]) -> None:
    """Print every promise and leave with 1 where one is not kept."""
    told, table = tuple(limits), Table("promised", "measured", "limit", "kept")
    for one in told:
        bound = f"{'at least' if one.least else 'at most'} {one.limit:g}"
        table.add_row(one.what, f"{one.value:.2f}", bound, "yes" if one.kept else "NO")
    Console(width=100).print(table)
    sys.exit(0 if all(one.kept for one in told) else 1)

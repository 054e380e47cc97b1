"""Beliefs about numbers, stated as three quantiles with a sentence, and what they mean.

A belief says "5 % below q05, half below q50, 5 % above q95" on a scale (identity, log, logit).
Its density is that of ``x = q50 + s (exp(g z) - 1) / g`` on that scale with ``z`` standard
normal: a shifted lognormal, exact at all three quantiles, symmetric as ``g`` goes to 0. On the
log scale three negative quantiles mean a number that is surely negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, log1p, pi, sqrt
from statistics import NormalDist
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from hourglass.documents import Schema, Text

Z95, Z99 = (NormalDist().inv_cdf(share) for share in (0.95, 0.99))
FARTHEST = 4.0
"""Standard normal that a sampler seldom passes: one draw in 30,000 on either side."""
LEAST_SKEW = 1e-12
"""Below this skew the curve is a straight line to within 1e-9 of its slope."""

Scale = Literal["identity", "log", "logit"]


class Quantiles(Schema):
    """Three quantiles of an uncertain number and the sentence that justifies them."""

    q05: float
    q50: float
    q95: float
    scale: Scale = "identity"
    because: Text

    @model_validator(mode="after")
    def _in_order_and_on_scale(self) -> Self:
        shown = f"q05 {self.q05}, q50 {self.q50}, q95 {self.q95}"
        if not self.q05 < self.q50 < self.q95:
            raise ValueError(f"quantiles out of order: {shown}; write q05 < q50 < q95")
        if self.scale == "log" and not (self.q05 > 0 or self.q95 < 0):
            raise ValueError(f"log scale needs three numbers of one sign: {shown}")
        if self.scale == "logit" and not (self.q05 > 0 and self.q95 < 1):
            raise ValueError(f"logit scale needs numbers between 0 and 1: {shown}")
        return self


class Statement(Quantiles):
    """What someone held of a number on a day: three quantiles with sentence, source, date and author."""

    source: Text
    date: date
    author: Text


class Belief(Statement):
    """An elicited number of a question as held now, with what was held before.

    `history` holds the statements that later ones replaced, oldest first. No number follows
    from it, so no dump of a belief holds it: a run's key and hashes do not either.
    """

    history: tuple[Statement, ...] = Field(default=(), exclude=True)


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve that turns a standard normal into a believed number.

    On its scale the number is ``center + slope (exp(skew z) - 1) / skew``.
    `sign` is -1 for a number that is surely negative, else 1.
    """

    center: float
    slope: float
    skew: float
    scale: Scale
    sign: int


def curve(quantiles: Quantiles) -> Curve:
    """Curve through the three quantiles, exact at each of them."""
    stated = (quantiles.q05, quantiles.q50, quantiles.q95)
    sign = -1 if quantiles.scale == "log" and quantiles.q95 < 0 else 1
    low, center, high = sorted(_to_scale(sign * q, quantiles.scale) for q in stated)
    ratio = (high - center) / (center - low)
    skew = log(ratio) / Z95
    if abs(skew) < LEAST_SKEW:
        return Curve(center, (high - center) / Z95, LEAST_SKEW, quantiles.scale, sign)
    return Curve(center, skew * (high - center) / (ratio - 1), skew, quantiles.scale, sign)


def drawable(quantiles: Quantiles) -> bool:
    """Whether the curve stays among the numbers of its scale over nearly all that may be drawn."""
    with np.errstate(over="ignore", invalid="ignore"):
        ends = values(np, np.array([[-FARTHEST], [FARTHEST]]), curve_table([quantiles]))
    inside = {"identity": np.abs(ends) >= 0, "log": ends != 0, "logit": (ends > 0) & (ends < 1)}
    return bool(np.all(np.isfinite(ends) & inside[quantiles.scale]))


def _to_scale(number: float, scale: Scale) -> float:
    match scale:
        case "identity":
            return number
        case "log":
            return log(number)
        case "logit":
            return log(number / (1 - number))


def common_range(beliefs: Sequence[Quantiles]) -> tuple[float, float]:
    """Least and greatest number that some belief holds likelier than one in a hundred to be passed."""
    table = curve_table(beliefs)
    ends = [values(np, np.full(len(beliefs), z), table) for z in (-Z99, Z99)]
    return float(np.min(ends)), float(np.max(ends))


def density(number: float, line: Curve) -> float:
    """Density of the believed number at a value on its natural scale, 0 where it cannot lie.

    The density of the standard normal that the curve sends there, over the slope of the curve.
    """
    mirrored = line.sign * number
    if (line.scale != "identity" and mirrored <= 0) or (line.scale == "logit" and mirrored >= 1):
        return 0.0
    reach = line.skew * (_to_scale(mirrored, line.scale) - line.center) / line.slope
    if reach <= -1:
        return 0.0
    z = log1p(reach) / line.skew
    per_unit = {"identity": 1.0, "log": mirrored, "logit": mirrored * (1 - mirrored)}[line.scale]
    return exp(-z * z / 2) / sqrt(2 * pi) / (line.slope * (1 + reach) * per_unit)


@dataclass(frozen=True, slots=True)
class CurveTable:
    """Curves of many beliefs as arrays, in the order of the beliefs.

    `center`, `slope`, `skew` are data and may change without a new model; `scales` and
    `signs` are structure.
    """

    center: np.ndarray
    slope: np.ndarray
    skew: np.ndarray
    scales: tuple[Scale, ...]
    signs: tuple[int, ...]


def curve_table(beliefs: Sequence[Quantiles]) -> CurveTable:
    """Curves of `beliefs` as arrays of the same length."""
    curves = [curve(belief) for belief in beliefs]
    return CurveTable(
        center=np.array([c.center for c in curves]),
        slope=np.array([c.slope for c in curves]),
        skew=np.array([c.skew for c in curves]),
        scales=tuple(c.scale for c in curves),
        signs=tuple(c.sign for c in curves),
    )


def normals(table: CurveTable, numbers: np.ndarray) -> np.ndarray:
    """Standard normals at which `values` gives these numbers; (..., belief)."""
    each = [
        sign * np.log1p(skew * (_on_scale(sign * numbers[..., i], scale) - center) / slope) / skew
        for i, (center, slope, skew, scale, sign) in enumerate(
            zip(table.center, table.slope, table.skew, table.scales, table.signs, strict=True)
        )
    ]
    return np.stack(each, axis=-1)


def _on_scale(numbers: np.ndarray, scale: Scale) -> np.ndarray:
    match scale:
        case "identity":
            return numbers
        case "log":
            return np.asarray(np.log(numbers))
        case "logit":
            return np.asarray(np.log(numbers) - np.log1p(-numbers))


def values(xp: Any, z: Any, table: CurveTable, bend: Any = None) -> Any:
    """Believed numbers at standard normals `z`, in either array module.

    Parameters
    ----------
    xp
        NumPy-like module with `exp` and `expm1`.
    z
        Standard normals; last axis as long as the table.
    bend
        Center, slope and skew of each curve (3, parameter), in place of the table's own.

    Returns
    -------
    Array of the shape of `z`, each number on its own natural scale.
    """
    center, slope, skew = (
        (table.center, table.slope, table.skew) if bend is None else (bend[0], bend[1], bend[2])
    )
    on = {
        scale: np.array([float(s == scale) for s in table.scales]) for scale in ("identity", "log", "logit")
    }
    signs = np.array(table.signs, dtype=float)
    y = center + slope * xp.expm1(skew * signs * z) / skew
    # Each number takes one branch; the others see 0, so that none overflows.
    return (
        on["identity"] * y
        + on["log"] * signs * xp.exp(on["log"] * y)
        + on["logit"] / (1 + xp.exp(-on["logit"] * y))
    )


def log_densities(numbers: np.ndarray, table: CurveTable) -> np.ndarray:
    """Log density of believed numbers, each on its own scale; -inf where one cannot lie.

    Parameters
    ----------
    numbers
        On their natural scales; last axis as long as the table.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = normals(table, numbers)
    slope = np.log(table.slope * sqrt(2 * pi)) + table.skew * np.array(table.signs) * z
    found: np.ndarray = np.where(np.isfinite(z), -(z**2) / 2 - slope, -np.inf)
    return found

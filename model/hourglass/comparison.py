"""Two sets of beliefs held against each other: what they forecast of the same evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from hourglass import summary
from hourglass.belief import Belief
from hourglass.summary import Forecast

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Forecasts of one question and day under two sets of beliefs.

    Attributes
    ----------
    names
        What each set is called.
    forecasts
        One under each, of the same horizons.
    beliefs
        Beliefs that they state differently, by dotted path, one of each.
    """

    names: tuple[str, str]
    forecasts: tuple[Forecast, Forecast]
    beliefs: Mapping[str, tuple[Belief, Belief]]

    @property
    def passed(self) -> bool:
        """Whether both verdicts let their numbers stand."""
        return all(told.verdict.passed for told in self.forecasts)

    @property
    def gaps(self) -> tuple[float | None, ...]:
        """How much higher the log-odds of entry are under the second, by horizon; None where withheld."""
        first, second = self.forecasts
        return tuple(
            gap(one.mean, other.mean) for one, other in zip(first.horizons, second.horizons, strict=True)
        )


def gap(one: float | None, other: float | None) -> float | None:
    """Log-odds of the second chance less those of the first; None where either has none."""
    if one is None or other is None or not (0 < one < 1 and 0 < other < 1):
        return None
    return log(other / (1 - other)) - log(one / (1 - one))


def as_json(told: Comparison) -> dict[str, Any]:
    """The comparison as the JSON object that the commands print; pairs are in the order of `names`."""
    first, second = told.forecasts
    pairs = zip(first.horizons, second.horizons, told.gaps, strict=True)
    return {
        "schema": SCHEMA,
        "names": list(told.names),
        "as_of": first.as_of.isoformat(),
        "horizons": [
            {"months": a.months, "date": a.date.isoformat(), "mean": [a.mean, b.mean], "log_odds": apart}
            for a, b, apart in pairs
        ],
        "beliefs": {
            path: [belief.model_dump(mode="json") for belief in pair] for path, pair in told.beliefs.items()
        },
        "forecasts": [summary.as_json(one) for one in told.forecasts],
    }

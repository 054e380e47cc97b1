"""The verbs of the package: what a program can ask, as values that say what they hold."""

from datetime import date
from pathlib import Path

import folders
import pytest
from test_forecaster import Fits, prior_fit

import hourglass
from hourglass import estimate
from hourglass.errors import InputError
from hourglass.ledger import Reading, Retraction, Source

AS_OF = date(2023, 1, 26)
TALKS = Reading(
    id="talks", date=date(2023, 1, 20), known=date(2023, 1, 20), driver="pressure", level=1.5, grade="B2",
    origin="talks", claim="Talks.", source=Source(title="News", url="", date=date(2023, 1, 20)),
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root with the shipped question, where fits are draws from the priors."""
    monkeypatch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
    folders.copied(tmp_path / "priors", evidence=True)
    return tmp_path


def test_every_verb_that_is_promised_is_there() -> None:
    assert all(callable(getattr(hourglass, name)) for name in set(hourglass.__all__) - {"__version__"})


def test_a_forecast_is_a_value_that_says_what_it_holds(root: Path) -> None:
    case = hourglass.load(root=root)
    told = hourglass.forecast(case, as_of=AS_OF, horizons=[3], root=root)
    assert told.horizons[0].mean is not None
    assert f"3 months {told.horizons[0].mean:.1%}" in repr(told)


def test_new_entries_are_written_and_weighed(root: Path) -> None:
    case = hourglass.load(root=root)
    before = hourglass.forecast(case, as_of=AS_OF, horizons=[3], root=root)
    longer = hourglass.update(case, TALKS)
    after = hourglass.forecast(longer, as_of=AS_OF, horizons=[3], root=root)
    assert (after.run.method, after.run.fit) == ("reweight", before.run.id)
    assert after.drivers["pressure"] != before.drivers["pressure"]
    assert "talks" in [item.id for item in hourglass.load(root=root).ledger.items]


def test_what_moved_a_forecast_is_a_value(root: Path) -> None:
    case = hourglass.load(root=root)
    hourglass.forecast(case, as_of=AS_OF, horizons=[3], root=root)
    hourglass.forecast(hourglass.update(case, TALKS), as_of=AS_OF, horizons=[3], root=root)
    told = hourglass.explain(case, root=root)
    assert told.move is not None
    assert "talks" in [part.name for part in told.move.parts]
    assert repr(told).startswith("<Explanation belarus as of 2023-01-26")


def test_a_retraction_brings_the_start_back(root: Path) -> None:
    case = hourglass.load(root=root)
    before = hourglass.forecast(case, as_of=AS_OF, horizons=[3], root=root)
    longer = hourglass.update(case, TALKS)
    back = hourglass.update(longer, Retraction(id="back", of="talks", known=date(2023, 1, 20), why="Wrong."))
    again = hourglass.forecast(back, as_of=AS_OF, horizons=[3], root=root)
    assert again.horizons[0].mean == pytest.approx(before.horizons[0].mean, abs=1e-9)


def test_a_faulty_entry_is_refused_and_nothing_is_written(root: Path) -> None:
    case = hourglass.load(root=root)
    with pytest.raises(InputError, match="presure"):
        hourglass.update(case, TALKS.model_copy(update={"driver": "presure"}))
    assert hourglass.load(root=root).ledger == case.ledger


def test_suppositions_and_what_to_watch_are_values_too(root: Path) -> None:
    case = hourglass.load(root=root)
    supposed = hourglass.what_if(case, "pressure=+2", as_of=AS_OF, horizons=[3], root=root)
    assert "pressure" in repr(supposed)
    listed = hourglass.watch(case, horizon=3, as_of=AS_OF, root=root)
    assert repr(listed).startswith("<Watchlist belarus as of 2023-01-26")

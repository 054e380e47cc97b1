"""Everything that a report is written from: a run, its draws, and what was asked of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from hourglass import (
    archive,
    estimate,
    explanation,
    fitness,
    forecaster,
    grounds,
    record,
    scores,
    standing,
    store,
    watchlist,
)
from hourglass.case import Case
from hourglass.explanation import Explanation
from hourglass.fitness import Fitness
from hourglass.forecaster import Talk
from hourglass.grounds import Grounds
from hourglass.record import Record
from hourglass.standing import Standing
from hourglass.summary import Forecast, Horizon, Run
from hourglass.verdict import Check
from hourglass.watchlist import Watchlist
from hourglass.wish import Wish
from hourglass.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stance:
    """What someone else's beliefs make of the same evidence.

    Attributes
    ----------
    forecast
        None where the draws at hand cannot tell.
    failed
        Checks that keep them from it.
    fitted
        Whether these are checks of a fit to those beliefs, which no other draws could mend.
    """

    name: str
    title: str
    because: str
    forecast: Forecast | None
    failed: tuple[Check, ...] = ()
    fitted: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the draws of a run say.

    Attributes
    ----------
    standing
        Before the horizon that is explained.
    then
        The question as the earlier run was asked it; None where there is none.
    """

    run: Record
    standing: Standing
    then: Case | None
    grounds: Grounds
    explanation: Explanation
    watchlist: Watchlist
    fitness: Fitness
    stances: tuple[Stance, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a report is written from.

    Attributes
    ----------
    forecast
        With every horizon that its run holds.
    history
        Forecasts as of that day or earlier, this one among them, oldest first.
    record
        How those fared, as it was known on that day.
    found
        None where the forecast is withheld or its draws are gone.
    """

    case: Case
    forecast: Forecast
    history: tuple[Forecast, ...]
    record: scores.Record
    found: Found | None
    wish: Wish

    @property
    def longest(self) -> Horizon:
        """The horizon that most sections speak of."""
        return self.forecast.horizons[-1]


def gather(case: Case, forecast: Forecast, wish: Wish, space: Workspace, talk: Talk) -> Dossier:
    """Gather what there is to say of a forecast.

    Parameters
    ----------
    forecast
        With every horizon of its run.
    """
    past = [one for one in store.history(space.runs, forecast.question["id"]) if one.as_of <= forecast.as_of]
    # As of that day: a report has no clock of its own, and the past is not judged by what came later.
    fared = scores.record(past, case.question.header, forecast.as_of)
    run = record.opened(case, forecast, space.runs) if forecast.verdict.passed else None
    found = None if run is None else _found(case, run, wish, space, talk)
    return Dossier(case, forecast, tuple(past), fared, found, wish)


def _found(case: Case, run: Record, wish: Wish, space: Workspace, talk: Talk) -> Found:
    told = run.forecast
    earlier = explanation.before(record.believed(case, space.runs), told)
    stand = standing.of(run, explanation.horizon_of(earlier, told))
    code = space.machine_code if wish.from_prior else None
    explained = explanation.of(case, stand, earlier, space.runs, code, talk)
    asked = [(h.months, h.date) for h in told.horizons]
    ground = grounds.stand(run.case, run.as_of, asked, told, run.found)
    talk("looking at what could be seen")
    watched = watchlist.watch(ground, *asked[-1])
    talk("holding the record against its replicas")
    fit = fitness.assess(run.case, run.found, told.run.seed)
    stances = tuple(_stances(case, run, wish, space, talk))
    return Found(run, stand, _then(case, earlier, space), ground, explained, watched, fit, stances)


def _then(case: Case, earlier: Forecast | None, space: Workspace) -> Case | None:
    """The question as an earlier run was asked it."""
    told = None if earlier is None else store.told(space.runs, case.question.header.id, earlier.run.id)
    return None if told is None else archive.as_it_was(case, told)


def _stances(case: Case, run: Record, wish: Wish, space: Workspace, talk: Talk) -> Iterator[Stance]:
    for name, held in case.variants.items():
        talk(f"asking under the beliefs of {name}")
        fitted, weighed = _stored(case.under(name), run, space), None
        failed: tuple[Check, ...] = ()
        if fitted is None:
            weighed, failed = _weighed(case.under(name), run)
        if fitted is None and weighed is None and wish.variants:
            fitted = _fitted(case.under(name), run, space, talk)
        if fitted is not None:
            failed = fitted.verdict.failed
        told = weighed if fitted is None else fitted
        yield Stance(name, held.title, held.because, None if failed else told, failed, fitted is not None)


def _stored(case: Case, run: Record, space: Workspace) -> Forecast | None:
    """Forecast under other beliefs that was made before, by a fit if it failed its checks."""
    key = store.key(store.inputs(case, run.as_of), run.forecast.run.seed)
    kept = store.load(space.asides, case.question.header.id, key)
    asked = [h.date for h in run.forecast.horizons]
    return kept if kept is not None and [h.date for h in kept.horizons] == asked else None


def _weighed(case: Case, run: Record) -> tuple[Forecast | None, tuple[Check, ...]]:
    """Forecast under other beliefs by the draws of the run's own fit; None, and why, where they fail."""
    found = estimate.update(case, run.as_of, run.base)
    failed = tuple(check for check in found.weight_checks() if not check.passed)
    if failed:
        return None, failed
    told = store.inputs(case, run.as_of)
    seed, fit = run.forecast.run.seed, run.forecast.run.fit
    how = Run("", "", forecaster.REWEIGHT, fit, False, seed, 0.0, store.libraries())
    asked = [(h.months, h.date) for h in run.forecast.horizons]
    made = estimate.summarise(case, run.as_of, asked, told, how, found)
    return (made, ()) if made.verdict.passed else (None, made.verdict.failed)


def _fitted(case: Case, run: Record, space: Workspace, talk: Talk) -> Forecast:
    asked = [(h.months, h.date) for h in run.forecast.horizons]
    seed = run.forecast.run.seed
    return forecaster.forecast(case, run.as_of, asked, seed, space.asides, space.machine_code, talk)

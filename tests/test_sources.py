"""What a report rests on: the run can be repeated, by its command and with what made it."""

import platform
from dataclasses import replace
from datetime import date

from conftest import AS_OF
from outlooks import ASKED, forecast, shipped

import hourglass
from hourglass import sources, store
from hourglass.summary import Forecast, no_horizon


def rows(told: Forecast) -> dict[str, str]:
    """Return the table of a run, by what its rows are about."""
    return {what.text: value.text for what, value in sources.run(told, shipped()).rows}


def asked(*horizons: tuple[float, date]) -> Forecast:
    return replace(forecast(), horizons=tuple(no_horizon(m, day, ()) for m, day in horizons))


def weighed() -> Forecast:
    return replace(forecast(), run=replace(forecast().run, method="reweight", fit="abc"))


def test_a_fit_is_fitted_again() -> None:
    told = rows(forecast())
    assert told["command"] == "hourglass forecast belarus --as-of 2023-01-26 --seed 1 --method nuts"
    assert told["made by"] == "a fit of its own"
    assert "needs" not in told


def test_an_update_names_the_draws_without_which_it_cannot_be_repeated() -> None:
    told = rows(weighed())
    assert told["command"].endswith("--seed 1 --method reweight")
    assert told["made by"] == "the draws of run abc, weighed"
    assert told["needs"].startswith("the stored draws of run abc; without them --method nuts fits anew")


def test_horizons_that_are_not_the_question_s_own_are_asked_for_again() -> None:
    own = [(float(m), AS_OF) for m in shipped().question.header.horizons]
    assert "--horizons" not in rows(asked(*own))["command"]
    assert " --horizons 1,3,12 --seed" in rows(asked((1, AS_OF), *ASKED))["command"]
    assert " --by 2023-05-03 --seed" in rows(asked(ASKED[0], (3.23, date(2023, 5, 3))))["command"]


def test_the_program_is_named_where_it_is_the_one_that_made_the_run() -> None:
    assert rows(forecast())["hourglass"] == "another version than the one that wrote this report"
    key = store.key(store.inputs(shipped(), AS_OF), 1)
    told = rows(replace(forecast(), run=replace(forecast().run, id=key, fit=key)))
    assert told["hourglass"] == hourglass.__version__
    assert told["code, sha256"] == store.code("estimate")
    assert told["python, of this report"] == platform.python_version()


def test_shares_stand_in_percent_beside_how_many_were_asked() -> None:
    asked, rows = shipped().question.series["poll_join"], shipped().rows["poll_join"]
    told = sources.series(asked, rows)
    assert told.columns == ("date", "known", "share of answers, percent", "people asked", "source")
    assert [row[2].text for row in told.rows] == [f"{100 * row.value:g}" for row in rows]
    assert all(1 <= float(row[2].text) <= 99 for row in told.rows)


def test_what_is_no_poll_asks_nobody() -> None:
    told = sources.series(shipped().question.series["troops"], shipped().rows["troops"])
    assert told.columns == ("date", "known", "soldiers", "source")
    assert told.rows[0][2].text == "2,500"

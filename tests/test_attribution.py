"""What moved P between two runs: parts that sum to the whole, and no order that is preferred."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations
from pathlib import Path

import folders
import numpy as np
import pytest
from test_forecaster import AS_OF, Fits, made, prior_fit, with_items

from hourglass import attribution, estimate, record
from hourglass.attribution import LATER, OTHER, REFIT, Move, Told, log_odds
from hourglass.case import Case
from hourglass.forecaster import Method
from hourglass.record import Record

EARLY = date(2023, 1, 20)
VISIT = folders.entry("reading", id='"visit"', origin='"visit"', known="2022-12-20")
SIGHT = folders.entry("reading", id='"sight"', origin='"sight"', known="2023-01-22", claim='"Drills."')
ECHO = folders.entry("reading", id='"echo"', origin='"sight"', known="2023-01-23", claim='"Drills again."')
REFUSED = folders.entry("event", id='"no"', origin='"no"', known="2023-01-24", grade='"A1"')
WARNING = folders.entry("warning", id='"alarm"', date="2023-01-21", known="2023-01-21")


@pytest.fixture(autouse=True)
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    """Return the stand-in that every forecast of a test uses for a fit."""
    stand_in = Fits(prior_fit(), prior_fit())
    monkeypatch.setattr(estimate, "fit", stand_in.fit)
    return stand_in


@dataclass(frozen=True)
class Ledgers:
    """Runs under one root, each of its own ledger."""

    root: Path

    def run(self, as_of: date, *entries: str, seed: int = 1, method: Method = "auto") -> Record:
        """Forecast and open the run again."""
        case = with_items(self.root / f"q{len(list(self.root.iterdir()))}", *entries)
        return self.of(case, as_of, seed, method)

    def of(self, case: Case, as_of: date, seed: int = 1, method: Method = "auto") -> Record:
        told = made(case, self.root, 1, 3, as_of=as_of, seed=seed, method=method)
        assert told.verdict.passed
        opened = record.opened(case, told, self.root / ".hourglass/runs")
        assert opened is not None
        return opened


@pytest.fixture
def ledgers(tmp_path: Path) -> Ledgers:
    return Ledgers(tmp_path)


def moved(one: Record, other: Record) -> Move:
    return attribution.between(one, other, Told(one.forecast.horizons[-1], other.forecast.horizons[-1]))


def parts(move: Move) -> dict[str, float]:
    return {part.name: part.log_odds for part in move.parts}


def test_parts_sum_to_the_change_of_the_printed_log_odds(ledgers: Ledgers) -> None:
    one = ledgers.run(EARLY, VISIT)
    other = ledgers.run(AS_OF, VISIT, SIGHT, ECHO, REFUSED, WARNING)
    assert other.forecast.run.method == "reweight"
    move = moved(one, other)
    then, now = one.forecast.horizons[-1].mean, other.forecast.horizons[-1].mean
    assert then is not None
    assert now is not None
    assert (move.before, move.after) == (then, now)
    assert sum(parts(move).values()) == pytest.approx(log_odds(now) - log_odds(then), abs=1e-6)
    assert set(parts(move)) == {LATER, "alarm", "sight", "echo", "no", REFIT}
    assert all(parts(move).values())


def test_of_an_update_little_is_left_for_the_last_part(ledgers: Ledgers) -> None:
    move = moved(ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT, SIGHT, REFUSED))
    assert abs(parts(move)[REFIT]) < 0.01
    assert move.remark
    assert all(check.passed for check in move.checks)


def test_one_change_has_all_that_the_update_moves(ledgers: Ledgers) -> None:
    move = moved(ledgers.run(AS_OF, VISIT), ledgers.run(AS_OF, VISIT, SIGHT))
    assert list(parts(move)) == ["sight", REFIT]  # and no later day
    assert parts(move)["sight"] == pytest.approx(move.whole, abs=0.01)


def test_quiet_months_alone_lower_p_through_time_gone_by(ledgers: Ledgers) -> None:
    move = moved(ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT))
    assert list(parts(move)) == [LATER, REFIT]
    assert parts(move)[LATER] < 0
    assert parts(move)[LATER] == pytest.approx(move.whole, abs=0.01)


def test_a_warning_is_what_it_makes_of_the_odds(ledgers: Ledgers) -> None:
    one, other = ledgers.run(AS_OF, VISIT), ledgers.run(AS_OF, VISIT, WARNING)
    move = moved(one, other)
    assert parts(move)["alarm"] > 0
    assert parts(move)["alarm"] == pytest.approx(move.whole, abs=1e-3)  # time is cut at its end too


def test_what_is_known_later_is_no_part(ledgers: Ledgers) -> None:
    late = SIGHT.replace("known = 2023-01-22", "known = 2023-01-27")
    move = moved(ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT, late))
    assert list(parts(move)) == [LATER, REFIT]


def test_items_of_one_origin_share_what_they_say_together(ledgers: Ledgers) -> None:
    # Two readings of one origin and month, alike in all but name, are one reading: half each.
    twin = SIGHT.replace('id = "sight"', 'id = "twin"').replace("Drills.", "The same drills.")
    one = ledgers.run(AS_OF, VISIT)
    alone = parts(moved(one, ledgers.run(AS_OF, VISIT, SIGHT)))["sight"]
    both = parts(moved(one, ledgers.run(AS_OF, VISIT, SIGHT, twin)))
    assert both["sight"] == pytest.approx(both["twin"], abs=1e-9)
    assert both["sight"] + both["twin"] == pytest.approx(alone, abs=1e-9)


def chances(ledgers: Ledgers, one: Record, entries: tuple[str, ...]) -> float:
    """Log-odds of an update, by the weights that the forecast itself uses."""
    found = ledgers.run(AS_OF, VISIT, *entries)
    assert found.forecast.run.fit == one.forecast.run.id
    return log_odds(found.forecast.horizons[-1].mean or 0.0)


def test_shares_are_those_of_updates_in_every_order(ledgers: Ledgers) -> None:
    entries = {"sight": SIGHT, "echo": ECHO, "no": REFUSED}
    one = ledgers.run(AS_OF, VISIT)
    found = parts(moved(one, ledgers.run(AS_OF, VISIT, *entries.values())))
    subsets = {frozenset(order[:n]) for order in permutations(entries) for n in range(4)}
    at = {names: chances(ledgers, one, tuple(entries[name] for name in sorted(names))) for names in subsets}
    for name in entries:
        steps = [
            at[frozenset(order[: order.index(name) + 1])] - at[frozenset(order[: order.index(name)])]
            for order in permutations(entries)
        ]
        assert found[name] == pytest.approx(np.mean(steps), abs=0.005), name  # they smooth each update


def test_a_revision_and_a_retraction_are_parts(ledgers: Ledgers) -> None:
    again = folders.entry(
        "reading", id='"again"', origin='"visit"', known="2023-01-22", revises='"visit"', level="-1"
    )
    back = folders.entry("retraction", id='"back"', of='"sight"', known="2023-01-25")
    one = ledgers.run(date(2023, 1, 24), VISIT, SIGHT)
    other = ledgers.run(AS_OF, VISIT, SIGHT, again.replace("2023-01-22", "2023-01-25"), back)
    move = moved(one, other)
    details = {part.name: part.detail for part in move.parts}
    assert details["again"].startswith("revised")
    assert details["sight"].startswith("withdrawn")
    assert parts(move)["again"] < 0


def test_draws_of_another_seed_walk_the_same_way(ledgers: Ledgers) -> None:
    move = moved(ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT, SIGHT, seed=2))
    assert list(parts(move)) == [LATER, "sight", REFIT]
    assert sum(parts(move).values()) == pytest.approx(move.whole, abs=1e-6)


def test_other_beliefs_are_told_apart_from_the_evidence(ledgers: Ledgers) -> None:
    one = ledgers.run(EARLY, VISIT)
    mine = folders.copied(ledgers.root / "other")
    mine.ledger(VISIT, SIGHT)
    mine.edit("reference.toml", r"^q50 = .*", "q50 = 0.021")
    other = ledgers.of(mine.load(), AS_OF)
    move = moved(one, other)
    assert list(parts(move)) == [LATER, "sight", OTHER]
    assert sum(parts(move).values()) == pytest.approx(move.whole, abs=1e-6)
    assert "eliefs" in move.remark


def test_runs_of_another_program_that_echo_their_chance_are_bridged(ledgers: Ledgers) -> None:
    one, other = ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT, SIGHT)
    renamed = replace(one, forecast=replace(one.forecast, run=replace(one.forecast.run, id="0" * 16)))
    assert not renamed.by_this_program
    assert list(parts(moved(renamed, other)))[-1] == REFIT
    first = one.forecast.horizons[-1]
    assert first.mean is not None
    told = Told(replace(first, mean=first.mean * 1.1), other.forecast.horizons[-1])
    move = attribution.between(renamed, other, told)
    assert move.parts[-1].name == OTHER
    assert "another version" in move.remark


def test_other_names_leave_one_part(ledgers: Ledgers) -> None:
    one, other = ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT, SIGHT)
    question = other.case.question
    fewer = question.model_copy(update={"events": {}})
    move = moved(one, replace(other, case=replace(other.case, question=fewer)))
    assert list(parts(move)) == [OTHER]
    assert parts(move)[OTHER] == pytest.approx(move.whole)


def test_where_the_draws_do_not_reach_the_guard_says_so(ledgers: Ledgers) -> None:
    extreme = [
        folders.entry("reading", id=f'"x{i}"', origin=f'"x{i}"', grade='"A1"', level="-3", claim=f'"{i}"')
        for i in range(30)
    ]
    move = moved(ledgers.run(EARLY, VISIT), ledgers.run(AS_OF, VISIT, *extreme, method="nuts"))
    assert move.grouping == "driver and quarter"
    assert not all(check.passed for check in move.checks)
    assert sum(parts(move).values()) == pytest.approx(move.whole, abs=1e-6)


def test_subsets_begin_with_none_and_end_with_all() -> None:
    assert attribution._subsets(0b101) == [0b000, 0b001, 0b100, 0b101]
    assert attribution._subsets(0) == [0]
    assert len(set(attribution._subsets(0b111111))) == 64

"""Numbers over time: faults of their rows, and what they say on a given day."""

from datetime import date
from pathlib import Path

import pytest
from folders import Folder, copied

from hourglass.case import Case
from hourglass.question import Series
from hourglass.series import MEAN_MONTH, Point, Row, points

POLL = "series/poll_join.csv"
LATE = date(2026, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return copied(tmp_path_factory.mktemp("series")).load()


def series(shipped: Case, name: str) -> Series:
    return shipped.question.series[name]


def row(day: str, value: float, known: str | None = None, n: int | None = None) -> Row:
    held = date.fromisoformat(day)
    return Row(date=held, known=date.fromisoformat(known) if known else held, value=value, n=n, source="News")


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        (
            POLL,
            "2023-05-01,2023-05-09,1.02,500,s",
            "value 1.02 of n 500 answers is no share; write 0 to 1 (k <= n)",
        ),
        (POLL, "2023-05-01,2023-05-09,3,,s", "value 3.0 of n 400 answers is no share; write 0 to 1 (k <= n)"),
        (
            POLL,
            "2023-05-01,2023-05-09,-0.1,,s",
            "value -0.1 of n 400 answers is no share; write 0 to 1 (k <= n)",
        ),
        (POLL, "2023-05-01,2026-11-23,0.1,,s", "known 2026-11-23 is after today 2026-11-22; correct it"),
        (POLL, "2020-07-31,2023-05-09,0.1,,s", "date is before history_from 2020-08-01; leave it out"),
        (
            "series/meetings.csv",
            "2026-01-31,2026-01-31,1.5,,s",
            "value 1.5 is no count; write a whole number from 0",
        ),
        (
            "series/meetings.csv",
            "2026-01-31,2026-01-31,-1,,s",
            "value -1.0 is no count; write a whole number from 0",
        ),
        (
            "series/troops.csv",
            "2026-01-31,2026-01-31,0,,s",
            "value 0.0 has no logarithm; write a number above 0",
        ),
    ],
)
def test_a_value_that_cannot_be_is_one_problem(folder: Folder, file: str, line: str, fault: str) -> None:
    folder.append(file, f"{line}\n")
    number = (folder.path / file).read_text().count("\n")
    assert folder.problem() == f"{file}: line {number}: {line[:10]}: {fault}"


def test_more_answers_than_a_poll_can_have_are_one_problem(folder: Folder) -> None:
    folder.append(POLL, f"2023-05-01,2023-05-09,0.1,{10**23},s\n")
    number = (folder.path / POLL).read_text().count("\n")
    told = f"n: should be less than or equal to 10000000, not '{10**23}'"
    assert folder.problem() == f"{POLL}: line {number}: {told}"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2023-05-01,2023-05-09,0.1,0,s", "n: should be greater than or equal to 1, not '0'"),
        ("2023-05-10,2023-05-09,0.1,,s", "known: 2023-05-09 is before date 2023-05-10; correct one of them"),
        ("2023-05-01,2023-05-09,0.1,,", "lacks source; add it"),
        ("2023-05-01,2023-05-09,0.1,,  ", "source: is empty; fill it in"),
        ("2023-05-01,2023-05-09,true,,s", "value: should be a number, not 'true'"),
        ("2023-05-01,2023-05-09,0.1,99.5,s", "n: should be a whole number, not '99.5'"),
    ],
)
def test_a_cell_that_cannot_be_is_one_problem(folder: Folder, line: str, fault: str) -> None:
    folder.append(POLL, f"{line}\n")
    assert folder.problem() == f"{POLL}: line 7: {fault}"


def test_two_rows_of_one_date_known_on_one_day_are_one_problem(folder: Folder) -> None:
    folder.append(POLL, "2023-03-15,2023-04-12,0.04,,s\n")
    also = f"also in priors/belarus/{POLL}: line 6"
    remedy = "remove one, or give a revision its own known"
    assert (
        folder.problem()
        == f"{POLL}: line 7: 2023-03-15: stands twice with known 2023-04-12, {also}; {remedy}"
    )


def test_rows_of_a_faulty_series_are_still_checked(folder: Folder) -> None:
    folder.edit("drivers.toml", r"^assumed_n = 400\n", "")
    folder.append(POLL, "2023-05-01,2026-11-23,0.1,,s\n")
    assert [str(problem).split(": ")[0] for problem in folder.problems()] == [
        "priors/belarus/drivers.toml",
        f"priors/belarus/{POLL}",
    ]


def test_a_series_of_which_nothing_is_known_yet_has_no_points(shipped: Case) -> None:
    assert points(shipped.rows["poll_join"], series(shipped, "poll_join"), date(2020, 8, 1)) == ()


def test_rows_are_ordered_by_date_and_then_by_known(folder: Folder) -> None:
    folder.append(POLL, "2022-02-08,2022-04-01,0.12,,s\n2022-01-08,2022-04-01,0.12,,s\n")
    rows = folder.load().rows["poll_join"]
    assert [(r.date, r.known) for r in rows] == sorted((r.date, r.known) for r in rows)


def test_a_wave_that_states_no_answers_takes_the_assumed_number(shipped: Case) -> None:
    told = (row("2022-03-14", 0.03, n=896), row("2023-03-15", 0.05))
    assert [p.n for p in points(told, series(shipped, "poll_join"), LATE)] == [896, 400]


def test_a_number_that_is_no_poll_has_no_answers(shipped: Case) -> None:
    day = date(2022, 2, 10)
    assert points((row("2022-02-10", 30000),), series(shipped, "troops"), LATE) == (
        Point(day, day, 30000.0, 0),
    )


def test_a_stock_enters_as_its_change_a_month(shipped: Case) -> None:
    stock = (row("2022-01-01", 1000), row("2022-01-31", 1060), row("2022-04-01", 940))
    first, second = points(stock, series(shipped, "prisoners"), LATE)
    assert (first.since, first.until) == (date(2022, 1, 1), date(2022, 1, 31))
    assert first.value == pytest.approx(60 * 30.436875 / 30)
    assert (second.since, second.until) == (date(2022, 1, 31), date(2022, 4, 1))
    assert second.value == pytest.approx(-120 * 30.436875 / 60)
    assert pytest.approx(30.436875) == MEAN_MONTH


@pytest.mark.parametrize("count", [0, 1])
def test_a_stock_counted_once_has_no_change(shipped: Case, count: int) -> None:
    assert points((row("2022-01-01", 1000),) * count, series(shipped, "prisoners"), LATE) == ()


@pytest.mark.parametrize("name", ["poll_join", "troops", "prisoners"])
def test_a_point_counts_from_the_day_it_is_known(shipped: Case, name: str) -> None:
    told = (row("2022-01-01", 1), row("2022-02-01", 1, "2022-03-05"))
    less, more = (points(told, series(shipped, name), date(2022, 3, day)) for day in (4, 5))
    assert less == points(told[:1], series(shipped, name), LATE)
    assert more == points(told, series(shipped, name), LATE)
    assert len(more) == len(less) + 1


@pytest.mark.parametrize("name", ["poll_join", "prisoners"])
def test_a_later_revision_leaves_no_trace_before_it_is_known(shipped: Case, name: str) -> None:
    old = (row("2022-01-01", 0.5), row("2022-02-01", 0.25, "2022-02-02"))
    revised = (*old, row("2022-02-01", 0.75, "2022-06-01"))
    told = series(shipped, name)
    assert points(revised, told, date(2022, 5, 31)) == points(old, told, LATE)
    assert points(revised, told, date(2022, 6, 1)) == points((old[0], revised[2]), told, LATE)
    assert points(tuple(reversed(revised)), told, LATE) == points(revised, told, LATE)


def test_numbers_that_no_series_reads_are_one_fault(folder: Folder) -> None:
    folder.write("series/troop.csv", "date,known,value,n,source\n")
    remedy = "name it in drivers.toml as [series.troop] or move it elsewhere"
    assert folder.problem() == f"series/troop.csv: is read by no series; {remedy}"


def test_numbers_under_another_ending_are_one_fault(folder: Folder) -> None:
    folder.write("series/troops.CSV", "")
    assert folder.problem().startswith("series/troops.CSV: does not end in .csv and is not read")


def test_a_header_alone_is_one_fault(folder: Folder) -> None:
    folder.write("series/troops.csv", "date,known,value,n,source\n")
    assert folder.problem() == "series/troops.csv: holds no row; add one"


def test_a_fault_that_hides_the_names_of_series_is_one_problem(folder: Folder) -> None:
    (folder.path / "drivers.toml").write_text("schema = 1\n[pressure\n")
    assert folder.problem().startswith("drivers.toml: broken TOML")

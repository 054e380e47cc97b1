"""Suppositions as written: what they mean, and every fault at once."""

from collections.abc import Sequence
from pathlib import Path

import folders
import pytest
from conftest import AS_OF
from outlooks import ASKED, shipped

from hourglass import calendar, wording
from hourglass.errors import InputError
from hourglass.scenario import Scenario, Setting

NOW = calendar.month_of(AS_OF)
ITEM = "2022-10-10-joint-grouping-ordered"


def read(
    *stated: str, since: str | None = None, span: str | None = None, without: Sequence[str] = ()
) -> Scenario:
    return wording.read(shipped(), AS_OF, ASKED, stated, since, span, without)


@pytest.mark.parametrize(
    ("stated", "since", "span", "expected"),
    [
        ("pressure=+1.5", None, None, Setting("pressure", 1.5, NOW + 1, 12)),
        ("unrest=-3", None, "2m", Setting("unrest", -3, NOW + 1, 2)),
        ("gate.demand=0.9", "2023-06", None, Setting("gate.demand", 0.9, NOW + 5, 8)),
        ("pressure=1", "2023-06", "6", Setting("pressure", 1, NOW + 5, 6)),
        ("pressure=1@2023-04:3m", "2023-06", "6m", Setting("pressure", 1, NOW + 3, 3)),
        ("pressure=1@2023-04", "2023-06", "6m", Setting("pressure", 1, NOW + 3, 6)),
        ("pressure=1@2023-04", None, None, Setting("pressure", 1, NOW + 3, 10)),
        ("pressure=1", "2023-01", "3m", Setting("pressure", 1, NOW, 3)),
        ("loyalty = 0.5", None, "1m", Setting("loyalty", 0.5, NOW + 1, 1)),
    ],
)
def test_a_setting_holds_in_its_months(
    stated: str, since: str | None, span: str | None, expected: Setting
) -> None:
    assert read(stated, since=since, span=span).settings == (expected,)


def test_several_settings_stand_together() -> None:
    found = read("pressure=2@2023-02:2m", "pressure=1@2023-04:2m", "gate.order=0.5", without=[ITEM, ITEM])
    assert [setting.name for setting in found.settings] == ["pressure", "pressure", "gate.order"]
    assert found.without == (ITEM,)


def test_items_may_be_left_out_alone() -> None:
    assert read(without=[ITEM]) == Scenario((), (ITEM,))


WRONG = {
    "--set presure: names no driver and no gate; did you mean 'pressure'?": ["presure=1"],
    "--set gate.demnd: names no driver and no gate; did you mean 'gate.demand'?": ["gate.demnd=0.5"],
    "--set demand: names no driver and no gate; did you mean 'gate.demand'?": ["demand=0.5"],
    "--set pressure: 3.5 is outside -3 to 3; write a level within": ["pressure=3.5"],
    "--set pressure: nan is outside -3 to 3; write a level within": ["pressure=nan"],
    "--set gate.demand: 1 is no chance; write a number between 0 and 1": ["gate.demand=1"],
    "--set gate.demand: 0 is no chance; write a number between 0 and 1": ["gate.demand=0"],
    "--set pressure: 2022-12 is no month of the forecast, 2023-01 to 2024-01; begin in one of them": [
        "pressure=1@2022-12:6m"
    ],
    "--set pressure: 2024-02 is no month of the forecast, 2023-01 to 2024-01; begin in one of them": [
        "pressure=1@2024-02"
    ],
    "--set pressure: stands twice for some months; give each its own": ["pressure=1", "pressure=2"],
    "--set pressure: cannot be read; write DRIVER=+1.5 or gate.NAME=0.9@YYYY-MM:6m": ["pressure"],
    "--set pressure=high: 'high' is no number; write a level or a chance": ["pressure=high"],
    "--set pressure=1@soon: 'soon' is no month; write it as YYYY-MM": ["pressure=1@soon"],
    "--set pressure=1@2023-13: '2023-13' is no month; write it as YYYY-MM": ["pressure=1@2023-13"],
    "--set pressure=1@2023-04:0m: '0m' is no number of months; write it as 6m": ["pressure=1@2023-04:0m"],
    "--set: is missing; write --set DRIVER=+1.5, or --without ITEM alone": [],
}


@pytest.mark.parametrize("words", WRONG)
def test_what_cannot_be_supposed_is_told_with_its_remedy(words: str) -> None:
    with pytest.raises(InputError) as refusal:
        read(*WRONG[words])
    assert str(refusal.value) == words


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        read("presure=1", "pressure=9", "unrest=x", since="soon", span="long", without=["no-such-item"])
    places = sorted(problem.place for problem in refusal.value.problems)
    assert places == ["--for", "--from", "--set unrest=x", "--without"]
    with pytest.raises(InputError) as refusal:
        read("presure=1", "pressure=9", "gate.order=2", without=["no-such-item"])
    assert len(refusal.value.problems) == 4


def test_an_item_that_is_not_known_yet_cannot_be_left_out() -> None:
    with pytest.raises(InputError, match="is no item known by 2023-01-26"):
        read(without=["2024-02-29-no-invasion-force-seen"])


def test_an_item_that_was_withdrawn_need_not_be_left_out(tmp_path: Path) -> None:
    mine = folders.copied(tmp_path)
    mine.ledger(folders.entry("reading"), folders.entry("retraction"))
    with pytest.raises(InputError, match="'it' was withdrawn or revised by then"):
        wording.read(mine.load(), AS_OF, ASKED, [], None, None, ["it"])


def test_months_without_a_setting_are_refused() -> None:
    with pytest.raises(InputError, match="--set: is missing"):
        read(since="2023-06", without=[ITEM])

"""What a calibration found, in words: few worlds call no machine calibrated."""

import numpy as np
import pytest
from test_display import shown

from hourglass import calibration, calibration_display
from hourglass.calibration import KEPT, Calibration


def ranked(worlds: int, highest: int = KEPT) -> Calibration:
    """Calibration whose truths lie evenly from the least draw to the `highest` of all."""
    ranks = np.linspace(0, highest, worlds).round().astype(int)
    return calibration.gather([{"ranks": {"P within 12 months": int(rank)}, "faults": []} for rank in ranks])


@pytest.mark.parametrize(
    ("worlds", "words"),
    [(99, "no fault found; so few worlds show gross ones alone"), (100, "119 draws each: calibrated.")],
)
def test_a_machine_is_called_calibrated_from_a_hundred_worlds_on(worlds: int, words: str) -> None:
    told = list(calibration_display.sentences(ranked(worlds)))
    assert words in told[0]
    assert told[1] == "Fits with a fault of their own: 0 (none). They count like all others."


def test_truths_that_crowd_on_one_side_are_no_calibration() -> None:
    told = list(calibration_display.sentences(ranked(50, highest=KEPT // 2)))
    assert "NOT calibrated" in told[0]
    assert "fail for P within 12 months" in told[0]
    assert told[1] == "With 5% a calibrated machine fails, too; another --seed tells luck from fault."


def test_the_table_says_how_often_intervals_held_the_truth() -> None:
    # One truth at each of 120 ranks: each interval holds its own share of them.
    told = shown(calibration_display.table(ranked(KEPT + 1)))
    assert [cell for cell in told.split() if cell.endswith("%")][-4:] == ["50%", "80%", "90%", "95%"]

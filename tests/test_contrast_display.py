"""Two runs side by side in the terminal: what each piece of evidence says."""

from dataclasses import replace

from rich.console import Console

from hourglass import contrast_display
from hourglass.case import Case
from hourglass.changes import Change, Mark
from hourglass.ledger import Reading


def shown(change: Change, case: Case) -> str:
    console = Console(width=250)
    with console.capture() as heard:
        console.print(contrast_display._evidence([change], case))
    return heard.get()


def test_a_point_is_told_with_its_number_and_a_revised_one_with_both(case: Case) -> None:
    row = case.rows["troops"][0].model_copy(update={"value": 1500.0})
    unit = case.question.series["troops"].unit
    old = Mark("troops", (row,))
    new = Mark("troops", (row, row.model_copy(update={"value": 2000.0})))
    revised = Change("troops x", "revised", "push", "troops", row.date, (old,), (new,))
    assert f"1,500, now 2,000 {unit}" in shown(revised, case)
    added = replace(revised, what="added", gone=())
    assert f" 2,000 {unit}" in shown(added, case)
    assert "1,500" not in shown(added, case)


def test_an_item_is_told_by_what_it_claimed_then(case: Case) -> None:
    item = next(item for item in case.ledger.items if isinstance(item, Reading))
    then = item.model_copy(update={"claim": "What was said then."})
    gone = Change(item.id, "withdrawn", item.driver, item.origin, item.date, (then,), ())
    assert "What was said then." in shown(gone, case)

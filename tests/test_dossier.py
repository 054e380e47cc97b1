"""Who disagrees: what other beliefs make of the evidence, and why it is not told where it is not."""

from pathlib import Path

import reports

from hourglass import dossier, reasons, record, scores
from hourglass.dossier import Dossier, Stance
from hourglass.record import Record
from hourglass.wish import Wish
from hourglass.workspace import Workspace


def opened() -> Record:
    """Open the run of the believed report."""
    report = reports.believed()
    run = record.opened(report.case, report.told, Workspace(report.root, report.root / "priors").runs)
    assert run is not None
    return run


def stances(root: Path, wish: Wish) -> list[Stance]:
    """Ask what others make of the believed report, where every fit diverges; their runs go to a folder."""
    case, space = reports.believed().case, Workspace(root, root)
    with reports.without_sampler(passing=False):
        return list(dossier._stances(case, opened(), wish, space, lambda _: None))


def told(stance: Stance) -> list[object]:
    report = reports.believed()
    fared = scores.record([], report.case.question.header, report.told.as_of)
    d = Dossier(report.case, report.told, (), fared, None, Wish())
    return list(reasons._stances(d, [stance]))


def test_a_fit_to_other_beliefs_that_fails_is_said_to_have_failed(tmp_path: Path) -> None:
    asked, again = stances(tmp_path, Wish(variants=True)), stances(tmp_path, Wish())
    assert [one.name for one in asked] == ["dove", "hawk"]
    for one in (*asked, *again):  # stored, so that it is known without asking for it
        assert (one.fitted, one.forecast) == (True, None)
        assert told(one)[-1] == (
            f"What {one.name} makes of it is withheld: the fit to these beliefs failed "
            "(divergences 1, at most 0; outside view divergences 1, at most 0)."
        )


def test_draws_that_reach_no_other_beliefs_leave_a_fit_to_be_asked(tmp_path: Path) -> None:
    for one in stances(tmp_path, Wish()):
        assert (one.fitted, one.forecast) == (False, None)
        assert "--variants`." in str(told(one)[-1])


def test_weights_that_hold_but_whose_chance_fails_leave_a_fit_to_be_asked() -> None:
    report = reports.believed()
    run = opened()
    assert dossier._weighed(report.case, run)[0] is not None
    with reports.doubting([]):
        found, failed = dossier._weighed(report.case, run)
    assert found is None
    assert {check.name.split(" in ")[0] for check in failed} == {"P", "outside view"}

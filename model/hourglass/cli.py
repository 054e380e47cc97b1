"""The command line: data on standard output, talk and progress on standard error.

Exit codes: 0 done, 1 the machine failed, 2 something the user wrote or asked, 3 the verdict
withholds the numbers, 130 interrupted.
"""

import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

import typer

from hourglass import (
    __version__,
    backtest_commands,
    calibration_commands,
    display,
    evidence_commands,
    explain_commands,
    options,
    outlook_commands,
    phrases,
    prior_commands,
    report_commands,
    score_commands,
)
from hourglass.errors import HourglassError, InputError, Problem, did_you_mean
from hourglass.options import AsOf, Json, Question, Root, Seed

Method = Literal["auto", "nuts", "reweight"]
USAGE: Any = typer.BadParameter.__base__
"""What Typer raises for a command or an option that it does not know."""
INTERRUPTED = 130

app = typer.Typer(help="Bayesian forecasts of whether a state will enter a war.", no_args_is_help=True,
                  add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)  # fmt: skip
app.add_typer(evidence_commands.app, name="evidence")
app.add_typer(prior_commands.app, name="prior")
app.command()(explain_commands.explain)
app.command()(outlook_commands.watch)
app.command()(outlook_commands.scenario)
app.command()(calibration_commands.calibrate)
app.command()(report_commands.report)
app.command()(report_commands.compare)
app.command()(score_commands.resolve)
app.command()(score_commands.score)
app.command()(backtest_commands.backtest)


def main() -> None:
    """Run the command line and leave with its exit code."""
    leave(lambda: app(standalone_mode=False))


def leave(work: Callable[[], int | None]) -> None:
    """Do some work and leave with its exit code; what a user can cause is told without a traceback."""
    try:
        code = work()
        if code == INTERRUPTED:  # Typer's own answer to Ctrl-C, a silent one
            raise KeyboardInterrupt
    except InputError as error:
        code = _complain(str(error), InputError.exit_code)
    except HourglassError as error:
        code = _complain(str(error), HourglassError.exit_code)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        told = f"{place}{(error.strerror or str(error)).lower()}; see to it and try again"
        code = _complain(told, HourglassError.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        code = _complain("interrupted", INTERRUPTED)
    except USAGE as error:
        told = error.format_message().removesuffix(".")  # where no command is named, the help itself
        code = _complain(told if "\n" in told else f"{told}; see --help", InputError.exit_code)
    sys.exit(code or 0)


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _method(text: str) -> Method:
    known: tuple[Method, ...] = ("auto", "nuts", "reweight")
    for method in known:
        if text == method:
            return method
    raise InputError([Problem("--method", f"{text!r} is no method; {did_you_mean(text, known)}")])


@app.callback(invoke_without_command=True)
def version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Bayesian forecasts of whether a state will enter a war."""
    if version:
        print(__version__)
        raise typer.Exit


@app.command()
def forecast(
    question: Question = None,
    as_of: AsOf = None,
    horizons: Annotated[str | None, typer.Option(help="Months, as 3,6,12; default the question's.")] = None,
    by: Annotated[str | None, typer.Option(help="One last day instead of horizons.")] = None,
    seed: Seed = 1,
    method: Annotated[str, typer.Option(help="auto, nuts (fit anew) or reweight (update a fit).")] = "auto",
    root: Root = None,
    as_json: Json = False,
    report: Annotated[bool, typer.Option(help="Write the report, too.")] = True,
) -> int:
    """Probability of entry within each horizon, beside the outside view, under a verdict."""
    from hourglass import forecaster, summary  # NumPy and SciPy: not to print help

    if horizons is not None and by is not None:
        raise InputError([Problem("--by", "and --horizons ask for two things; give one of them")])
    asked, day = options.opened(question, root), options.day(as_of, "--as-of")
    forecaster.check_as_of(asked.case, day, options.today())
    wanted = forecaster.horizons_of(
        asked.case, day, options.months(horizons), options.day(by, "--by") if by is not None else None
    )
    with options.progress() as talk:
        told = forecaster.forecast(
            asked.case, day, wanted, seed, asked.space.runs, asked.space.machine_code, talk, _method(method)
        )
    if as_json:
        options.tell(summary.as_json(told))
        for sentence in (*display.assumed(told, asked.case), *display.remarks(told)):
            print(sentence, file=sys.stderr)
    else:
        options.show(display.forecast(told, asked.case))
    if report:
        sys.stdout.flush()  # what was asked stands, whatever becomes of the report
        report_commands.publish(asked, told)
    return 0 if told.verdict.passed else options.WITHHELD


@app.command()
def history(question: Question = None, root: Root = None, as_json: Json = False) -> int:
    """Stored forecasts of a question, oldest as-of first."""
    from hourglass import store, summary  # as above

    asked = options.opened(question, root)
    runs, name = asked.space.runs, asked.case.question.header.id
    told, damaged = list(store.history(runs, name)), store.unreadable(runs, name)
    if as_json:
        options.tell([summary.as_json(one) for one in told])
    else:
        options.show(display.history(told) if told else phrases.NONE_STORED)
    if damaged:
        print(phrases.unreadable(damaged), file=sys.stderr if as_json else sys.stdout)
    return 0

"""Writers of one ledger as real processes, to be killed or to be many at once.

Run as a script: `writers.py kill ROOT WITHIN AFTER RANDOM` or `writers.py crowd ROOT WRITERS ITEMS`. The
children are forked from one process, so that the imports are paid for once.
"""

import io
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

from hourglass import case as cases
from hourglass import cli, journal

TODAY = date(2026, 11, 22)
WITHIN = ("half", "whole", "synced", "unnamed")
"""Instants between the start of the write and the rename."""
AFTER = ("renamed", "confirmed")


def command(root: Path, name: str | None, origin: str, claim: str, year: int = 2022) -> list[str]:
    words = ["evidence", "add", "reading", "--root", str(root), "--driver", "pressure", "--level", "1"]
    words += ["--date", f"{year}-12-19", "--grade", "B2", "--origin", origin, "--claim", claim]
    words += ["--source-title", "News", "--source-url", "", "--source-date", f"{year}-12-20", "--json"]
    return words + (["--id", name] if name else [])


def run(words: Sequence[str]) -> tuple[int, str]:
    """Exit code and standard output of a command in this process."""
    sys.argv = ["hourglass", *words]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            cli.main()
        except SystemExit as left:
            return int(left.code or 0), out.getvalue()
    raise AssertionError(err.getvalue())


def stop_at(point: str, reached: Callable[[], None]) -> None:
    """Have this process stop at an instant of its write and say that it is there."""
    fsync, replace = os.fsync, os.replace
    synced: list[int] = []

    def stopping_fsync(handle: int) -> None:
        if synced and point == "renamed":
            reached()
        if not synced and point == "half":
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
        if not synced and point in ("half", "whole"):
            reached()
        fsync(handle)
        if not synced and point == "synced":
            reached()
        synced.append(handle)

    def stopping_replace(draft: Path, target: Path) -> None:
        if point == "unnamed":
            reached()
        replace(draft, target)

    os.fsync, os.replace = stopping_fsync, stopping_replace  # type: ignore[assignment]


def killed(root: Path, name: str, point: str) -> tuple[bool, bool]:
    """Whether a writer that is killed at an instant was killed there, and whether it had confirmed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:

        def reached() -> None:
            os.write(write, b"!")
            time.sleep(60)

        stop_at(point, reached)
        code, _ = run(command(root, name, name, name))
        if point == "confirmed" and code == 0:
            reached()
        os._exit(code)
    os.close(write)
    if point == "random":
        time.sleep(random.uniform(0, 0.12))
    else:
        assert os.read(read, 1) == b"!", point
    os.kill(child, signal.SIGKILL)
    os.close(read)
    _, status = os.waitpid(child, 0)
    alive = os.WIFSIGNALED(status)
    assert alive or os.waitstatus_to_exitcode(status) == 0
    return alive, point == "confirmed" or not alive


def kill(root: Path, within: int, after: int, at_random: int) -> dict[str, int]:
    """Kill writers at every instant in turn, and check after each that nothing confirmed is lost."""
    told = {"kills": 0, "within": 0, "confirmed": 0}
    held: set[str] = set()
    points = [*WITHIN * within, *AFTER * after, *["random"] * at_random]
    random.seed(1)
    random.shuffle(points)
    for number, point in enumerate(points):
        name = f"item-{number}"
        alive, confirmed = killed(root, name, point)
        while not alive:  # it was done before it could be killed: kill another in its place
            held.add(name)
            told["confirmed"] += 1
            name += "-again"
            alive, confirmed = killed(root, name, point)
        told["kills"] += 1
        told["within"] += point in WITHIN
        told["confirmed"] += confirmed
        found = {i.id for i in cases.load(root / "priors" / "belarus", "priors/belarus", TODAY).ledger.items}
        if point in AFTER or (point == "random" and name in found):
            held.add(name)
        assert found == held, (point, found ^ held)
    return told


def crowd(root: Path, writers: int, items: int) -> dict[str, object]:
    """Have several processes add items at once, the same default ids in each of them."""
    before, children = time.monotonic(), {}
    for writer in range(writers):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            longest, ids = 0.0, []
            for item in range(items):
                started = time.monotonic()
                words = command(root, None, f"{writer}-{item}", f"Claim {item}.", 2020 + item % 6)
                code, out = run(words)
                longest = max(longest, time.monotonic() - started)
                assert code == 0
                ids.append(json.loads(out)["id"])
            with os.fdopen(write, "w") as pipe:
                json.dump({"ids": ids, "longest": longest}, pipe)
            os._exit(0)
        os.close(write)
        children[child] = read
    told = []
    for child, read in children.items():
        with os.fdopen(read) as pipe:
            told.append(json.load(pipe))
        assert os.waitpid(child, 0)[1] == 0
    return {
        "ids": [name for one in told for name in one["ids"]],
        "longest": max(one["longest"] for one in told),
        "seconds": time.monotonic() - before,
    }


if __name__ == "__main__":
    assert journal.WAIT > 0  # imported here, so that no child pays for it
    _, task, where, *counts = sys.argv
    result = {"kill": kill, "crowd": crowd}[task](Path(where), *(int(count) for count in counts))  # type: ignore[operator]
    print(json.dumps(result))

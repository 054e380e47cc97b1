"""Batches of independent pieces of work: one after another, on processes here, or on a Dask cluster.

Every piece runs alone in its process and with one thread of linear algebra, whose sums round
otherwise when they are split; so a result is the same to the bit wherever it was made, except on
another kind of processor.
"""

import json
import os
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from threading import Event, Lock, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from hourglass import cluster, store
from hourglass.errors import HourglassError, InputError, Problem, stop_on
from hourglass.workspace import use_machine_code

if TYPE_CHECKING:
    from distributed import Client, Future

BEAT, LULL = 1, 30
"""Seconds between looks at the keyboard, and without any worker after which none is waited for."""
AHEAD = 4
"""Pieces that each worker is handed ahead of their results: it need not wait, and few are in memory."""
ONE = Lock()
"""Held by the piece that runs in this process."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a batch runs.

    Attributes
    ----------
    workers
        Processes on this machine, at least 1; 1 is this very process.
    scheduler
        Address of a Dask scheduler, as `tcp://host:port`; `workers` is then not used.
    machine_code
        Folder of compiled models of the workers on this machine.
    """

    workers: int = 1
    scheduler: str | None = None
    machine_code: Path | None = None


@contextmanager
def shared(place: Place) -> Iterator[Place]:
    """The same place for several batches: its processes on this machine live on, with what they compiled."""
    stop_on(_faults(place))
    if place.scheduler is not None or place.workers == 1:
        yield place
        return
    if place.machine_code is not None:
        use_machine_code(place.machine_code)  # as below
    with cluster.processes(place.workers) as client:
        yield Place(scheduler=client.scheduler_info()["address"])


def run[T](
    work: Callable[[T], Mapping[str, Any]],
    tasks: Mapping[str, T],
    folder: Path,
    place: Place,
    told: Callable[[int, int], None],
) -> dict[str, Any]:
    """Results of `work` for each of the `tasks`, in their order; those on disk are not made again.

    Each result is kept whole in `folder` the moment it is there, so a batch that was cut short
    goes on where it stopped. A script that runs a batch on processes starts it under
    `if __name__ == "__main__"`, since they import it.

    Parameters
    ----------
    work
        Function of a module that workers can import; gives plain JSON values, NaN and infinities
        allowed. What it raises ends the batch.
    tasks
        What `work` is given, by names that can be those of files.
    folder
        Where the results are kept; another batch needs another one.
    told
        Told how many are done, of how many.

    Raises
    ------
    InputError
        Where the scheduler cannot be used or a worker would not give the same numbers.
    HourglassError
        Where workers die again and again, or all are gone.
    """
    stop_on(_faults(place))
    results = {name: kept for name in tasks if (kept := _kept(folder / f"{name}.json")) is not None}
    left = {name: task for name, task in tasks.items() if name not in results}
    told(len(results), len(tasks))
    with closing(_made(work, left, place)) as made:
        for name, result in made:
            results[name] = _keep(folder / f"{name}.json", result)
            told(len(results), len(tasks))
    return {name: results[name] for name in tasks}


def _faults(place: Place) -> Iterator[Problem]:
    if place.scheduler is None:
        if place.workers < 1:
            yield Problem("--workers", f"{place.workers} is below 1; ask for at least one process")
    elif not cluster.is_address(place.scheduler):
        yield Problem("--scheduler", f"{place.scheduler!r} is no address; write it as tcp://host:port")


def _kept(path: Path) -> dict[str, Any] | None:
    """Result on disk; None where there is none or it is not, to the letter, what was kept."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        result: dict[str, Any] = found["result"]
        return result if found["sha256"] == store.digest(result) else None
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None


def _keep(path: Path, result: Mapping[str, Any]) -> Any:
    """Write a result whole or not at all, and return what will be read again."""
    plain = json.loads(json.dumps(result))
    text = json.dumps({"sha256": store.digest(plain), "result": plain}, indent=1, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return plain


type Made = Generator[tuple[str, Mapping[str, Any]]]
"""Names and results, as they come."""


@contextmanager
def _listening() -> Iterator[Event]:
    """Whether Ctrl-C was heard: a callback of a library may swallow the interrupt that it raises."""
    heard = Event()
    if current_thread() is not main_thread():  # no other can listen
        yield heard
        return

    def hear(number: int, frame: FrameType | None) -> None:
        heard.set()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


def _made[T](work: Callable[[T], Mapping[str, Any]], left: Mapping[str, T], place: Place) -> Made:
    """Make what is left, in this process where that is all there is to use."""
    if place.scheduler is None and place.machine_code is not None:
        use_machine_code(place.machine_code)  # workers on this machine inherit it
    if left and place.scheduler is not None:
        with _listening() as heard, cluster.reached(place.scheduler) as client:
            yield from _spread(client, work, left, heard)
    elif min(place.workers, len(left)) > 1:
        with _listening() as heard, cluster.processes(min(place.workers, len(left))) as client:
            yield from _spread(client, work, left, heard)
    else:
        for name, task in left.items():
            yield name, _alone(work, task)


def _alone[T](work: Callable[[T], Mapping[str, Any]], task: T) -> Mapping[str, Any]:
    """Do one piece with one thread of linear algebra, and no other piece beside it."""
    import scipy.linalg  # noqa: F401  # slow; loads the libraries whose threads are limited
    from threadpoolctl import threadpool_limits

    with ONE, threadpool_limits(limits=1):
        return work(task)


def _errand[T](work: Callable[[T], Mapping[str, Any]], task: T, program: str) -> Mapping[str, Any]:
    """Do one piece in a worker; it may have joined after the others were asked for their program."""
    if store.code() != program:
        from distributed import get_worker

        raise InputError([Problem(get_worker().address, f"worker {cluster.OTHER_PROGRAM}")])
    return _alone(work, task)


def _spread[T](
    client: "Client", work: Callable[[T], Mapping[str, Any]], left: Mapping[str, T], heard: Event
) -> Made:
    """Results as the workers send them, each future forgotten once its result is here."""
    from distributed import KilledWorker

    batch, waiting = uuid4().hex, iter(left.items())  # others may use the same names on the same cluster
    ahead = AHEAD * len(client.nthreads())
    names: dict[Future[Any], str] = {}
    while True:
        for name, task in islice(waiting, ahead - len(names)):
            key = f"{name}-{batch}"
            names[client.submit(_errand, work, task, store.code(), key=key, pure=False)] = name
        if not names:
            return
        for future in _next(client, list(names), heard):
            name = names.pop(future)
            try:
                yield name, future.result()
            except KilledWorker as error:
                died = f"{name}: {error.allowed_failures + 1} workers died of it"
                raise HourglassError(f"{died}; give them more memory; {REMEDY}") from None


REMEDY = "what is done is kept: then run the same again"


def _next(client: "Client", futures: "list[Future[Any]]", heard: Event) -> "set[Future[Any]]":
    """Futures that are done; waits for one, as long as there is a worker and no one has had enough."""
    from distributed import CancelledError, wait
    from distributed.comm.core import CommClosedError

    beats = count(1)
    try:
        while not heard.is_set():
            try:
                with client.as_current():
                    done: set[Future[Any]] = wait(futures, timeout=BEAT, return_when="FIRST_COMPLETED").done
                return done
            except TimeoutError:
                if next(beats) % LULL == 0:
                    client.wait_for_workers(1, timeout=LULL)
    except TimeoutError:
        raise HourglassError(f"no worker is left; start some; {REMEDY}") from None
    except (CancelledError, CommClosedError):
        raise HourglassError(f"the scheduler is gone; start it; {REMEDY}") from None
    raise KeyboardInterrupt

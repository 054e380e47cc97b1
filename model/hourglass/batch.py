"""Batches of independent pieces of work: one after another, on processes here, or on a Dask cluster.

Every piece runs alone in its process and with one thread of linear algebra, whose sums round
otherwise when they are split; so the results are the same to the bit wherever they were made.
Only machines with another kind of processor may still round otherwise.
"""

import asyncio
import json
import logging
import os
import struct
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from hourglass import store
from hourglass.errors import HourglassError, InputError, Problem, stop_on
from hourglass.workspace import use_machine_code

if TYPE_CHECKING:
    from distributed import Client, Future

SCHEMES = ("tcp", "tls")
"""How a scheduler can be reached."""
PATIENCE = 5
"""Seconds that a scheduler is given to answer."""
LULL = 30
"""Seconds without any worker after which none is waited for."""
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
    elif not _is_address(place.scheduler):
        yield Problem("--scheduler", f"{place.scheduler!r} is no address; write it as tcp://host:port")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in SCHEMES and bool(parts.hostname and parts.port) and not parts.path
    except ValueError:  # a port that is no number
        return False


def _kept(path: Path) -> dict[str, Any] | None:
    """Result on disk; None where there is none or it is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _keep(path: Path, result: Mapping[str, Any]) -> Any:
    """Write a result whole or not at all, and return what will be read again."""
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return json.loads(text)


type Made = Generator[tuple[str, Mapping[str, Any]]]
"""Names and results, as they come."""


def _made[T](work: Callable[[T], Mapping[str, Any]], left: Mapping[str, T], place: Place) -> Made:
    """Make what is left, in this process where that is all there is to use."""
    if place.scheduler is None and place.machine_code is not None:
        use_machine_code(place.machine_code)  # workers on this machine inherit it
    if left and place.scheduler is not None:
        with _cluster(place.scheduler) as client:
            yield from _spread(client, work, left)
    elif min(place.workers, len(left)) > 1:
        with _processes(min(place.workers, len(left))) as client:
            yield from _spread(client, work, left)
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

        raise InputError([Problem(get_worker().address, f"worker {OTHER_PROGRAM}")])
    return _alone(work, task)


PACKAGE = __name__.partition(".")[0]
WITHOUT_PROGRAM = f"has no package {PACKAGE}; install it in the Python that runs there"
OTHER_PROGRAM = "runs another version of this program; install this one there and start it again"


def _spread[T](client: "Client", work: Callable[[T], Mapping[str, Any]], left: Mapping[str, T]) -> Made:
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
        for future in _next(client, list(names)):
            name = names.pop(future)
            try:
                yield name, future.result()
            except KilledWorker as error:
                died = f"{name}: {error.allowed_failures + 1} workers died of it"
                raise HourglassError(f"{died}; give them more memory; {REMEDY}") from None


REMEDY = "what is done is kept: then run the same again"


def _next(client: "Client", futures: "list[Future[Any]]") -> "set[Future[Any]]":
    """Futures that are done; waits for one, as long as there is a worker."""
    from distributed import CancelledError, wait
    from distributed.comm.core import CommClosedError

    try:
        while True:
            try:
                with client.as_current():
                    done: set[Future[Any]] = wait(futures, timeout=LULL, return_when="FIRST_COMPLETED").done
                return done
            except TimeoutError:
                client.wait_for_workers(1, timeout=LULL)
    except TimeoutError:
        raise HourglassError(f"no worker is left; start some; {REMEDY}") from None
    except (CancelledError, CommClosedError):
        raise HourglassError(f"the scheduler is gone; start it; {REMEDY}") from None


@contextmanager
def _processes(workers: int) -> Iterator["Client"]:
    """Workers on this machine, reached over loopback alone; they end with the context."""
    _hush()
    from distributed import Client, LocalCluster

    with (
        tempfile.TemporaryDirectory(prefix="hourglass-", ignore_cleanup_errors=True) as scratch,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=scratch,
            memory_limit=0,  # a worker near a limit of Dask's own would wait for ever
            silence_logs=SILENT,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _cluster(address: str) -> Iterator["Client"]:
    """Workers of a scheduler, each asked whether it gives the numbers that this process would."""
    _hush()
    from distributed import Client

    with ThreadPoolExecutor(1) as aside:  # a notebook's own thread may not start a loop
        if not aside.submit(asyncio.run, _is_scheduler(address)).result():
            message = f"no scheduler answers at {address}; correct it, or start one with `dask scheduler`"
            raise InputError([Problem("--scheduler", message)])
    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        stop_on(_unfit(client, address))
        yield client


async def _is_scheduler(address: str) -> bool:
    """Ask what listens there, since a client would wait for ever for one that is silent."""
    from distributed.core import rpc
    from distributed.security import Security

    security = Security().get_connection_args("client")
    try:
        async with asyncio.timeout(PATIENCE), rpc(address, connection_args=security) as remote:
            return bool((await remote.identity())["type"] == "Scheduler")
    except (OSError, ValueError, MemoryError, struct.error):  # the last: Dask's reading of other tongues
        return False


def _unfit(client: "Client", address: str) -> Iterator[Problem]:
    """One problem for each process whose numbers would not be those of this one."""
    threads = client.nthreads()
    if not threads:
        remedy = f"start some with `dask worker {address} --nthreads 1`, where this program is installed"
        yield Problem("--scheduler", f"{address} has no workers; {remedy}")
    for worker, count in threads.items():
        if count != 1:
            yield Problem(worker, f"worker has {count} threads; start it with --nthreads 1")
    if client.run_on_scheduler(find_spec, PACKAGE) is None:  # it unpickles what it hands on
        yield Problem("--scheduler", f"{address} {WITHOUT_PROGRAM}")
    elif client.run_on_scheduler(store.code) != store.code():
        yield Problem("--scheduler", f"{address} {OTHER_PROGRAM}")
    found = client.run(find_spec, PACKAGE, on_error="return")
    able = [worker for worker, spec in found.items() if isinstance(spec, ModuleSpec)]
    yield from (Problem(worker, f"worker {WITHOUT_PROGRAM}") for worker in found.keys() - able)
    program = client.run(store.code, workers=able, on_error="return") if able else {}
    for worker, code in program.items():
        if code != store.code():
            yield Problem(worker, f"worker {OTHER_PROGRAM}")
    libraries = client.run(store.libraries, workers=able, on_error="return") if able else {}
    for worker, theirs in libraries.items():
        if theirs != store.libraries():
            yield Problem(worker, f"worker has {_difference(theirs)}; install requirements.lock there")


def _difference(theirs: Mapping[str, str] | Exception) -> str:
    """Libraries that are not as here, in words."""
    if isinstance(theirs, Exception):
        return f"not all libraries ({theirs})"
    ours = store.libraries()
    odd = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    return ", ".join(f"{name} {theirs.get(name, 'unknown')}, not {ours.get(name, 'any')}" for name in odd)


SILENT = 100
"""Above every level of logging."""


def _hush() -> None:
    """Silence Dask for good, since it also complains while the program ends; faults are told here."""
    from distributed.versions import VersionMismatchWarning  # sets the levels that are changed here

    warnings.simplefilter("ignore", VersionMismatchWarning)
    for name in ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application"):
        logging.getLogger(name).setLevel(SILENT)

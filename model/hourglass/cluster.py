"""Dask clusters: processes of this machine, or the workers of a scheduler that are fit for the work."""

import asyncio
import logging
import struct
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hourglass import store
from hourglass.errors import InputError, Problem, stop_on

if TYPE_CHECKING:
    from distributed import Client

SCHEMES = ("tcp", "tls")
"""How a scheduler can be reached."""
PATIENCE = 5
"""Seconds that a scheduler is given to answer."""
UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "200ms",
}
"""Dask's watch over processes of our own: each look takes time from fits, which fill the machine."""
SILENT = 100
"""Above every level of logging."""
PACKAGE = __name__.partition(".")[0]
WITHOUT_PROGRAM = f"has no package {PACKAGE}; install it in the Python that runs there"
OTHER_PROGRAM = "runs another version of this program; install this one there and start it again"


def is_address(text: str) -> bool:
    """Whether a text can be the address of a scheduler."""
    try:
        parts = urlsplit(text)
        return parts.scheme in SCHEMES and bool(parts.hostname and parts.port) and not parts.path
    except ValueError:  # a port that is no number
        return False


@contextmanager
def processes(workers: int) -> Iterator["Client"]:
    """Workers on this machine, reached over loopback alone; they end with the context."""
    _hush()
    from dask import config
    from distributed import Client, LocalCluster

    with (
        config.set(UNWATCHED),
        tempfile.TemporaryDirectory(prefix="hourglass-", ignore_cleanup_errors=True) as scratch,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port: another batch may run beside this one
            local_directory=scratch,
            memory_limit=0,  # a worker near a limit of Dask's own would wait for ever
            silence_logs=SILENT,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def reached(address: str) -> Iterator["Client"]:
    """Workers of a scheduler, each asked whether it gives the numbers that this process would.

    Raises
    ------
    InputError
        Where no scheduler answers, it has no workers, or some process is not fit for the work.
    """
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
    # TypeError: TLS without its certificates; the last two: Dask's reading of other tongues.
    except (OSError, ValueError, TypeError, MemoryError, struct.error):
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
    if not _is_package(client.run_on_scheduler(find_spec, PACKAGE)):  # it unpickles what it hands on
        yield Problem("--scheduler", f"{address} {WITHOUT_PROGRAM}")
    elif client.run_on_scheduler(store.code) != store.code():
        yield Problem("--scheduler", f"{address} {OTHER_PROGRAM}")
    found = client.run(find_spec, PACKAGE, on_error="return")
    able = [worker for worker, spec in found.items() if _is_package(spec)]
    yield from (Problem(worker, f"worker {WITHOUT_PROGRAM}") for worker in found.keys() - able)
    program = client.run(store.code, workers=able, on_error="return") if able else {}
    for worker, code in program.items():
        if code != store.code():
            yield Problem(worker, f"worker {OTHER_PROGRAM}")
    libraries = client.run(store.libraries, workers=able, on_error="return") if able else {}
    for worker, theirs in libraries.items():
        if theirs != store.libraries():
            yield Problem(worker, f"worker has {_difference(theirs)}; install requirements.lock there")


def _is_package(spec: object) -> bool:
    """Whether a package was found, and not only a folder of its name, as of data that came with it."""
    return isinstance(spec, ModuleSpec) and spec.origin is not None


def _difference(theirs: Mapping[str, str] | Exception) -> str:
    """Libraries that are not as here, in words."""
    if isinstance(theirs, Exception):
        return f"not all libraries ({theirs})"
    ours = store.libraries()
    odd = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    return ", ".join(f"{name} {theirs.get(name, 'unknown')}, not {ours.get(name, 'any')}" for name in odd)


def _hush() -> None:
    """Silence Dask for good, since it also complains while the program ends; faults are told here."""
    from distributed.versions import VersionMismatchWarning  # sets the levels that are changed here

    warnings.simplefilter("ignore", VersionMismatchWarning)
    for name in ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application"):
        logging.getLogger(name).setLevel(SILENT)

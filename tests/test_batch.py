"""Batches: the same results to the bit wherever they are made, each made once, and clear refusals."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import errands
import psutil
import pytest
from errands import Errand, quiet

from hourglass import batch, store
from hourglass import cluster as clusters
from hourglass.batch import Place
from hourglass.case import Case
from hourglass.errors import HourglassError, InputError

ROOT = Path(__file__).parents[1]
MODEL, TESTS, LIBRARIES = str(ROOT / "model"), str(ROOT / "tests"), sysconfig.get_paths()["purelib"]
FULL = os.pathsep.join((MODEL, TESTS))
NAMES = [f"2022-{month:02}" for month in range(1, 9)]


@dataclass
class Told:
    """What was told of a batch."""

    counts: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, done: int, total: int) -> None:
        self.counts.append((done, total))


def tasks(folder: Path, count: int = len(NAMES)) -> dict[str, Errand]:
    folder.mkdir(exist_ok=True)
    return {name: Errand(seed, folder) for seed, name in enumerate(NAMES[:count])}


def text(results: Mapping[str, Any]) -> str:
    """Write results so that NaN equals NaN and the order counts."""
    return json.dumps(results)


def serial(where: Path, work: Callable[[Errand], Mapping[str, object]] = errands.drawn) -> str:
    """Results made one after another."""
    return text(batch.run(work, tasks(where / "signs"), where / "serial", Place(), quiet))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def refused(place: Place, where: Path) -> list[str]:
    """Return the faults of a place, where nothing may be written."""
    with pytest.raises(InputError) as refusal:
        batch.run(errands.drawn, tasks(where / "signs"), where / "kept", place, quiet)
    assert refusal.value.exit_code == 2
    assert not (where / "kept").exists()
    return [str(problem) for problem in refusal.value.problems]


# In this process


def test_results_come_in_the_order_of_the_tasks_and_lie_in_files(tmp_path: Path) -> None:
    told = Told()
    found = batch.run(errands.doubled, {"b": 1, "a": 2}, tmp_path / "kept", Place(), told)
    assert list(found.items()) == [("b", {"twice": 2}), ("a", {"twice": 4})]
    assert names(tmp_path / "kept") == ["a.json", "b.json"]
    assert json.loads((tmp_path / "kept" / "a.json").read_text())["result"] == {"twice": 4}
    assert told.counts == [(0, 2), (1, 2), (2, 2)]


def test_odd_values_come_back_the_same_the_first_time_and_the_second(tmp_path: Path) -> None:
    numbers = '"z": NaN, "a": [Infinity, -Infinity, 0.30000000000000004]'
    wanted = f'{{"it": {{{numbers}, "\\u00fc": null, "deep": {{"b": true}}}}}}'
    for _ in range(2):
        assert text(batch.run(errands.odd_values, {"it": 0}, tmp_path, Place(), quiet)) == wanted


def test_no_tasks_have_no_results_and_need_no_cluster(tmp_path: Path) -> None:
    nowhere = Place(scheduler="tcp://127.0.0.1:1")
    assert batch.run(errands.drawn, {}, tmp_path / "kept", nowhere, quiet) == {}
    assert not (tmp_path / "kept").exists()


def test_a_serial_run_loads_no_dask(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import errands; from hourglass import batch, options;"
        "batch.run(errands.doubled, {'a': 1}, Path(sys.argv[1]), batch.Place(), print);"
        "print('distributed' in sys.modules, 'dask' in sys.modules)"
    )
    env = os.environ | {"PYTHONPATH": FULL}
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=env, capture_output=True, text=True, check=True
    )
    assert found.stdout == "0 1\n1 1\nFalse False\n"


def test_an_interrupted_batch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    signs, kept = tmp_path / "signs", tmp_path / "kept"

    def interrupting(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.run(errands.counted, tasks(signs), kept, Place(), interrupting)
    assert names(kept) == [f"{name}.json" for name in NAMES[:3]]
    told = Told()
    found = batch.run(errands.counted, tasks(signs), kept, Place(), told)
    assert told.counts == [(done, 8) for done in range(3, 9)]
    assert names(signs) == [f"{seed}-0" for seed in range(8)]
    assert text(found) == serial(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda text: text[:20],
        lambda _: "null",
        lambda _: "[1]",
        lambda _: "{}",
        lambda _: "\x00",
        lambda text: text.replace("0.", "1.", 1),
    ],
    ids=["empty", "half", "null", "list", "no keys", "no text", "another number"],
)
def test_a_damaged_result_is_made_again_and_no_other(tmp_path: Path, damage: Callable[[str], str]) -> None:
    signs, kept = tmp_path / "signs", tmp_path / "kept"
    whole = text(batch.run(errands.counted, tasks(signs), kept, Place(), quiet))
    file = kept / f"{NAMES[2]}.json"
    sound = file.read_text()
    file.write_text(damage(sound))
    assert file.read_text() != sound
    assert text(batch.run(errands.counted, tasks(signs), kept, Place(), quiet)) == whole
    assert names(signs) == sorted([f"{seed}-0" for seed in range(8)] + ["2-1"])


def test_what_work_raises_is_raised_and_what_is_done_stays(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a: is even; odd it\nb: is odd; even it"):
        batch.run(errands.refusing, tasks(tmp_path / "signs"), tmp_path / "kept", Place(), quiet)
    assert names(tmp_path / "kept") == [f"{NAMES[0]}.json"]


def test_a_result_that_is_not_plain_leaves_no_draft(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        batch.run(errands.unplain, {"it": 0}, tmp_path / "kept", Place(), quiet)
    assert names(tmp_path / "kept") == []


def test_a_result_that_cannot_be_written_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        batch.run(errands.doubled, {"it": 1}, tmp_path / "kept", Place(), quiet)
    assert names(tmp_path / "kept") == []


# On processes of this machine


def test_two_processes_give_the_same_to_the_bit_even_where_one_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", FULL)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    told = Told()
    found = batch.run(errands.mortal, tasks(tmp_path / "mortal"), tmp_path / "kept", Place(2), told)
    assert names(tmp_path / "mortal") == ["killed"]
    assert text(found) == serial(tmp_path)
    assert told.counts == [(done, 8) for done in range(9)]
    assert names(tmp_path / "here") == []
    left = {child.pid: child for child in psutil.Process().children(recursive=True)}
    assert not [
        left[pid].cmdline()
        for pid in left.keys() - before
        if "resource_tracker" not in str(left[pid].cmdline())
    ]


def test_a_task_that_kills_every_worker_is_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", FULL)
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        pytest.raises(HourglassError) as failure,
    ):
        batch.run(errands.deadly, tasks(tmp_path / "signs", 2), tmp_path / "kept", Place(2), quiet)
    assert str(failure.value) == (
        "2022-02: 2 workers died of it; give them more memory; what is done is kept: then run the same again"
    )
    assert failure.value.exit_code == 1
    assert capfd.readouterr() == ("", "")


SCRIPT = """
import sys
from pathlib import Path
import errands
from hourglass import batch
if __name__ == "__main__":
    work = {f"{seed}": errands.Errand(seed, Path()) for seed in range(6)}
    try:
        batch.run(errands.endless, work, Path("kept"), batch.Place(2), lambda done, total: None)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
"""


def test_an_interrupt_from_the_keyboard_is_quiet_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    env = os.environ | {"PYTHONPATH": FULL}
    command = [sys.executable, "script.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            until((tmp_path / "kept" / "0.json").exists)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to workers as well
            _, complaint = process.communicate(timeout=60)
        finally:
            process.kill()  # where it did not end, nor would the test
    assert (process.returncode, complaint) == (130, "interrupted\n")
    assert names(tmp_path) == ["kept", "script.py"]
    assert names(tmp_path / "kept") == ["0.json"]
    assert not [p for p in psutil.process_iter(["cwd"]) if p.info["cwd"] == str(tmp_path)]


SWALLOWING = """
import os
import signal
class Callback:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
def told(done, total):
    if done == 1:
        Callback()
"""


def test_an_interrupt_that_a_callback_swallows_is_heard_all_the_same(tmp_path: Path) -> None:
    script = SCRIPT.replace("import sys\n", f"import sys\n{SWALLOWING}", 1).replace(
        "lambda done, total: None", "told"
    )
    (tmp_path / "script.py").write_text(script)
    command = [sys.executable, "script.py"]
    env = os.environ | {"PYTHONPATH": FULL}
    told = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100, check=False
    )
    assert told.returncode == 130
    assert "Exception ignored" in told.stderr
    assert told.stderr.endswith("\ninterrupted\n")


def test_fewer_than_one_process_is_refused(tmp_path: Path) -> None:
    assert refused(Place(0), tmp_path) == ["--workers: 0 is below 1; ask for at least one process"]


# On a cluster


def until(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 240
    while not true():
        assert time.monotonic() < end, "waited for four minutes in vain"
        time.sleep(0.05)


@dataclass(frozen=True)
class Cluster:
    """A scheduler in a process of its own, and its workers."""

    address: str
    folder: Path
    processes: ExitStack

    def start(self, *options: str, path: str, python: tuple[str, ...] = ()) -> int:
        """Start a worker that finds its modules at `path`, and return its process."""
        command = [
            sys.executable,
            *python,
            "-m",
            "dask",
            "worker",
            self.address,
            "--no-nanny",
            "--no-dashboard",
        ]
        command += ["--host", "127.0.0.1", "--local-directory", str(self.folder), *options]
        return self.processes.enter_context(process(command, path)).pid

    def holds(self, count: int) -> None:
        """Wait for its workers."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=60)


@contextmanager
def process(command: list[str], path: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the background; its linear algebra has two threads."""
    env = os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        try:
            yield started
        finally:
            started.kill()
            started.wait()


@contextmanager
def scheduler(folder: Path, path: str) -> Iterator[Cluster]:
    """Start a scheduler without workers."""
    told = folder / "scheduler.json"
    command = [
        sys.executable,
        "-m",
        "dask",
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
    ]
    with ExitStack() as processes:
        processes.enter_context(process([*command, "--scheduler-file", str(told)], path))
        until(lambda: told.exists() and told.read_text().endswith("}"))
        yield Cluster(json.loads(told.read_text())["address"], folder, processes)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster of two sound workers."""
    with scheduler(tmp_path_factory.mktemp("cluster"), FULL) as found:
        for _ in range(2):
            found.start("--nthreads", "1", path=FULL)
        found.holds(2)
        yield found


def test_a_cluster_gives_the_same_to_the_bit(cluster: Cluster, tmp_path: Path) -> None:
    place = Place(scheduler=cluster.address)
    found = batch.run(errands.drawn, tasks(tmp_path / "signs"), tmp_path / "kept", place, quiet)
    assert text(found) == serial(tmp_path)


def test_a_cluster_that_loses_a_worker_half_way_gives_the_same_to_the_bit(tmp_path: Path) -> None:
    with scheduler(tmp_path, FULL) as own:
        for _ in range(2):
            own.start("--nthreads", "1", path=FULL)
        own.holds(2)
        place = Place(scheduler=own.address)
        found = batch.run(errands.mortal, tasks(tmp_path / "mortal"), tmp_path / "kept", place, quiet)
    assert names(tmp_path / "mortal") == ["killed"]
    assert text(found) == serial(tmp_path)


def cut_short(where: Path, kill: Callable[[Cluster, int], None]) -> HourglassError:
    """How a batch ends when, after its first result, something of its cluster of one worker is killed."""
    with scheduler(where, FULL) as own:
        worker = own.start("--nthreads", "1", path=FULL)
        own.holds(1)

        def told(done: int, total: int) -> None:
            if done:
                kill(own, worker)

        place = Place(scheduler=own.address)
        with pytest.raises(HourglassError) as failure:
            batch.run(errands.endless, tasks(where / "signs"), where / "kept", place, told)
    assert names(where / "kept") == ["2022-01.json"]
    assert failure.value.exit_code == 1
    return failure.value


def test_a_cluster_that_loses_all_workers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LULL", 3)
    failure = cut_short(tmp_path, lambda own, worker: os.kill(worker, signal.SIGKILL))
    assert str(failure) == f"no worker is left; start some; {batch.REMEDY}"


def test_a_scheduler_that_dies_half_way_is_told_of(tmp_path: Path) -> None:
    failure = cut_short(tmp_path, lambda own, worker: own.processes.close())
    assert str(failure) == f"the scheduler is gone; start it; {batch.REMEDY}"


def test_processes_that_are_shared_outlive_a_batch(tmp_path: Path) -> None:
    with batch.shared(Place(workers=2)) as place:
        assert place.scheduler is not None
        found = [
            batch.run(errands.drawn, tasks(tmp_path / "signs", 2), tmp_path / kept, place, quiet)
            for kept in ("one", "other")
        ]
        address = place.scheduler
    assert found[0] == found[1]
    assert refused(Place(scheduler=address), tmp_path)[0].startswith("--scheduler: no scheduler answers")
    with batch.shared(Place(workers=1)) as place:
        assert place == Place(workers=1)


def test_a_whole_case_travels(cluster: Cluster, case: Case, tmp_path: Path) -> None:
    place = Place(scheduler=cluster.address)
    found = batch.run(errands.measured, {"it": case}, tmp_path, place, quiet)
    assert found == {"it": {"items": [item.id for item in case.ledger.items]}}


def test_two_batches_with_the_same_names_do_not_meet(cluster: Cluster, tmp_path: Path) -> None:
    place = Place(scheduler=cluster.address)
    for number in (1, 2):
        found = batch.run(errands.doubled, {"it": number}, tmp_path / str(number), place, quiet)
        assert found == {"it": {"twice": 2 * number}}


def test_what_work_raises_far_away_is_raised_here_as_itself(cluster: Cluster, tmp_path: Path) -> None:
    place = Place(scheduler=cluster.address)
    with pytest.raises(InputError) as refusal:
        batch.run(errands.refusing, tasks(tmp_path / "signs", 2), tmp_path / "kept", place, quiet)
    assert [problem.place for problem in refusal.value.problems] == ["a", "b"]
    with pytest.raises(TimeoutError, match="seed 0 waited too long"):
        batch.run(errands.timed_out, tasks(tmp_path / "signs", 1), tmp_path / "other", place, quiet)


def test_a_worker_that_joins_late_with_another_program_does_nothing(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "code", lambda: "newer")
    monkeypatch.setattr(clusters, "_unfit", lambda client, address: ())
    (complaint,) = refused(Place(scheduler=cluster.address), tmp_path)
    assert complaint.startswith("tcp://127.0.0.1:")
    assert complaint.endswith(clusters.OTHER_PROGRAM)


@pytest.mark.filterwarnings("ignore:Mismatched versions")
def test_a_scheduler_without_workers_and_workers_that_would_give_other_numbers_are_refused(
    tmp_path: Path,
) -> None:
    other, faked = tmp_path / "other", tmp_path / "faked" / "numpy-0.1.dist-info"
    shutil.copytree(ROOT / "model" / "hourglass", other / "hourglass")
    (other / "hourglass" / "thought.py").write_text("# another thought\n")
    faked.mkdir(parents=True)
    (faked / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    with scheduler(tmp_path, MODEL) as bare:
        place = Place(scheduler=bare.address)
        assert refused(place, tmp_path) == [
            f"--scheduler: {bare.address} has no workers; start some with `dask worker {bare.address} "
            "--nthreads 1`, where this program is installed"
        ]
        bare.start("--nthreads", "1", path=LIBRARIES, python=("-S",))  # no .pth file tells of the package
        bare.start("--nthreads", "1", path=str(other))
        bare.start("--nthreads", "2", path=os.pathsep.join((MODEL, str(faked.parent))))
        bare.holds(3)
        faults = refused(place, tmp_path)
    assert all(fault.startswith("tcp://127.0.0.1:") for fault in faults)
    numpy = store.libraries()["numpy"]
    assert sorted(fault.partition(": ")[2] for fault in faults) == [
        "worker has 2 threads; start it with --nthreads 1",
        f"worker {clusters.WITHOUT_PROGRAM}",
        f"worker has numpy 0.1, not {numpy}; install requirements.lock there",
        f"worker {clusters.OTHER_PROGRAM}",
    ]


@pytest.mark.parametrize(
    "address",
    ["", "here", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "tcp://h:port",
     "tcp://h:99999", "tcp://h:8786/x", "tcp://[::1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    wanted = f"--scheduler: {address!r} is no address; write it as tcp://host:port"
    assert refused(Place(scheduler=address), tmp_path) == [wanted]


@pytest.mark.parametrize(
    "answer", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["none", "silence", "web"]
)
def test_a_scheduler_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setattr(clusters, "PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        if answer is None:
            listener.close()
        elif answer:
            threading.Thread(target=replying, args=(listener, answer), daemon=True).start()
        (complaint,) = refused(Place(scheduler=address), tmp_path)
    remedy = "correct it, or start one with `dask scheduler`"
    assert complaint == f"--scheduler: no scheduler answers at {address}; {remedy}"


def test_a_scheduler_that_wants_certificates_is_refused_without_them(tmp_path: Path) -> None:
    (complaint,) = refused(Place(scheduler="tls://127.0.0.1:1"), tmp_path)
    assert complaint.startswith("--scheduler: no scheduler answers at tls://127.0.0.1:1")


def replying(listener: socket.socket, answer: bytes) -> None:
    """Say the same to everyone who calls."""
    while True:
        try:
            called, _ = listener.accept()
        except OSError:
            return
        with called:
            called.sendall(answer)

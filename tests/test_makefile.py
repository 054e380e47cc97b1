"""Set-up from a bare clone: which Python is taken, when, and from which lock."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKE = shutil.which("make") or "make"


def fake_python(path: Path, version: str, condition: str = ":") -> Path:
    """Write an interpreter that claims a version and runs only if a condition holds."""
    disguise = (
        f"import sys; sys.version_info = ({version.replace('.', ', ')}, 'final', 0); "
        f"sys.executable = '{path}'; exec(sys.argv[1])"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    launch = f'exec "{sys.executable}" -c "{disguise}" "$2"'
    path.write_text(f"#!/bin/sh\n{condition} || exit 127\n{launch}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the parent of a clone with a space in its path and of an empty PATH."""
    folder = tmp_path / "a clone"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", ".ci/find-python"):
        shutil.copy(ROOT / name, folder / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").symlink_to("/bin/sh")
    return tmp_path


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=home / "a clone",
        env={"PATH": str(home / "bin"), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def found(home: Path) -> str:
    return run(home, "/bin/sh", ".ci/find-python").stdout.strip()


@pytest.mark.parametrize("version", ["3.12.0", "3.13.9", "3.14.2"])
def test_a_fit_python3_is_taken(home: Path, version: str) -> None:
    fit = fake_python(home / "bin" / "python3", version)
    assert found(home) == str(fit)


@pytest.mark.parametrize("version", ["2.7.18", "3.11.7", "3.15.0"])
def test_an_unfit_python_is_refused_in_one_line(home: Path, version: str) -> None:
    fake_python(home / "bin" / "python3", version)
    refusal = run(home, "/bin/sh", ".ci/find-python")
    assert (refusal.returncode, refusal.stdout) == (2, "")
    assert refusal.stderr.count("\n") == 1
    assert f"python3: {version}" in refusal.stderr
    assert "install one" in refusal.stderr


def test_no_python_at_all_is_refused_in_one_line(home: Path) -> None:
    refusal = run(home, "/bin/sh", ".ci/find-python")
    assert (refusal.returncode, refusal.stdout) == (2, "")
    assert refusal.stderr.count("\n") == 1
    assert "python3: missing" in refusal.stderr


def test_the_folders_own_python3_is_preferred(home: Path) -> None:
    (home / "a clone" / ".python-version").touch()
    own = fake_python(home / "bin" / "python3", "3.13.0", "[ -e .python-version ]")
    fake_python(home / "bin" / "python3.14", "3.14.0")
    assert found(home) == str(own)


def test_a_python3_that_refuses_to_run_is_passed_over(home: Path) -> None:
    fake_python(home / "bin" / "python3", "3.13.0", "[ -e .python-version ]")
    named = fake_python(home / "bin" / "python3.12", "3.12.4")
    assert found(home) == str(named)


def test_the_newest_named_python_comes_before_the_older_ones(home: Path) -> None:
    fake_python(home / "bin" / "python3", "3.11.7")
    fake_python(home / "bin" / "python3.12", "3.12.4")
    newest = fake_python(home / "bin" / "python3.14", "3.14.0")
    assert found(home) == str(newest)


def test_pyenvs_pythons_are_found_behind_shims_that_refuse(home: Path) -> None:
    fake_python(home / "bin" / "python3", "3.13.0", "false")
    versions = home / ".pyenv" / "versions"
    real = fake_python(versions / "3.13.0" / "bin" / "python3", "3.13.0")
    assert found(home) == str(real)


def test_uvs_interpreters_are_the_last_resort(home: Path) -> None:
    cellar = home / ".local" / "share" / "uv" / "python"
    fake_python(cellar / "cpython-3.11.9-linux" / "bin" / "python3", "3.11.9")
    fit = fake_python(cellar / "cpython-3.12.9-linux" / "bin" / "python3", "3.12.9")
    assert found(home) == str(fit)


def test_uv_itself_is_asked_when_its_folder_is_elsewhere(home: Path) -> None:
    fit = fake_python(home / "elsewhere" / "python3", "3.14.1")
    uv = home / "bin" / "uv"
    uv.write_text(f'#!/bin/sh\n[ "$1 $2" = "python find" ] && echo "{fit}"\n')
    uv.chmod(0o755)
    assert found(home) == str(fit)


@pytest.mark.parametrize("target", ["forecast", "test"])
def test_make_without_a_fit_python_says_so_with_2(home: Path, target: str) -> None:
    fake_python(home / "bin" / "python3", "3.11.7")
    refusal = run(home, MAKE, target)
    assert (refusal.returncode, refusal.stdout) == (2, "")
    ours = [line for line in refusal.stderr.splitlines() if not line.startswith("make")]
    assert len(ours) == 1
    assert ours[0].startswith("no Python 3.12, 3.13 or 3.14")
    assert not (home / "a clone" / ".venv").exists()


def test_set_up_is_repeated_only_when_its_sources_change(home: Path) -> None:
    clone = home / "a clone"
    (clone / ".venv").mkdir()
    ages = {
        "requirements.lock": 1,
        "pyproject.toml": 1,
        ".venv/locked": 2,
        ".venv/ready": 3,
    }
    for name, second in ages.items():
        (clone / name).touch()
        os.utime(clone / name, (second, second))
    forecast = ".venv/bin/hourglass forecast"
    assert run(home, MAKE, "--dry-run", "forecast").stdout.strip() == forecast
    os.utime(clone / "pyproject.toml", (4, 4))
    renewed = run(home, MAKE, "--dry-run", "forecast").stdout
    assert "--editable" in renewed
    assert "--require-hashes" not in renewed
    os.utime(clone / "requirements.lock", (4, 4))
    assert "--require-hashes" in run(home, MAKE, "--dry-run", "forecast").stdout


def locked() -> dict[str, str]:
    """Return each locked requirement by name, with its version, marker and hashes."""
    text = (ROOT / "requirements.lock").read_text()
    bare = re.sub(r"(?m)^ *#.*\n", "", text)
    entries = re.split(r"\n(?=\S)", bare.strip())
    return {entry.split("==")[0]: entry for entry in entries}


def test_every_locked_requirement_has_one_version_and_hashes() -> None:
    one = r"[a-z0-9._-]+==[^\s;]+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
    assert [entry for entry in locked().values() if not re.fullmatch(one, entry)] == []


def test_the_lock_holds_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "http" not in text
    assert "://" not in text


def test_everything_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[^a-z0-9._-]", requirement)[0] for requirement in wanted}
    assert names - set(locked()) == set()

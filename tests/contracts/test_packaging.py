"""What people install: a wheel with everything in it, requirements that are locked, and files that lead nowhere private."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-image.txt", "requirements-dev.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return found


def name_of(requirement: str) -> str:
    """The normalised name in a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]).lower()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return zipfile.ZipFile(next(folder.glob("confida-*.whl")))


def test_wheel_holds_every_file_that_the_program_needs(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    wanted = {
        path.relative_to(ROOT / layer).as_posix()
        for layer in ("core", "consent", "web", "plugins")
        for path in (ROOT / layer).rglob("*")
        if path.is_file() and not {"__pycache__", "tests"} & set(path.relative_to(ROOT).parts)
    }
    assert wanted - names == set()
    bundled = {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "confida_core", "confida_consent", "confida_web", *bundled,
    }  # fmt: skip


def test_wheel_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    files = {name.partition(".dist-info/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert "confida = confida_web.cli:main" in wheel.read(files["entry_points.txt"]).decode()
    assert "licenses/LICENSE" in files


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = [block for block in re.split(r"\n(?=[A-Za-z])", text) if PIN.match(block)]
    assert [PIN.match(block) for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|file:|--index-url|--find-links|@ |^/|\s/", text) == []


def test_lock_holds_every_dependency_that_is_declared() -> None:
    told = project()
    groups, dependencies = told["dependency-groups"], told["project"]
    assert isinstance(groups, dict)
    assert isinstance(dependencies, dict)
    needed = {name_of(item) for item in dependencies["dependencies"]} | {name_of(item) for item in groups["build"]}
    run = {name_of(name) for name, _ in PIN.findall((ROOT / LOCKS[0]).read_text())}
    extras = {name_of(item) for items in dependencies["optional-dependencies"].values() for item in items}
    image, dev = ({name_of(name) for name, _ in PIN.findall((ROOT / lock).read_text())} for lock in LOCKS[1:])
    testing = {name_of(item) for item in dependencies["optional-dependencies"]["testing"]}
    assert (needed - run, (extras - testing) - image, run - image) == (set(), set(), set())
    assert run | {name_of(item) for item in groups["dev"]} <= dev


def test_locks_agree() -> None:
    run, image, dev = (dict(PIN.findall((ROOT / lock).read_text())) for lock in LOCKS)
    told = [{name: version for name, version in one.items() if dev.get(name) != version} for one in (run, image)]
    assert told == [{}, {}]
    assert {name: version for name, version in run.items() if image.get(name) != version} == {}


def test_container_gets_only_what_it_is_built_from() -> None:
    """Each path that the Dockerfile copies is let through, and nothing that could be private is."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set()
    for line in (ROOT / "docker" / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied |= set(line.split()[1:-1])
    assert copied == allowed
    assert [path for path in copied if not (ROOT / path).exists()] == []

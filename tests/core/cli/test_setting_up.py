"""Making an installation, unlocking it, and what happens when the keys are missing or wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.cli.conftest import Shell

RECOVERY_KEY = re.compile(r"\b(?:[A-Z0-9]{4}-){7}[A-Z0-9]{4}\b")
Snapshot = Callable[[Path], dict[str, bytes]]


def test_init_prints_the_recovery_key_once(empty_shell: Shell) -> None:
    first = empty_shell("init")
    assert len(RECOVERY_KEY.findall(first.stdout)) == 1
    again = empty_shell("init", code=1)
    assert RECOVERY_KEY.findall(again.output) == []
    assert empty_shell("init", "--if-missing").output == ""


def test_init_for_the_browser_leaves_the_recovery_key_to_it(empty_shell: Shell) -> None:
    made = empty_shell("init", "--if-missing")
    assert (RECOVERY_KEY.findall(made.output), made.stdout) == ([], "")


def test_init_beside_a_database_without_keys_refuses(empty_shell: Shell, snapshot: Snapshot) -> None:
    (empty_shell.home / "confida.db").write_bytes(b"somebody's data")
    before = snapshot(empty_shell.home)
    assert "new keys would not open it" in empty_shell("init", code=1).output
    assert snapshot(empty_shell.home) == before


def test_command_without_an_installation_says_what_it_looked_for(empty_shell: Shell) -> None:
    result = empty_shell("doctor", code=3)
    assert str(empty_shell.home / "keys" / "root.json") in result.output
    assert sorted(path.name for path in empty_shell.home.iterdir()) == ["config.toml"]


@pytest.mark.parametrize("harm", ["missing", "wrong", "garbage"])
def test_missing_or_wrong_key_file_ends_with_3_and_touches_no_data(shell: Shell, harm: str, snapshot: Snapshot) -> None:
    key_file = shell.home / "keys" / "unlock.key"
    key_file.chmod(0o600)
    if harm == "missing":
        key_file.unlink()
    else:
        key_file.write_text("0" * 64 if harm == "wrong" else "not a key")
    before = snapshot(shell.home)
    for command in (("doctor",), ("migrate",), ("user", "list"), ("backup",)):
        result = shell(*command, code=3)
        assert str(key_file) in result.output
    assert snapshot(shell.home) == before


def test_missing_slots_end_with_3_and_are_not_made_anew(shell: Shell, engine: str, snapshot: Snapshot) -> None:
    (shell.home / "keys" / "root.json").unlink()
    before = snapshot(shell.home)
    assert "root.json" in shell("doctor", code=3).output
    shell("init", code=1 if engine == "sqlite" else 3)
    assert snapshot(shell.home) == before


def test_recovery_key_lets_the_operator_in_again(empty_shell: Shell) -> None:
    recovery_key = empty_shell("init").stdout.strip()
    (empty_shell.home / "keys" / "unlock.key").unlink()
    assert "does not open" in empty_shell("keys", "recover", typed="AAAA-BBBB\n", code=3).output
    empty_shell("keys", "recover", typed=f"{recovery_key.lower()}\n")
    assert empty_shell.json("keys", "status")["recovery_key_confirmed"] is False
    empty_shell("keys", "confirm-recovery", typed="AAAA\n", code=3)
    empty_shell("keys", "confirm-recovery", typed=f"{recovery_key}\n")
    assert empty_shell.json("keys", "status")["recovery_key_confirmed"] is True


def test_passphrase_unlocks_instead_of_a_file(empty_shell: Shell) -> None:
    empty_shell("init", "--passphrase", typed="open sesame, please\n" * 2)
    assert not (empty_shell.home / "keys" / "unlock.key").exists()
    empty_shell("migrate", typed="open sesame, please\n")
    assert "does not open" in empty_shell("migrate", typed="open sesame\n", code=3).output


def test_migrate_twice_runs_nothing_the_second_time(shell: Shell) -> None:
    assert shell.json("migrate") == []


def test_unknown_setting_is_named(shell: Shell) -> None:
    config = shell.home / "config.toml"
    config.write_text(config.read_text() + "\ncolour = 'blue'\n")
    assert "colour" in shell("doctor", code=1).output


def test_core_commands_start_without_the_web_framework(tmp_path: Path) -> None:
    program = (
        "import sys; from confida_web.cli import BUILT_IN, SPECIFICATIONS; from confida_core.cli.program import command_line\n"
        f"command_line(BUILT_IN, {{}}, SPECIFICATIONS)(['--home', {str(tmp_path / 'h')!r}, 'init'], standalone_mode=False)\n"
        "print(sorted(name for name in ('litestar', 'uvicorn', 'jinja2') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"

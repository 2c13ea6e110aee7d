"""`confida ledger` as an operator uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from confida_consent.commands import CONSENT_COMMANDS
from confida_consent.ledger.log import append, checkpoint
from confida_core.cli.program import command_line
from confida_core.installation import open_installation
from tests.conftest import own_registry
from tests.consent.ledger.test_log import leaves

BUILT_IN = ("confida_core.hooks", "confida_consent.hooks")
SPECIFICATIONS = ("confida_consent.hookspecs:ConsentHooks",)


@pytest.fixture
def shell(settings: Any) -> Callable[..., Result]:
    """Runs `confida ledger ...` on an installation with 300 leaves, and expects this exit code."""
    urls = {"database_url": settings.database_url, "keyring_url": settings.keyring_url}
    (settings.home / "config.toml").write_text("\n".join(f'{name} = "{url}"' for name, url in urls.items() if url))
    settings.home.chmod(0o700)

    def run(*words: str, code: int = 0) -> Result:
        program = command_line(BUILT_IN, CONSENT_COMMANDS, SPECIFICATIONS)
        result = CliRunner().invoke(program, ["--home", str(settings.home), "ledger", *words], prog_name="confida")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    change(settings, fill)
    return run


def change(settings: Any, work: Callable[[Any], Any]) -> None:
    async def inside() -> None:
        async with open_installation(settings, own_registry()) as crm:
            await work(crm)

    asyncio.run(inside())


async def fill(crm: Any) -> None:
    async with crm.data.transaction():
        await append(crm, leaves(0, 300))
    await checkpoint(crm)


async def tamper(crm: Any) -> None:
    await crm.data.fetch("DELETE FROM ledger_leaf WHERE position = 7")


async def break_tile(crm: Any) -> None:
    await crm.data.fetch("DELETE FROM ledger_tile WHERE level = 0 AND number = 1")
    await crm.data.fetch("DELETE FROM ledger_checkpoint")


def test_verify_says_that_everything_holds(shell: Callable[..., Result]) -> None:
    assert shell("verify").stdout == (
        "300 entries, 300 of them under 1 checkpoints, 0 erased; 300 of type note could not be opened here: "
        "everything holds.\n"
    )


def test_verify_names_the_fault_and_ends_with_its_own_code(shell: Callable[..., Result], settings: Any) -> None:
    change(settings, tamper)
    assert shell("verify", code=5).stdout.splitlines()[0] == "leaf 7: it is missing"


def test_verify_for_scripts_tells_the_same(shell: Callable[..., Result], settings: Any) -> None:
    import json

    change(settings, tamper)
    told = json.loads(shell("verify", "--json", code=5).stdout)
    assert (told["sound"], told["size"], told["faults"]) == (
        False,
        300,
        [{"part": "leaf", "place": "7", "sentence": "it is missing"}],
    )


def test_checkpoint_is_printed_as_it_is_signed(shell: Callable[..., Result]) -> None:
    from confida_consent.ledger.checkpoints import open_checkpoint, parse_verifier_key

    note, key = shell("checkpoint").stdout, shell("key").stdout
    assert open_checkpoint(note.encode(), [parse_verifier_key(key)]).size == 300


def test_checkpoint_of_a_broken_ledger_is_refused(shell: Callable[..., Result], settings: Any) -> None:
    change(settings, break_tile)
    answer = shell("checkpoint", code=5)
    assert answer.stderr == (
        "Error: tile 0/1 is missing or too short; run `confida ledger verify` to see every fault\n"
    )


def test_export_is_what_the_verifier_in_it_accepts(shell: Callable[..., Result], tmp_path: Path) -> None:
    import subprocess
    import sys

    shell("export", str(tmp_path / "export"))
    done = subprocess.run(
        [sys.executable, "verify.py", "log", "."], cwd=tmp_path / "export", capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1].startswith("It holds: 300 entries give the root that confida/")

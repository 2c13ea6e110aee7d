"""RT-11: somebody is erased, the oldest backup is put back, and the report says that nothing came back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from confida_consent.commands import CONSENT_COMMANDS
from confida_consent.drill import run
from confida_consent.drill.cast import ACCESS
from confida_consent.drill.run import run_drill
from confida_consent.ledger import verify
from confida_core.cli.program import UNSOUND, command_line
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.installation import open_installation
from tests.conftest import own_registry
from tests.faults.test_backups import write_config


def command(settings: Any, *arguments: str, code: int = 0) -> Any:
    program = command_line(
        ("confida_core.hooks", "confida_consent.hooks"), CONSENT_COMMANDS, ("confida_consent.hookspecs:ConsentHooks",)
    )
    done = CliRunner().invoke(program, ["--home", str(settings.home), "drill", *arguments])
    assert done.exit_code == code, done.output
    return done


def left_over(settings: Any) -> list[Path]:
    return [*settings.home.glob(".drill-*"), *settings.home.glob("before-restore-*")]


@pytest.mark.parametrize("arguments", [(), ("--copy",)])
def test_drill_passes_and_its_report_can_be_checked_elsewhere(
    settings: Any, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    write_config(settings)
    report = tmp_path / "report.txt"
    done = command(settings, *arguments, "--report", str(report))
    key = done.stderr.partition("--key '")[2].partition("'")[0]
    checked = subprocess.run(
        [sys.executable, str(verify.__file__), "note", str(report), "--key", key],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "result: passed" in checked.stdout
    assert f"in a {'copy of the' if arguments else 'new'} installation" in checked.stdout
    assert "NO  " not in checked.stdout
    report.write_text(report.read_text().replace("passed", "failed"))
    assert verify.main(["note", str(report), "--key", key]) == 1
    assert left_over(settings) == []


@pytest.mark.anyio
async def test_installation_itself_is_not_touched(settings: Any) -> None:
    async with open_installation(settings, own_registry()) as crm:
        ada = await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada"))
        before = await crm.data.fetch("SELECT position, record_id FROM change ORDER BY position")
    assert (await run_drill(settings, own_registry())).passed
    async with open_installation(settings, own_registry()) as crm:
        assert [row["id"] for row in await crm.data.fetch("SELECT id FROM contact")] == [ada]
        assert await crm.data.fetch("SELECT position, record_id FROM change ORDER BY position") == before


def test_erasure_that_leaves_the_keys_is_found_out(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The drill must be able to fail: somebody's contact is put into the trash, and that is called an erasure."""
    write_config(settings)

    async def pretend(crm: Any, access: Any, contact_id: Any, **_: Any) -> None:
        await crm.data.fetch("DELETE FROM contact WHERE id = ?", contact_id)

    monkeypatch.setattr(run, "erase_person", pretend)
    done = command(settings, code=UNSOUND)
    refused = [line for line in done.stdout.splitlines() if line.startswith("NO  ")]
    assert "result: FAILED" in done.stdout
    assert {"no key of the person is left (found 2)", "the person's contact is not there (found 1)"} <= {
        line[5:] for line in refused
    }

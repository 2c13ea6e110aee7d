"""A run that is killed, overtaken or cut short goes on where it stood: every row exactly once."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.exchange.imports_records import Duplicates
from confida_core.exchange.imports_run import run_import
from confida_core.exchange.imports_upkeep import tend_imports
from confida_core.jobs.worker import run_next
from tests.core.exchange.importing import access_of, begin, bring_in, counts, importer_of, rows_of, upload

pytestmark = pytest.mark.anyio

ROWS = 1_500
DATA = b"First Name,Last Name,E-mail\n" + b"".join(b"Ada%d,Example,ada%d@example.org\n" % (n, n) for n in range(ROWS))
# A process of its own that imports and says so after each batch, so that it can be killed in the middle.
WORKER = """
import asyncio, sys
from pathlib import Path
from uuid import UUID
from confida_core import hooks
from confida_core.exchange.imports_run import run_import
from confida_core.installation import open_installation
from confida_core.registry import load_registry
from confida_core.settings import read_settings

async def main():
    home, data, keys, run_id = sys.argv[1:]
    settings = read_settings(home=Path(home), database_url=data, keyring_url=keys, region="DE")
    async with open_installation(settings, load_registry((), built_in=[hooks])) as crm:
        await run_import(crm, UUID(run_id), progress=lambda done, total: print(done, flush=True))

asyncio.run(main())
"""


@pytest.fixture
async def olga(crm: Any) -> Any:
    return await importer_of(crm)


async def complete(crm: Any, run_id: Any) -> None:
    assert await counts(crm, run_id) == ("done", ROWS, 0, 0, 0, 0)
    assert await rows_of(crm, ["contact", "contact_change", "import_item"]) == dict.fromkeys(
        ("contact", "contact_change", "import_item"), ROWS
    )
    rows = await crm.data.fetch("SELECT row_number FROM import_item ORDER BY row_number")
    assert [row["row_number"] for row in rows] == list(range(2, ROWS + 2))


async def test_killed_process_loses_and_doubles_nothing(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "people.csv", DATA)
    # Without a look for duplicates a doubled row would show.
    await begin(crm, olga, run_id, Duplicates.CREATE)
    settings = crm.settings
    arguments = (str(settings.home), settings.database_url, settings.keyring_url, str(run_id))
    for batches in (1, 2):
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, *arguments, stdout=asyncio.subprocess.PIPE
        )
        assert worker.stdout is not None
        for _ in range(batches):
            assert await worker.stdout.readline()
        worker.kill()
        assert await worker.wait() == -signal.SIGKILL
    assert (await counts(crm, run_id))[0] == "running"
    assert await run_import(crm, run_id)
    await complete(crm, run_id)


async def test_cancelled_run_goes_on_from_its_cursor(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "people.csv", DATA)
    await begin(crm, olga, run_id, Duplicates.CREATE)
    task: asyncio.Task[bool] | None = None

    def cancel(done: int, _: int) -> None:
        if done >= 400 and task is not None:
            task.cancel()

    task = asyncio.create_task(run_import(crm, run_id, progress=cancel))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await counts(crm, run_id))[:2] == ("running", 400)
    assert await run_import(crm, run_id)
    await complete(crm, run_id)


async def test_two_workers_on_one_run_write_each_row_once(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "people.csv", DATA)
    await begin(crm, olga, run_id, Duplicates.CREATE)
    assert await asyncio.gather(*(run_import(crm, run_id) for _ in range(3))) == [True, True, True]
    while (await counts(crm, run_id))[0] != "done":
        assert await run_import(crm, run_id)
    await complete(crm, run_id)


async def test_job_works_in_pieces_until_the_file_is_through(crm: Any, olga: Any, monkeypatch: Any) -> None:
    from confida_core.exchange import imports_run
    from confida_core.exchange.imports import start_import
    from confida_core.exchange.preview import preview_import

    monkeypatch.setattr(imports_run, "JOB_SECONDS", 0)
    run_id = await upload(crm, olga, "people.csv", DATA)
    await preview_import(crm, access_of(olga), run_id)
    await start_import(crm, access_of(olga), run_id, Duplicates.SKIP)
    pieces = 0
    while await run_next(crm):
        pieces += 1
    assert pieces == ROWS // 200 + 2
    await complete(crm, run_id)


async def test_run_that_lost_its_worker_is_taken_up(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "people.csv", DATA)
    await begin(crm, olga, run_id)
    assert not await run_import(crm, run_id, seconds=0)
    await tend_imports(crm, {})
    assert not await run_next(crm)
    await crm.data.fetch("UPDATE import_run SET touched_at = ?", now() - timedelta(minutes=6))
    await tend_imports(crm, {})
    assert await run_next(crm)
    await complete(crm, run_id)


async def test_file_goes_with_the_run_and_the_report_a_month_after(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "ada.csv", b"First Name,E-mail\nAda,ada@example.org\n,\n")
    assert await rows_of(crm, ["sealed_file", "import_problem"]) == {"sealed_file": 0, "import_problem": 1}
    for age, left in ((timedelta(days=29), 1), (timedelta(days=31), 0)):
        await crm.data.fetch("UPDATE import_run SET finished_at = ?", now() - age)
        await tend_imports(crm, {})
        assert await rows_of(crm, ["import_problem"]) == {"import_problem": left}
    keys = await crm.keyring.database.fetch("SELECT id FROM dek WHERE subject_id = ?", run_id)
    assert (keys, await rows_of(crm, ["contact", "import_run"])) == ([], {"contact": 1, "import_run": 1})


async def test_file_of_a_failed_run_stays_for_a_day(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "ada.csv", DATA)
    await begin(crm, olga, run_id)
    await crm.data.fetch("UPDATE account SET role = 'readonly' WHERE id = ?", olga.id)
    assert await run_import(crm, run_id)
    for age, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        await crm.data.fetch("UPDATE import_run SET finished_at = ?", now() - age)
        await tend_imports(crm, {})
        assert await rows_of(crm, ["sealed_file"]) == {"sealed_file": left}


async def test_import_that_never_started_is_forgotten_after_a_day(crm: Any, olga: Any) -> None:
    await upload(crm, olga, "ada.csv", DATA)
    await crm.data.fetch("UPDATE import_run SET touched_at = ?", now() - timedelta(hours=25))
    await tend_imports(crm, {})
    assert await rows_of(crm, ["import_run", "sealed_file"]) == {"import_run": 0, "sealed_file": 0}
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []

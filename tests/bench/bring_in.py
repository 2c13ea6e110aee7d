"""An import of a table, as a job runs it."""

from __future__ import annotations

import csv
import io
import time

from confida_core.accounts.roles import permissions_of
from confida_core.exchange.imports import ImportOptions, receive_import, start_import
from confida_core.exchange.imports_records import Duplicates
from confida_core.exchange.imports_run import run_import
from confida_core.exchange.preview import preview_import
from confida_core.installation import open_installation
from confida_core.settings import Settings
from confida_core.storage.sealed_files import only
from confida_core.vault.access import Access, Actor
from tests.bench.stores import registry_of


def rows_as_csv(amount: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["First name", "Last name", "E-mail", "Phone", "Street", "City", "Postal code", "Country", "Notes"])
    for number in range(amount):
        writer.writerow(
            [f"Given{number % 500}", f"Family{number // 500}x{number % 7}", f"import{number}@example.org",
             f"+4989{number:08}", f"Road {number % 99 + 1}", "Leipzig", f"{number % 90_000 + 1_000:05}", "DE", ""]
        )  # fmt: skip
    return out.getvalue().encode()


async def seconds_of_import(settings: Settings, amount: int) -> float:
    """From the received file to the last contact, with the preview between and duplicates looked for."""
    async with open_installation(settings, registry_of(settings)) as crm:
        account = (await crm.data.fetch("SELECT id FROM account ORDER BY id LIMIT 1"))[0]["id"]
        actor = Actor(id=account, permissions=permissions_of(crm.registry, "owner"))
        access = Access(actor=actor, purpose="import_export", where="bench")
        started = time.perf_counter()
        options = ImportOptions(origin="other_system", region="DE")
        run_id = await receive_import(crm, access, "people.csv", only(rows_as_csv(amount)), options)
        await preview_import(crm, access, run_id)
        await start_import(crm, access, run_id, Duplicates.SKIP, queue=False)
        if not await run_import(crm, run_id):
            raise RuntimeError("the import did not come to its end")
        took = time.perf_counter() - started
        found = await crm.data.fetch("SELECT created_count FROM import_run WHERE id = ?", run_id)
        if found[0]["created_count"] != amount:
            raise RuntimeError(f"{found[0]['created_count']} of {amount} rows came in")
        return took

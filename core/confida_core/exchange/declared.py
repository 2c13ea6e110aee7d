"""What imports and exports declare."""

from __future__ import annotations

from confida_core.accounts.roles import PRIVACY, WORKERS
from confida_core.declarations import (
    PermissionDeclaration,
    TableDeclaration,
)
from confida_core.exchange.exports import EXPORT
from confida_core.exchange.formats import CARDS, ROWS
from confida_core.exchange.imports_records import MAPPING, PROBLEM, RUN
from confida_core.exchange.imports_run import run_import_job
from confida_core.exchange.imports_upkeep import tend_imports
from confida_core.exchange.tables import ImportItem
from confida_core.exchange.undo import undo_import_job
from confida_core.exchange.vcard.format import VCARD
from confida_core.jobs.declarations import JobDeclaration

RECORDS = (RUN, PROBLEM, MAPPING, EXPORT)
IMPORTERS = (VCARD,)
EXPORTERS = (CARDS, ROWS)

TABLES = (
    TableDeclaration(
        table=ImportItem,
        subject_free="Random ids and row numbers; the id of a contact goes with the contact.",
        subject="contact_id",
        clear={"action": "What became of a row, one word of ten."},
    ),
)

PERMISSIONS = (
    PermissionDeclaration(key="exchange.import", label="Import contacts and take imports back", roles=WORKERS),
    PermissionDeclaration(key="exchange.export", label="Export contacts", roles=PRIVACY),
)

JOBS = (
    JobDeclaration(key="core.run_import", run=run_import_job, label="Import contacts", seconds=180, attempts=10),
    JobDeclaration(key="core.undo_import", run=undo_import_job, label="Take an import back", seconds=180, attempts=10),
    JobDeclaration(
        key="core.tend_imports",
        run=tend_imports,
        label="Take up imports that stand still, and remove what is left of old ones",
        every=300,
        seconds=900,
    ),
)

"""What storage declares."""

from __future__ import annotations

from confida_core.declarations import (
    StoreDeclaration,
)
from confida_core.jobs.declarations import JobDeclaration
from confida_core.storage.file_store import collect_files, erase_files
from confida_core.storage.sealed_files import SEALED_FILE, sweep_files

RECORDS = (SEALED_FILE,)

STORES = (
    StoreDeclaration(
        key="core.files", label="Files", collect=collect_files, erase=erase_files, records=(SEALED_FILE.name,)
    ),
)

JOBS = (
    JobDeclaration(
        key="core.sweep_files", run=sweep_files, label="Remove files that belong to nothing", every=86_400, seconds=900
    ),
)

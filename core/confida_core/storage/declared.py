"""What storage declares."""

from __future__ import annotations

from confida_core.declarations import JobDeclaration
from confida_core.storage.sealed_files import SEALED_FILE, sweep_files

RECORDS = (SEALED_FILE,)

JOBS = (
    JobDeclaration(
        key="core.sweep_files", run=sweep_files, label="Remove files that belong to nothing", every=86_400, seconds=900
    ),
)

"""Write core's first migration anew from its tables. Only until the first release: afterwards migrations are added."""

from __future__ import annotations

import asyncio
import contextlib
import io
from pathlib import Path

from piccolo.apps.migrations.commands import new

import confida_core.storage.migrations  # noqa: F401 -- It names the engine to Piccolo before anything asks.
from confida_core.piccolo_app import APP_CONFIG

FOLDER = Path(APP_CONFIG.resolved_migrations_folder_path)
NAME = "confida_core_2026_11_22_initial"
ID = "2026-11-22T00:00:00:000000"


def main() -> None:
    (FOLDER / f"{NAME}.py").unlink(missing_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        meta = asyncio.run(new._create_new_migration(APP_CONFIG, auto=True, description="The first schema."))
    text = Path(meta.migration_path).read_text().replace(meta.migration_id, ID)
    Path(meta.migration_path).unlink()
    (FOLDER / f"{NAME}.py").write_text(text)


if __name__ == "__main__":
    main()

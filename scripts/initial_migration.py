"""Write core's first migration anew from its tables. Only until the first release: afterwards migrations are added."""

from __future__ import annotations

import asyncio
import contextlib
import io
import tempfile
from pathlib import Path

from piccolo.apps.migrations.commands import new
from piccolo.conf.apps import AppConfig

import confida_core.storage.migrations  # noqa: F401 -- It names the engine to Piccolo before anything asks.
from confida_core.piccolo_app import app

NAME = "confida_core_2026_11_22_initial"


def main() -> None:
    core = app()
    with tempfile.TemporaryDirectory() as folder:
        described = AppConfig(app_name=core.name, migrations_folder_path=folder, table_classes=list(core.tables))
        with contextlib.redirect_stdout(io.StringIO()):
            meta = asyncio.run(new._create_new_migration(described, auto=True, description="The first schema."))
        text = Path(meta.migration_path).read_text().replace(meta.migration_id, "2026-11-22T00:00:00:000000")
    made = core.migrations / f".{NAME}"
    made.write_text(text)
    made.replace(core.migrations / f"{NAME}.py")


if __name__ == "__main__":
    main()

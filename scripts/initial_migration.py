"""Write the first migrations of core, consent and our own plugins anew from their tables. Only until the first release."""

from __future__ import annotations

import asyncio
import contextlib
import io
import tempfile
from pathlib import Path

from piccolo.apps.migrations.commands import new
from piccolo.conf.apps import AppConfig

import confida_core.storage.migrations  # noqa: F401 -- It names the engine to Piccolo before anything asks.
from confida_consent.piccolo_app import app as consent_app
from confida_core.declarations import PiccoloApp
from confida_core.piccolo_app import app as core_app
from confida_sales.plugin import piccolo_apps as sales_apps


def main() -> None:
    for described in (core_app(), consent_app(), *sales_apps()):
        write_first(described)


def write_first(app: PiccoloApp) -> None:
    with tempfile.TemporaryDirectory() as folder:
        described = AppConfig(app_name=app.name, migrations_folder_path=folder, table_classes=list(app.tables))
        with contextlib.redirect_stdout(io.StringIO()):
            meta = asyncio.run(new._create_new_migration(described, auto=True, description="The first schema."))
        text = Path(meta.migration_path).read_text().replace(meta.migration_id, "2026-11-22T00:00:00:000000")
    name = f"{app.name}_2026_11_22_initial"
    made = app.migrations / f".{name}"
    made.write_text(text)
    made.replace(app.migrations / f"{name}.py")


if __name__ == "__main__":
    main()

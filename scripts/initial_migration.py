"""Write the first migrations of core, consent and our own plugins anew from their tables. Only until the first release."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from piccolo.apps.migrations.commands import new
from piccolo.conf.apps import AppConfig

import confida_core.storage.migrations  # noqa: F401 -- It names the engine to Piccolo before anything asks.
from confida_consent.piccolo_app import app as consent_app
from confida_core.declarations import PiccoloApp
from confida_core.piccolo_app import app as core_app

PLUGINS = ("sales", "service", "marketing")


def main(wanted: Sequence[str]) -> None:
    """Those whose names are given (core, consent, sales ...), or all of them."""
    ours = {"core": core_app, "consent": consent_app}
    for name in wanted or (*ours, *PLUGINS):
        plugin = () if name in ours else importlib.import_module(f"confida_{name}.plugin").piccolo_apps()
        for described in plugin or (ours[name](),):
            write_first(described)


def write_first(app: PiccoloApp) -> None:
    with tempfile.TemporaryDirectory() as folder:
        described = AppConfig(app_name=app.name, migrations_folder_path=folder, table_classes=list(app.tables))
        with contextlib.redirect_stdout(io.StringIO()):
            meta = asyncio.run(new._create_new_migration(described, auto=True, description="The first schema."))
        text = Path(meta.migration_path).read_text().replace(meta.migration_id, "2026-11-22T00:00:00:000000")
    text = in_order(text, app)
    name = f"{app.name}_2026_11_22_initial"
    made = app.migrations / f".{name}"
    made.write_text(text)
    made.replace(app.migrations / f"{name}.py")


def in_order(text: str, app: PiccoloApp) -> str:
    """The same migration with tables and columns as they are declared; Piccolo writes them as its sets happen to fall."""
    start, *steps, end = re.split(r"^(?=    (?:manager\.add_|return))", text, flags=re.MULTILINE)
    places = {table.__name__: at for at, table in enumerate(app.tables)}
    columns = {
        (table.__name__, column._meta.name): at for table in app.tables for at, column in enumerate(table._meta.columns)
    }

    def place(step: str) -> tuple[bool, int, int]:
        (table,) = re.findall(
            r'^ *(?:table_)?class_name="(\w+)"', step.replace("add_table(", "add_table(\n"), re.MULTILINE
        )
        column = re.findall(r'^ *column_name="(\w+)"', step, re.MULTILINE)
        return bool(column), places[table], columns[table, column[0]] if column else 0

    return start + "".join(sorted(steps, key=place)) + end


if __name__ == "__main__":
    main(sys.argv[1:])

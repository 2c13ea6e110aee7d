"""Plugins that are made for a measurement: installed like anybody's, each with one sealed record a contact and its panel."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import Template
from uuid import UUID

from confida_core.ids import new_id
from confida_core.installation import Installation

PLUGIN = Template('''"""One of many."""

from pathlib import Path

from confida_core.api import (
    DATA, EVERYBODY, PermissionDeclaration, PiccoloApp, PluginInfo, RecordDeclaration, Sealed, ShortText, hookimpl,
)
from confida_web.api import ContactPanel
from piccolo.columns import UUID, Bytea, Integer
from piccolo.table import Table


class Note(Table, tablename="${key}_note", db=DATA):
    id = UUID(primary_key=True)
    version = Integer()
    contact_id = UUID(index=True)
    sealed = Bytea()


class NoteContent(Sealed, frozen=True, kw_only=True):
    text: ShortText = ""


NOTE = RecordDeclaration(
    table=Note, content=NoteContent, subject="contact_id", retention_class="relationship", purpose="relationship",
    label="Notes of $key",
)


async def notes(crm, access, contact_id):
    rows = await crm.data.fetch("SELECT * FROM ${key}_note WHERE contact_id = ? ORDER BY id DESC LIMIT 5", contact_id)
    return {"notes": [one.content.text for one in await crm.door.open(access, NOTE, rows)]}


@hookimpl
def plugin_info():
    return PluginInfo(key="$key", name="$key", summary="One of many.")


@hookimpl
def piccolo_apps():
    return [PiccoloApp(name="$key", migrations=Path(__file__).parent / "migrations", tables=(Note,))]


@hookimpl
def records():
    return [NOTE]


@hookimpl
def permissions():
    return [PermissionDeclaration(key="$key.read", label="See notes of $key", roles=EVERYBODY)]


@hookimpl
def contact_panels():
    return [
        ContactPanel(key="$key.notes", title="Notes of $key", template="$key/notes.html", permission="$key.read", data=notes)
    ]


@hookimpl
def template_folders():
    return [Path(__file__).parent / "templates"]
''')
MIGRATION = Template("""from confida_core.storage.engine import DATA
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID, VERSION, DESCRIPTION = "2026-01-01T00:00:00:000000", "1.38.0", "Notes."


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="$key", description=DESCRIPTION)

    async def run():
        binary = "BYTEA" if DATA.database.engine == "postgres" else "BLOB"
        await DATA.database.fetch(
            "CREATE TABLE ${key}_note (id UUID PRIMARY KEY, version INTEGER NOT NULL, contact_id UUID NOT NULL, "
            f"sealed {binary} NOT NULL)"
        )
        await DATA.database.fetch("CREATE INDEX ${key}_note_contact_id ON ${key}_note (contact_id)")

    manager.add_raw(run)
    return manager
""")
PANEL = '{% if notes %}<ul class="lines">{% for note in notes %}<li>{{ note }}</li>{% endfor %}</ul>{% else %}<p>None.</p>{% endif %}\n'
# How many records go into one transaction.
BATCH = 2_000


def make_plugins(folder: Path, number: int) -> tuple[str, ...]:
    """Write so many plugins below this folder, with what an installer leaves; their keys."""
    keys = tuple(f"made{one:02}" for one in range(1, number + 1))
    for key in keys:
        package = folder / f"confida_{key}"
        (package / "migrations").mkdir(parents=True)
        (package / "templates" / key).mkdir(parents=True)
        (package / "__init__.py").write_text(PLUGIN.substitute(key=key))
        (package / "migrations" / f"{key}_2026_01_01_notes.py").write_text(MIGRATION.substitute(key=key))
        (package / "templates" / key / "notes.html").write_text(PANEL)
        about = folder / f"confida_{key}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: confida-{key}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[confida.plugins]\n{key} = confida_{key}\n")
    return keys


@contextmanager
def installed_here(folder: Path) -> Iterator[None]:
    """In this process, as PYTHONPATH does it for others."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


async def write_notes(crm: Installation, keys: Sequence[str], contacts: Sequence[UUID]) -> None:
    """One note of each plugin about each of these contacts."""
    for key in keys:
        declaration = crm.registry.records[f"{key}_note"]
        for start in range(0, len(contacts), BATCH):
            rows = [
                ({"id": new_id(), "contact_id": one}, declaration.content(text=f"What {key} knows."))
                for one in contacts[start : start + BATCH]
            ]
            await crm.records.insert_many(declaration, rows)

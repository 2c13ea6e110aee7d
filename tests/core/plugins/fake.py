"""An installed plugin that is none: a package and its .dist-info in a temporary folder on Python's path."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

MODULE = '''
"""Members: one record of a person, one of several, and a table without anybody."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from piccolo.columns import UUID, Bytea, Integer, Varchar
from piccolo.table import Table

from confida_core.declarations import (
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    PurposeDeclaration,
    RecordDeclaration,
    StoreDeclaration,
    TableDeclaration,
)
from confida_core.jobs.declarations import JobDeclaration
from confida_core.hookspecs import hookimpl
from confida_core.storage.engine import DATA


class Member(msgspec.Struct, frozen=True):
    note: str = ""


class Meeting(msgspec.Struct, frozen=True):
    subject: str = ""


class MemberTable(Table, tablename="{key}_member", db=DATA):
    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    version = Integer()
    sealed = Bytea()


class MeetingTable(Table, tablename="{key}_meeting", db=DATA):
    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()


class RateTable(Table, tablename="{key}_rate", db=DATA):
    id = UUID(primary_key=True)
    name = Varchar(length=40)


MEMBER = RecordDeclaration(
    table=MemberTable, content=Member, subject="contact_id", retention_class="{key}", purpose="{key}.service",
    label="Members",
)
MEETING = RecordDeclaration(
    table=MeetingTable, content=Meeting, subject=None, retention_class="relationship", purpose="{key}.service",
    label="Meetings of members",
)


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="{key}", name="Membership", summary="Members and their fees.")


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    folder = Path(__file__).parent / "migrations"
    return [PiccoloApp(name="{key}", migrations=folder, tables=(MemberTable, MeetingTable, RateTable))]


@hookimpl
def records() -> Sequence[RecordDeclaration]:
    return [MEMBER, MEETING]


@hookimpl
def tables() -> Sequence[TableDeclaration]:
    return [TableDeclaration(table=RateTable, subject_free="Fees.", clear={{"name": "Name of a fee."}})]


@hookimpl
def purposes() -> Sequence[PurposeDeclaration]:
    return [PurposeDeclaration(key="{key}.service", label="Looking after members", basis="contract")]


@hookimpl
def permissions() -> Sequence[PermissionDeclaration]:
    return [PermissionDeclaration(key="{key}.read", label="See members", roles=frozenset({{"owner"}}))]


async def remind(crm, arguments) -> None:
    """Nothing to do."""


@hookimpl
def jobs() -> Sequence[JobDeclaration]:
    return [JobDeclaration(key="{key}.remind", run=remind, label="Remind members")]

'''

STORE = """
async def collect(crm, access, contact_id):
    return []


async def erase(crm, contact_id) -> int:
    place = Path(__file__).parent / "erased.txt"
    place.write_text((place.read_text() if place.exists() else "") + f"{contact_id}\\n")
    return 1


@hookimpl
def stores() -> Sequence[StoreDeclaration]:
    return [StoreDeclaration(key="membership.cards", label="Membership cards", collect=collect, erase=erase)]
"""

FIRST = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.storage.engine import DATA


async def forwards():
    manager = MigrationManager(migration_id="2026-03-01T00:00:00:000000", app_name="{key}", description="")

    async def make():
        database = DATA.database
        sealed = "BYTEA" if database.engine == "postgres" else "BLOB"
        await database.fetch(
            "CREATE TABLE {key}_member (id UUID PRIMARY KEY, contact_id UUID NOT NULL, version INTEGER NOT NULL, "
            f"sealed {{sealed}} NOT NULL)"
        )
        await database.fetch(
            f"CREATE TABLE {key}_meeting (id UUID PRIMARY KEY, version INTEGER NOT NULL, sealed {{sealed}} NOT NULL)"
        )
        await database.fetch("CREATE TABLE {key}_rate (id UUID PRIMARY KEY, name VARCHAR(40) NOT NULL)")

    manager.add_raw(make)
    return manager
"""

SECOND = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.storage.engine import DATA


async def forwards():
    manager = MigrationManager(migration_id="2026-04-01T00:00:00:000000", app_name="{key}", description="")

    async def make():
        await DATA.database.fetch("CREATE INDEX {key}_member_person ON {key}_member (contact_id)")

    manager.add_raw(make)
    return manager
"""


@dataclass
class FakePlugins:
    """Installs and uninstalls into one folder, as pip does into site-packages."""

    folder: Path

    def install(
        self,
        key: str = "membership",
        version: str = "1.0",
        *,
        distribution: str = "",
        module: str = "",
        more: str = "",
        migrations: int = 1,
    ) -> Path:
        """A plugin with this key; returns the folder of its package. more: source that is added to the module."""
        distribution = distribution or f"confida-{key}"
        package = self.folder / distribution.replace("-", "_")
        shutil.rmtree(package, ignore_errors=True)
        (package / "migrations").mkdir(parents=True)
        (package / "__init__.py").write_text(module or MODULE.format(key=key) + dedent(more))
        for number, source in enumerate((FIRST, SECOND)[:migrations], 3):
            (package / "migrations" / f"{key}_2026_0{number}_01_step.py").write_text(source.format(key=key))
        self.uninstall(distribution, keep_package=True)
        described = self.folder / f"{package.name}-{version}.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (described / "entry_points.txt").write_text(f"[confida.plugins]\n{key} = {package.name}\n")
        return package

    def uninstall(self, distribution: str, *, keep_package: bool = False) -> None:
        package = distribution.replace("-", "_")
        for described in self.folder.glob(f"{package}-*.dist-info"):
            shutil.rmtree(described)
        if not keep_package:
            shutil.rmtree(self.folder / package)

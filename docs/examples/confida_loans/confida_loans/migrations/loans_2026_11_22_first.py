"""The first table. A migration stands alone: it imports nothing of the plugin, whose code will have changed by then."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import UUID, Bytea, Date, Integer, Timestamptz
from piccolo.columns.indexes import IndexMethod


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id="2026_11_22_first", app_name="loans", description="The first table.")
    manager.add_table(class_name="Loan", tablename="loans_loan", schema=None, columns=None)
    indexed = {"index": True, "index_method": IndexMethod.btree}
    for name, column, more in (
        ("id", UUID, {"primary_key": True, "unique": True}),
        ("contact_id", UUID, indexed),
        ("due_on", Date, indexed),
        ("returned_on", Date, {"null": True, "default": None}),
        ("created_at", Timestamptz, {}),
        ("created_by", UUID, {}),
        ("version", Integer, {}),
        ("sealed", Bytea, {}),
    ):
        manager.add_column(
            table_class_name="Loan",
            tablename="loans_loan",
            schema=None,
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params={"null": False, "primary_key": False, "unique": False, "index": False, **more},
        )
    return manager

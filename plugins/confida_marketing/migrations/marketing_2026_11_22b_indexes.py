"""Indexes over several columns, which the tables cannot declare."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.api import DATA

ID = "2026-11-22T00:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes over several columns."

STATEMENTS = [
    # Nobody is twice on a list, and a day has one size.
    "CREATE UNIQUE INDEX marketing_segment_member_once ON marketing_segment_member (segment_id, contact_id)",
    "CREATE UNIQUE INDEX marketing_segment_size_once ON marketing_segment_size (segment_id, on_day)",
    # Nobody is addressed twice by the same part of a campaign or journey, whoever runs it how often.
    "CREATE UNIQUE INDEX marketing_delivery_once ON marketing_delivery (source_id, part, contact_id)",
    # What is due, how far it is; how often somebody was written to lately; what was sent lately.
    "CREATE INDEX marketing_delivery_due ON marketing_delivery (source_id, state, due_at, id)",
    "CREATE INDEX marketing_delivery_of ON marketing_delivery (contact_id, at, id)",
    "CREATE INDEX marketing_delivery_at ON marketing_delivery (source_id, at)",
    "CREATE UNIQUE INDEX marketing_total_once ON marketing_total (source_id, part, variant, what)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketing", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await DATA.database.fetch(statement)

    manager.add_raw(run)
    return manager

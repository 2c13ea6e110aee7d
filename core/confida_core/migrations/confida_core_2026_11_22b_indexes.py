"""Indexes over several columns, which the tables cannot declare."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.storage.engine import DATA

ID = "2026-11-22T00:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes over several columns."

STATEMENTS = [
    "CREATE INDEX interaction_participant_timeline ON interaction_participant (contact_id, at, interaction_id, state, kind)",
    "CREATE INDEX interaction_participant_lately ON interaction_participant (state, at)",
    "CREATE INDEX interaction_task ON interaction (state, due_on, id)",
    "CREATE INDEX interaction_task_of ON interaction (assignee_id, state, due_on, id, remind_at, deleted_at)",
    "CREATE INDEX interaction_done ON interaction (state, done_at, id)",
    "CREATE INDEX outbound_message_timeline ON outbound_message (contact_id, at, id, state)",
    "CREATE INDEX outbound_message_state ON outbound_message (state, id)",
    "CREATE INDEX outbound_message_returned ON outbound_message (returned_at) WHERE returned_at IS NOT NULL",
    # Only of what is in the trash: SQLite would otherwise prefer it to the primary key, because nearly all rows match.
    "CREATE INDEX contact_trash ON contact (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX interaction_trash ON interaction (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX contact_change_subject ON contact_change (subject_id, id)",
    "CREATE INDEX read_entry_actor ON read_entry (actor_id, id)",
    "CREATE INDEX import_item_run ON import_item (run_id, contact_id, action)",
    "CREATE INDEX import_problem_run ON import_problem (run_id, row_number)",
    "CREATE INDEX job_due ON job (state, due_at)",
    "CREATE INDEX job_listed ON job (state, id)",
    "CREATE UNIQUE INDEX webhook_delivery_once ON webhook_delivery (endpoint_id, event_id)",
    "CREATE INDEX webhook_delivery_state ON webhook_delivery (state, due_at)",
    "CREATE UNIQUE INDEX webhook_told_once ON webhook_told (endpoint_id, contact_id)",
    "CREATE UNIQUE INDEX inbound_message_once ON inbound_message (hook_id, message_hash)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="confida_core", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await DATA.database.fetch(statement)

    manager.add_raw(run)
    return manager

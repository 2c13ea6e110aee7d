"""Indexes over several columns, which the tables cannot declare."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.api import DATA

ID = "2026-11-22T00:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes over several columns."

WAITING = "state IN ('new', 'open', 'pending', 'on_hold')"
DONE = "state IN ('solved', 'closed')"
STATEMENTS = [
    # The queue page: few of all tickets wait, the most urgent and then the oldest first; what is done by its day.
    "CREATE INDEX service_ticket_waiting ON service_ticket ((4 - priority), touched_at, id, state, queue_id, assignee_id) "
    f"WHERE {WAITING}",
    "CREATE INDEX service_ticket_waiting_in ON service_ticket (queue_id, (4 - priority), touched_at, id) "
    f"WHERE {WAITING}",
    "CREATE INDEX service_ticket_waiting_for ON service_ticket (assignee_id, (4 - priority), touched_at, id) "
    f"WHERE {WAITING}",
    f"CREATE INDEX service_ticket_counted ON service_ticket (queue_id, state, assignee_id) WHERE {WAITING}",
    f"CREATE INDEX service_ticket_done ON service_ticket (touched_at, id) WHERE {DONE}",
    f"CREATE INDEX service_ticket_done_in ON service_ticket (queue_id, touched_at, id) WHERE {DONE}",
    f"CREATE INDEX service_ticket_done_by ON service_ticket (assignee_id, touched_at, id) WHERE {DONE}",
    # One ticket, one contact, one timeline.
    "CREATE INDEX service_ticket_of ON service_ticket (contact_id, touched_at, id)",
    "CREATE INDEX service_message_said ON service_message (ticket_id, at, id)",
    "CREATE INDEX service_message_about ON service_message (contact_id, at, id)",
    "CREATE INDEX service_ticket_event_of ON service_ticket_event (ticket_id, at, id)",
    # One row for each who is there, and one tick for each step, whoever clicks how often.
    "CREATE UNIQUE INDEX service_ticket_watch_once ON service_ticket_watch (ticket_id, account_id)",
    "CREATE UNIQUE INDEX service_ticked_step_once ON service_ticked_step (ticket_id, checklist_id, step)",
    # Articles are found by this index alone; and no version is kept twice.
    "CREATE INDEX service_article_word_in ON service_article_word (word, article_id, weight)",
    "CREATE UNIQUE INDEX service_article_version_once ON service_article_version (article_id, number)",
    # Complaints by what is due first, and figures of a span of time.
    "CREATE INDEX service_complaint_due ON service_complaint (answer_by, id) WHERE closed_on IS NULL",
    "CREATE INDEX service_complaint_closed ON service_complaint (answer_by, id) WHERE closed_on IS NOT NULL",
    "CREATE INDEX service_complaint_received ON service_complaint (received_on)",
    # One reminder for each date, and one link to each piece of equipment, whatever runs or is clicked twice.
    "CREATE UNIQUE INDEX service_reminder_once ON service_reminder (kind, about_id, due_on)",
    "CREATE UNIQUE INDEX service_ticket_equipment_once ON service_ticket_equipment (ticket_id, equipment_id)",
    "CREATE INDEX service_visit_done ON service_visit (contact_id, done_on, id)",
    # Calls: the list, what waits in it, one contact's.
    "CREATE INDEX service_call_begun ON service_call (started_at, id)",
    "CREATE INDEX service_call_waiting ON service_call (started_at, id) "
    "WHERE direction = 'in' AND outcome = 'missed' AND handled_at IS NULL",
    "CREATE INDEX service_call_about ON service_call (contact_id, started_at, id)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="service", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await DATA.database.fetch(statement)

    manager.add_raw(run)
    return manager

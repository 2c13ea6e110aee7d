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
    # The links of a sending, and whose click is kept: each person's once.
    "CREATE INDEX marketing_link_of ON marketing_link (source_id, part, variant)",
    "CREATE UNIQUE INDEX marketing_click_once ON marketing_click (link_id, contact_id)",
    # A journey's versions count up; nobody is in a journey twice at the same time, and each time has a number.
    "CREATE UNIQUE INDEX marketing_journey_plan_once ON marketing_journey_plan (journey_id, number)",
    "CREATE UNIQUE INDEX marketing_journey_entry_once ON marketing_journey_entry (journey_id, contact_id, number)",
    "CREATE UNIQUE INDEX marketing_journey_entry_inside ON marketing_journey_entry (journey_id, contact_id) "
    "WHERE state = 'waiting'",
    "CREATE UNIQUE INDEX marketing_journey_seen_once ON marketing_journey_seen (journey_id, contact_id)",
    # Who is due, how many stand where, and in which journeys a person is; what became of people at each step.
    "CREATE INDEX marketing_journey_entry_due ON marketing_journey_entry (journey_id, state, due_at, id)",
    "CREATE INDEX marketing_journey_entry_of ON marketing_journey_entry (contact_id, entered_at)",
    "CREATE INDEX marketing_journey_past_of ON marketing_journey_past (journey_id, step, what)",
    # What came in lately; who has a place and who is next; what somebody gave, and what a campaign brought.
    "CREATE INDEX marketing_submission_at ON marketing_submission (at, id)",
    "CREATE INDEX marketing_registration_next ON marketing_registration (event_id, state, id)",
    "CREATE INDEX marketing_donation_of ON marketing_donation (contact_id, on_day, id)",
]


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketing", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await DATA.database.fetch(statement)

    manager.add_raw(run)
    return manager

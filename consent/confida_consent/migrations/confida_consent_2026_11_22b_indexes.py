"""Indexes over several columns, which the tables cannot declare."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from confida_core.storage.engine import DATA

ID = "2026-11-22T00:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Indexes over several columns."

STATEMENTS = [
    "CREATE INDEX rights_request_queue ON rights_request (state, due_at, id)",
    "CREATE INDEX rights_step_request ON rights_step (request_id, at, id)",
    # Holds all that the gate asks of an event, so that a recipient list is one walk of the index.
    "CREATE INDEX consent_event_gate ON consent_event "
    "(purpose, channel, subject_id, indicated_at, ledger_index, kind, valid_until, purpose_version, legal_basis, supersedes, id)",
    "CREATE INDEX consent_event_subject ON consent_event (subject_id, ledger_index)",
    "CREATE INDEX consent_event_ends ON consent_event (valid_until) WHERE valid_until IS NOT NULL",
    "CREATE UNIQUE INDEX consent_purpose_version ON consent_purpose (key, number)",
    "CREATE UNIQUE INDEX consent_notice_version ON consent_notice (purpose, language, number)",
]

# A notice is proof of what was shown, so even the program itself cannot change one; a restore only inserts.
REFUSALS = {
    "sqlite": [
        f"CREATE TRIGGER consent_notice_{verb.lower()} BEFORE {verb} ON consent_notice "
        "BEGIN SELECT RAISE(ABORT, 'a notice is never changed'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgres": [
        "CREATE FUNCTION consent_notice_unchanged() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a notice is never changed'; END $$",
        "CREATE TRIGGER consent_notice_unchanged BEFORE UPDATE OR DELETE ON consent_notice "
        "FOR EACH ROW EXECUTE FUNCTION consent_notice_unchanged()",
    ],
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="confida_consent", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS + REFUSALS[DATA.database.engine]:
            await DATA.database.fetch(statement)

    manager.add_raw(run)
    return manager

"""Tables of interactions: what happened, or is planned, between us and contacts."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class Interaction(Table, tablename="interaction", db=DATA):
    """One call, meeting, note, task … about any number of contacts.

    kind: see `content.KINDS`. state: planned, done or cancelled. direction: in, out or "".
    at: when it happened; of a planned one, when it is due, else when it was written down.
    due_on: the day as the planner meant it, `SOME_DAY` where none was given, so that it sorts last on both engines.
    due_at: the instant, where a time was given too. deleted_at: in the trash since.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    kind = Varchar(length=40)
    state = Varchar(length=10)
    direction = Varchar(length=3)
    at = Timestamptz()
    duration_minutes = Integer(null=True, default=None)
    due_on = Date()
    due_at = Timestamptz(null=True, default=None)
    remind_at = Timestamptz(null=True, default=None)
    assignee_id = UUID(null=True, default=None)
    created_by = UUID()
    created_at = Timestamptz()
    edited = Boolean(default=False)
    done_at = Timestamptz(null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)


class InteractionParticipant(Table, tablename="interaction_participant", db=DATA):
    """That a contact took part; at, kind and state repeat the interaction's, so that a timeline page is one index walk.

    state: as the interaction's, or "trash".
    """

    id = UUID(primary_key=True)
    interaction_id = UUID(index=True)
    contact_id = UUID()
    at = Timestamptz()
    kind = Varchar(length=40)
    state = Varchar(length=10)

"""The tables of service. What is said by and about people is sealed; states, times and ids are columns."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Queue(Table, tablename="service_queue", db=DATA):
    """Where tickets wait. assignment: manual, rotation or workload, which says who gets the next one."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    position = Integer()
    assignment = Varchar(length=10)
    archived = Boolean(default=False)


class QueueMember(Table, tablename="service_queue_member", db=DATA):
    """Who works in a queue. skills: keys, by space. last_at: when they were last given a ticket of it."""

    id = UUID(primary_key=True)
    queue_id = UUID(index=True)
    account_id = UUID(index=True)
    skills = Varchar(length=400)
    last_at = Timestamptz(null=True, default=None)


class Ticket(Table, tablename="service_ticket", db=DATA):
    """state: new, open, pending (on the customer), on_hold (on somebody else), solved, closed or merged.

    kind: question, fault, complaint, order or access. priority: 1 (low) to 4 (urgent). channel: where it came from.
    touched_at: when something was last said. first_response_at, solved_at: None as long as they have not happened.
    first_response_due, solution_due: by the service level, None without one. paused_at: since when its clock stands still.
    paused_seconds: how much opening has passed while it stood still.
    """

    id = UUID(primary_key=True)
    number = Integer(unique=True)
    contact_id = UUID(index=True)
    queue_id = UUID(index=True)
    state = Varchar(length=10)
    kind = Varchar(length=12)
    priority = Integer()
    channel = Varchar(length=12)
    assignee_id = UUID(null=True, default=None, index=True)
    opened_at = Timestamptz()
    touched_at = Timestamptz()
    first_response_at = Timestamptz(null=True, default=None)
    solved_at = Timestamptz(null=True, default=None)
    first_response_due = Timestamptz(null=True, default=None)
    solution_due = Timestamptz(null=True, default=None)
    paused_at = Timestamptz(null=True, default=None)
    paused_seconds = Integer(default=0)
    escalated_at = Timestamptz(null=True, default=None)
    merged_into = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class TicketMessage(Table, tablename="service_message", db=DATA):
    """Something that was said. direction: in, out or note (seen by staff alone). outbound_id: of core's message, if it went out.

    mail_hash: of its Message-ID, by which answers find it. raw_file_id: the message as it came. sealed: MessageContent.
    """

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    direction = Varchar(length=4)
    channel = Varchar(length=12)
    at = Timestamptz()
    author_id = UUID(null=True, default=None)
    outbound_id = UUID(null=True, default=None, index=True)
    mail_hash = Bytea(null=True, default=None, index=True)
    raw_file_id = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class TicketEvent(Table, tablename="service_ticket_event", db=DATA):
    """What happened to a ticket: what: opened, state, kind, priority, queue, assignee, merged, split, linked. Values are keys."""

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    at = Timestamptz()
    by_id = UUID()
    what = Varchar(length=12)
    before = Varchar(length=40)
    after = Varchar(length=40)


class TicketLink(Table, tablename="service_ticket_link", db=DATA):
    """Two tickets that belong together, kept with the first one's contact; the other may be gone.

    kind: related, causes or duplicates, read from `ticket_id` to `other_id`.
    """

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    other_id = UUID(index=True)
    kind = Varchar(length=12)


class TicketNumber(Table, tablename="service_ticket_number", db=DATA):
    """One row: the number of the next ticket."""

    id = Integer(primary_key=True)
    next = Integer()

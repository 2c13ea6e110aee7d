"""What makes answering quicker: ready texts, lists to go through, and the time that was spent."""

from __future__ import annotations

from piccolo.columns import UUID, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class CannedAnswer(Table, tablename="service_canned_answer", db=DATA):
    """A text for many answers, with fields such as {name}. It is about nobody."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    text = Text()


class Checklist(Table, tablename="service_checklist", db=DATA):
    """Steps, one in a line, for tickets of a kind; kind "": for all."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    kind = Varchar(length=12)
    steps = Text()


class TickedStep(Table, tablename="service_ticked_step", db=DATA):
    """A step that was done in a ticket. step: a hash of its words, so that a list may be changed meanwhile."""

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    checklist_id = UUID()
    step = Varchar(length=16)
    by_id = UUID()
    at = Timestamptz()


class TimeSpent(Table, tablename="service_time_spent", db=DATA):
    """Minutes that somebody worked on a ticket."""

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    account_id = UUID(index=True)
    minutes = Integer()
    at = Timestamptz()

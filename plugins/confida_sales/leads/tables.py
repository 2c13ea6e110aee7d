"""The table of leads."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Lead(Table, tablename="sales_lead", db=DATA):
    """Somebody who may buy. state: new, working, converted or discarded. sealed: LeadContent, under the key of the contact.

    provisional: the contact was made with the lead, and is known from nothing else until somebody takes it over.
    What converting made, so that it can be taken back: opportunity_id, organisation_id (made, not found), relationship_id,
    moved_from_id (the provisional contact in whose place an existing one was taken).
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    state = Varchar(length=12)
    source = Varchar(length=40)
    owner_id = UUID(null=True, default=None, index=True)
    provisional = Boolean(default=False)
    discard_reason = Varchar(length=40)
    opportunity_id = UUID(null=True, default=None)
    organisation_id = UUID(null=True, default=None)
    relationship_id = UUID(null=True, default=None)
    moved_from_id = UUID(null=True, default=None)
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()

"""The tables of results: links whose clicks are counted, clicks of those who agreed to it, and money that came in."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Bytea, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Link(Table, tablename="marketing_link", db=DATA):
    """One address that mails of one sending lead to. token: random, what stands in the mails. clicks: of all together."""

    id = UUID(primary_key=True)
    source_id = UUID()
    part = Varchar(length=40)
    variant = Varchar(length=1)
    url = Text()
    token = Varchar(length=24, unique=True)
    clicks = Integer(default=0)
    created_at = Timestamptz()


class Click(Table, tablename="marketing_click", db=DATA):
    """That somebody who agreed to be measured opened a link, once for each link. at: the first time. sealed: ClickContent."""

    id = UUID(primary_key=True)
    link_id = UUID()
    contact_id = UUID(index=True)
    at = Timestamptz(index=True)
    version = Integer()
    sealed = Bytea()


class Revenue(Table, tablename="marketing_revenue", db=DATA):
    """Money that came in from a contact. amount: minor units. what: a key, such as of the event. occasion: id of what brought it.

    Which campaigns it belongs to is worked out when somebody looks, so that whoever objects is left out from then on.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    amount = BigInt()
    currency = Varchar(length=3)
    what = Varchar(length=60)
    at = Timestamptz(index=True)
    occasion = UUID(unique=True)

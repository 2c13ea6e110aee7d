"""The tables of the chat box: conversations that are under way, what was said in which, and how the box is set up."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Chat(Table, tablename="service_chat", db=DATA):
    """One conversation; what is said in it stands in its ticket. token_hash: of the token that the visitor's window has.

    seen_at: when that window was last heard. ended_at: the visitor ended it; nothing leads to it any more.
    """

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    token_hash = Bytea(unique=True)
    started_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class ChatLine(Table, tablename="service_chat_line", db=DATA):
    """A message of a ticket that was said in a conversation. id: the message's. Only these are shown to the visitor."""

    id = UUID(primary_key=True)
    chat_id = UUID(index=True)
    contact_id = UUID(index=True)


class ChatBox(Table, tablename="service_chat_box", db=DATA):
    """One row. sites: origins that may show the box, by space. The texts greet visitors, in English and German."""

    id = Integer(primary_key=True)
    version = Integer()
    active = Boolean(default=False)
    queue_id = UUID(null=True, default=None)
    sites = Varchar(length=2_000)
    greeting_en = Varchar(length=400)
    greeting_de = Varchar(length=400)
    notice_en = Varchar(length=800)
    notice_de = Varchar(length=800)

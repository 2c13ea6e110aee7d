"""What the chat declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, TableDeclaration
from confida_service.chat import staff_routes, visitor_routes
from confida_service.chat.chats import forget_chats
from confida_service.chat.tables import Chat, ChatBox, ChatLine

TABLE_MODULES = ("confida_service.chat.tables",)
UNDER_WAY = "Ids and times of a conversation; rows go with their contact."
WORDS_OF_OURS = "What the organisation says to everybody."
TABLES = (
    TableDeclaration(
        table=Chat, subject="contact_id", subject_free=UNDER_WAY, clear={"token_hash": "hash of a random token"}
    ),
    TableDeclaration(table=ChatLine, subject="contact_id", subject_free=UNDER_WAY),
    TableDeclaration(
        table=ChatBox,
        subject_free=WORDS_OF_OURS,
        clear={
            "sites": "addresses of the organisation's own sites", "greeting_en": WORDS_OF_OURS, "greeting_de": WORDS_OF_OURS,
            "notice_en": WORDS_OF_OURS, "notice_de": WORDS_OF_OURS,
        },
    ),
)  # fmt: skip
ROUTES = (*visitor_routes.PUBLIC, *staff_routes.ROUTES)
PORTAL_ROUTES = visitor_routes.PORTAL_ROUTES
JOBS = (
    JobDeclaration(
        key="service.forget_chats",
        run=forget_chats,
        label="Forget conversations that are over",
        every=3_600,
        attempts=1,
    ),
)

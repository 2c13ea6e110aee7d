"""Articles beside an answer that is being written: proposed, and put into it as a link or as text."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Opened, address_of
from confida_service.content import MessageContent
from confida_service.knowledge.articles import public_article
from confida_service.knowledge.pages import ShownArticle, shown_article
from confida_service.knowledge.searching import PUBLISHED, suggest_articles
from confida_service.mail.folding import new_text

MOST = 4


async def suggested_for(
    crm: Installation, access: Access, subject: str, said: Sequence[Opened[MessageContent]]
) -> tuple[ShownArticle, ...]:
    """By the subject and by what they wrote last, without what they quoted. Raises Forbidden."""
    access.actor.require("service.read")
    last = next((one.content.text for one in reversed(said) if one.row["direction"] == "in"), "")
    found = await suggest_articles(crm, PUBLISHED, subject, new_text(last), MOST)
    return tuple(shown_article(row) for row in found)


async def with_article(crm: Installation, access: Access, text: str, chosen: str) -> str:
    """What was typed so far, and an article below it. chosen: "link" or "text", a colon, an id.

    Only what customers may read goes into an answer; for anything else the text stays as it was. Raises Forbidden.
    """
    access.actor.require("service.read")
    how, _, article_id = chosen.partition(":")
    try:
        row = await public_article(crm, UUID(article_id))
    except (ValueError, NotFound):
        return text
    link = f"{row['title']}:\n{address_of(crm)}/my/x/service/help/{row['id']}"
    ready = row["body"] if how == "text" else link
    return f"{text.rstrip()}\n\n{ready}" if text.strip() else ready

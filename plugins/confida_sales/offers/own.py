"""What customers do with their own quotes and orders on the public side. Whatever is not theirs is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InteractionDraft,
    InvalidContent,
    NotFound,
    VersionConflict,
    log_interaction,
    system_access,
)
from confida_sales.content import OFFER
from confida_sales.offers.offers import Offered, today
from confida_sales.offers.quotes import TRIES, accept, decline

LONGEST_QUESTION = 5_000
MOST_SHOWN = 200


async def own_offers(crm: Installation, access: Access, kind: str) -> list[Offered]:
    """Of the person whose access this is, the newest first; drafts are nobody's business yet. One query."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_offer WHERE contact_id = ? AND kind = ? AND state NOT IN ('draft', 'discarded') "
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        access.actor.id, kind, MOST_SHOWN,
    )  # fmt: skip
    found: list[Offered] = await crm.door.open(access, OFFER, rows)
    return found


async def own_offer(crm: Installation, access: Access, offer_id: UUID, kind: str) -> Offered:
    """The gate to one for the person it was made for. Raises NotFound, whatever the reason."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_offer WHERE id = ? AND contact_id = ? AND kind = ? AND state NOT IN ('draft', 'discarded')",
        offer_id, access.actor.id, kind,
    )  # fmt: skip
    opened: Offered | None = await crm.door.open_one(access, OFFER, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def waiting_quotes(crm: Installation, access: Access, person_id: UUID) -> int:
    """How many of their quotes can be accepted today."""
    rows = await crm.data.fetch(
        "SELECT count(*) AS n FROM sales_offer WHERE contact_id = ? AND kind = 'quote' AND state = 'sent' "
        "AND (expires_on IS NULL OR expires_on >= ?)",
        person_id, today(crm),
    )  # fmt: skip
    return int(rows[0]["n"])


async def accept_own(crm: Installation, access: Access, quote_id: UUID, name: str) -> None:
    """Twice is once. A task tells the owner. Raises NotFound, and InvalidContent if it cannot be accepted (any more)."""

    async def answer(opened: Offered) -> None:
        if await accept(crm, opened, name, access.actor.id):
            await tell_owner(crm, opened, f"{title(opened)} was accepted", f"By {name.strip()}, on their own pages.")

    await answered(crm, access, quote_id, answer)


async def decline_own(crm: Installation, access: Access, quote_id: UUID, reason: str) -> None:
    """Twice is once. A task tells the owner. Raises NotFound and InvalidContent."""

    async def answer(opened: Offered) -> None:
        if await decline(crm, opened, reason, access.actor.id):
            await tell_owner(crm, opened, f"{title(opened)} was declined", reason.strip())

    await answered(crm, access, quote_id, answer)


async def answered(
    crm: Installation, access: Access, quote_id: UUID, answer: Callable[[Offered], Awaitable[None]]
) -> None:
    """The answer and the task, together or not at all. Whoever was slower is answered by how the quote stands then."""
    for left in reversed(range(TRIES)):
        opened = await own_offer(crm, access, quote_id, "quote")
        await ready(crm, opened)
        try:
            async with crm.data.transaction():
                await answer(opened)
        except VersionConflict:
            if not left:
                raise
        else:
            return


async def ask_about(crm: Installation, access: Access, offer_id: UUID, kind: str, question: str) -> None:
    """The question becomes a task of whoever looks after the paper. Raises NotFound and InvalidContent."""
    opened = await own_offer(crm, access, offer_id, kind)
    if not 1 <= len(question.strip()) <= LONGEST_QUESTION:
        raise InvalidContent({"question": f"Please write your question, in at most {LONGEST_QUESTION} characters."})
    await ready(crm, opened)
    await tell_owner(crm, opened, f"Question about {title(opened).lower()}", question.strip())


async def ready(crm: Installation, opened: Offered) -> None:
    """Keys are made before a transaction begins."""
    for retention_class in (OFFER.retention_class, "relationship"):
        await crm.keyring.ensure([opened.row["contact_id"]], retention_class)


async def tell_owner(crm: Installation, opened: Offered, subject: str, text: str) -> None:
    """A task of today. The customer may not write interactions, so it is written in the program's name."""
    draft = InteractionDraft(
        kind="task",
        people=(opened.row["contact_id"],),
        subject=subject,
        body=text,
        direction="in",
        planned=True,
        due_on=today(crm),
        assignee_id=opened.row["owner_id"],
    )
    await log_interaction(crm, system_access("portal", "relationship"), draft)


def title(opened: Offered) -> str:
    kind = "Quote" if opened.row["kind"] == "quote" else "Order"
    return f"{kind} {opened.row['number']}"

"""What a quote goes through: drafted, sent, then accepted, declined or replaced by its next revision.

Each step is taken at the version that was read, so of accepting and replacing at the same moment one wins and the other is told.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    UniqueViolation,
    VersionConflict,
    now,
)
from confida_sales.billing.numbering import next_number
from confida_sales.content import OFFER, OPPORTUNITY
from confida_sales.offers.offers import (
    Offered,
    changeable,
    expired,
    set_state,
    store_offer,
    today,
    undecided,
    visible_offer,
)
from confida_sales.opportunities.opportunities import visible_opportunity

COPIED = ("contact_id", "opportunity_id", "owner_id", "currency", "net", "tax", "gross")
LONGEST_NAME = 200
LONGEST_REASON = 2_000
TRIES = 3


async def send_quote(crm: Installation, access: Access, quote_id: UUID, *, seen: int) -> None:
    """From now on it is final, numbered, and can be accepted; the revision before it cannot any more. Mails nothing.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent if the revision before it was accepted meanwhile.
    """
    opened = await changeable(crm, access, quote_id, "quote", ("draft",))
    day = today(crm)
    if opened.row["expires_on"] is not None and opened.row["expires_on"] < day:
        raise InvalidContent({"expires_on": "It would be over already. Please choose a later day."})
    before = await visible_offer(crm, access, opened.row["from_id"]) if opened.row["from_id"] else None
    await crm.keyring.ensure([opened.row["contact_id"]], OFFER.retention_class)
    async with crm.data.transaction():
        await crm.records.hold(OFFER, quote_id, seen)
        if before is not None:
            await replace_before(crm, before)
        number = opened.row["number"] or (await next_number(crm, "quote", day)).text
        await set_state(crm, opened, "sent", number=number, sent_at=now())
    await follow(crm, access, opened)


async def replace_before(crm: Installation, before: Offered) -> None:
    if before.row["state"] == "accepted":
        raise InvalidContent({"": "The revision before this one was accepted meanwhile."})
    if before.row["state"] == "sent":
        await set_state(crm, before, "replaced")


async def follow(crm: Installation, access: Access, quote: Offered) -> None:
    """The opportunity is worth what was offered last, without tax; one that is closed stays as it is."""
    if quote.row["opportunity_id"] is None:
        return
    for _ in range(TRIES):
        try:
            found = await visible_opportunity(crm, access, quote.row["opportunity_id"])
            if found.row["outcome"] != "open":
                return
            columns = {
                "id": found.row["id"], "contact_id": found.row["contact_id"], "value": quote.row["net"],
                "currency": quote.row["currency"],
            }  # fmt: skip
            await crm.records.update(OPPORTUNITY, columns, found.content, seen=found.row["version"])
        except VersionConflict:
            continue
        except NotFound:
            return
        return


async def revise_quote(crm: Installation, access: Access, quote_id: UUID, *, days: int) -> UUID:
    """The draft of its next revision, made or found; returns its id. Of a quote that was accepted or replaced there is none.

    days: until it ends. Raises Forbidden, NotFound and InvalidContent.
    """
    opened = await changeable(crm, access, quote_id, "quote", ("sent", "declined"))
    columns = copied(opened, days, today(crm)) | {
        "number": opened.row["number"], "revision": opened.row["revision"] + 1, "from_id": quote_id,
    }  # fmt: skip
    try:
        return await store_offer(crm, "quote", columns, undecided(opened.content))
    except UniqueViolation:
        return await next_revision(crm, access, opened)


async def next_revision(crm: Installation, access: Access, quote: Offered) -> UUID:
    """The draft that somebody began; one that was thrown away comes back."""
    rows = await crm.data.fetch(
        "SELECT id FROM sales_offer WHERE kind = 'quote' AND number = ? AND revision = ?",
        quote.row["number"], quote.row["revision"] + 1,
    )  # fmt: skip
    found = await visible_offer(crm, access, rows[0]["id"]) if rows else None
    if found is None or found.row["state"] not in {"draft", "discarded"}:
        raise InvalidContent({"": "There is a newer revision of this quote."})
    if found.row["state"] == "discarded":
        await set_state(crm, found, "draft", decided_at=None)
    return UUID(str(found.row["id"]))


async def duplicate_offer(crm: Installation, access: Access, offer_id: UUID, *, days: int) -> UUID:
    """A new draft of a quote that says the same as a quote or an order; returns its id. Raises Forbidden and NotFound."""
    access.actor.require("sales.write")
    opened = await visible_offer(crm, access, offer_id)
    return await store_offer(
        crm, "quote", copied(opened, days, today(crm)) | {"revision": 1}, undecided(opened.content)
    )


def copied(opened: Offered, days: int, day: date) -> dict[str, Any]:
    ends = date.fromordinal(day.toordinal() + days) if days else None
    return {name: opened.row[name] for name in COPIED} | {"expires_on": ends}


async def discard_quote(crm: Installation, access: Access, quote_id: UUID) -> None:
    """Throw a draft away; it can be taken back for a while. Raises Forbidden, NotFound, InvalidContent, VersionConflict."""
    opened = await changeable(crm, access, quote_id, "quote", ("draft",))
    await set_state(crm, opened, "discarded", decided_at=now())


async def restore_quote(crm: Installation, access: Access, quote_id: UUID) -> None:
    """Raises Forbidden, NotFound, InvalidContent and VersionConflict."""
    opened = await changeable(crm, access, quote_id, "quote", ("discarded",))
    await set_state(crm, opened, "draft", decided_at=None)


async def accept_quote(crm: Installation, access: Access, quote_id: UUID, name: str) -> None:
    """A colleague notes that the customer said yes, and who said it. Raises as `accept`, and Forbidden."""
    access.actor.require("sales.write")
    await accept(crm, await visible_offer(crm, access, quote_id, "quote"), name, access.actor.id)


async def accept(crm: Installation, opened: Offered, name: str, by: UUID) -> bool:
    """Exactly this revision, with the name that was typed and the time; False if that was done before.

    Raises InvalidContent if it was declined, replaced or is over, and VersionConflict if that happened just now.
    """
    if opened.row["state"] == "accepted":
        return False
    refuse_unless_open(crm, opened)
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidContent({"accepted_by": "Please type your full name."})
    paper = msgspec.structs.replace(opened.content, accepted_by=name.strip())
    await set_state(crm, opened, "accepted", paper, decided_at=now(), decided_by=by)
    return True


def refuse_unless_open(crm: Installation, opened: Offered) -> None:
    if expired(opened.row, today(crm)):
        raise InvalidContent({"": "This quote is over. Please ask for a new one."})
    if opened.row["state"] != "sent":
        raise InvalidContent({"": "This quote is not open any more. Please look at the newest one."})


async def decline_quote(crm: Installation, access: Access, quote_id: UUID, reason: str) -> None:
    """A colleague notes that the customer said no. Raises as `decline`, and Forbidden."""
    access.actor.require("sales.write")
    await decline(crm, await visible_offer(crm, access, quote_id, "quote"), reason, access.actor.id)


async def decline(crm: Installation, opened: Offered, reason: str, by: UUID) -> bool:
    """reason: may be empty. False if it was declined before. Raises as `accept`; what is over may still be declined."""
    if opened.row["state"] == "declined":
        return False
    if opened.row["state"] != "sent":
        refuse_unless_open(crm, opened)
    if len(reason) > LONGEST_REASON:
        raise InvalidContent({"declined_because": f"At most {LONGEST_REASON} characters, please."})
    paper = msgspec.structs.replace(opened.content, declined_because=reason.strip())
    await set_state(crm, opened, "declined", paper, decided_at=now(), decided_by=by)
    return True


async def order_from_quote(crm: Installation, access: Access, quote_id: UUID) -> UUID:
    """The order of an accepted quote, made or found; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    opened = await changeable(crm, access, quote_id, "quote", ("accepted",))
    columns = {name: opened.row[name] for name in COPIED} | {
        "revision": 1, "from_id": quote_id, "decided_at": opened.row["decided_at"], "decided_by": opened.row["decided_by"],
    }  # fmt: skip
    try:
        return await store_offer(crm, "order", columns, opened.content)
    except UniqueViolation:
        rows = await crm.data.fetch(
            "SELECT id FROM sales_offer WHERE from_id = ? AND kind = 'order' AND state <> 'cancelled'", quote_id
        )
        if not rows:
            raise VersionConflict(None) from None
        return UUID(str(rows[0]["id"]))


async def revisions(crm: Installation, access: Access, quote: Offered) -> list[Offered]:
    """All of its number, the newest first; those thrown away are left out. One query. Raises Forbidden."""
    access.actor.require("sales.read")
    if not quote.row["number"]:
        return [quote]
    rows = await crm.data.fetch(
        "SELECT * FROM sales_offer WHERE kind = 'quote' AND number = ? AND state <> 'discarded' ORDER BY revision DESC",
        quote.row["number"],
    )
    found: list[Offered] = await crm.door.open(access, OFFER, rows)
    return found


async def delete_discarded(crm: Installation, days: int = 30) -> int:
    """Drafts that nobody took back in so many days go for good; returns how many."""
    rows = await crm.data.fetch(
        "SELECT id, contact_id FROM sales_offer WHERE kind = 'quote' AND state = 'discarded' AND decided_at < ? LIMIT 1000",
        now() - timedelta(days=days),
    )
    async with crm.data.transaction():
        for row in rows:
            await crm.records.delete(OFFER, row["id"], [row["contact_id"]])
    return len(rows)

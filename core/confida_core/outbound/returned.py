"""What comes back of mail that was handed over: reports that it was not delivered, and complaints."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.outbound.content import OUTBOUND, MessageState

# Classes and details of RFC 3463 that say something of the address, and nothing of the message or of today.
_NO_SUCH_ADDRESS = re.compile(r"5\.(1\.[0-36]|1\.10|2\.1|4\.4|0\.0)\Z")

# What was noted before a handler looked, and committed after it.
LATE = timedelta(minutes=5)


class Returned(StrEnum):
    """address: it does not exist. message: it was refused for good. later: a server on the way is still trying.

    complaint: whoever got it reported it as unwanted.
    """

    ADDRESS = "address"
    MESSAGE = "message"
    LATER = "later"
    COMPLAINT = "complaint"


def returned_by(status: str, *, permanent: bool) -> Returned:
    """What a report means. status: an enhanced status code such as "5.1.1", "" where the report has none."""
    if not permanent:
        return Returned.LATER
    return Returned.ADDRESS if not status or _NO_SUCH_ADDRESS.match(status) else Returned.MESSAGE


async def note_returned(crm: Installation, message_id: UUID, what: Returned) -> UUID | None:
    """Note what came back of a message that left; its contact, or None where nothing changes.

    Not delivered: it counts as failed, on the timeline too. The events `message.bounced` and `message.complained` tell others,
    once for each message. Opens nothing sealed; joins a running transaction. Only who got the message knows its id, so that
    nobody else can make a report about it up.
    """
    moment, left = now(), (MessageState.SENT.value, MessageState.SENDING.value)
    changes, args = {
        Returned.LATER: (
            "delays = delays + 1, returned = 'later', returned_at = ? WHERE returned IN ('', 'later')",
            (),
        ),
        Returned.COMPLAINT: ("returned = 'complaint', returned_at = ? WHERE returned <> 'complaint'", ()),
    }.get(
        what,
        (
            "returned = ?, state = ?, reason = ?, at = ?, returned_at = ? WHERE returned IN ('', 'later')",
            (what.value, MessageState.FAILED.value, _REASONS.get(what, ""), moment),
        ),
    )
    async with crm.data.transaction():
        rows = await crm.data.fetch(
            f"UPDATE outbound_message SET {changes} AND id = ? AND state IN (?, ?) RETURNING contact_id",
            *args, moment, message_id, *left,
        )  # fmt: skip
        for row in rows:
            crm.feed.append(OUTBOUND.name, message_id, row["contact_id"])
    return rows[0]["contact_id"] if rows else None


async def any_returned_for(crm: Installation, handler: str) -> bool:
    """Whether anything came back since this handler of events last looked (`EventHandler.wanted`).

    So it need not read along while thousands of messages leave.
    """
    looked = await crm.data.fetch("SELECT at FROM event_cursor WHERE handler = ?", handler)
    query = "SELECT id FROM outbound_message WHERE returned_at >= ? LIMIT 1"
    return bool(looked and await crm.data.fetch(query, looked[0]["at"] - LATE))


_REASONS = {Returned.ADDRESS: "address_gone", Returned.MESSAGE: "bounced"}

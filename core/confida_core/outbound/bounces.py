"""What a mail relay reports later: a message that it took, and that came back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.inbound.declarations import InboundRefused, InboundWebhook
from confida_core.installation import Installation
from confida_core.outbound.content import OUTBOUND, MessageState
from confida_core.vault.access import Access

BOUNCED = frozenset({"message.bounced", "email.bounced"})


class BouncedMessage(msgspec.Struct):
    """message_id: the Message-ID of the e-mail, with or without angle brackets."""

    message_id: str


class BounceReport(msgspec.Struct):
    """type: what happened. data: needed for what came back; other reports may say anything."""

    type: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


async def receive_bounce(crm: Installation, _: Access, body: bytes, __: Mapping[str, str]) -> None:
    """Note that a message came back, so that staff see it and nobody counts it as received. Opens nothing sealed.

    Other reports of a relay are taken and passed over. Raises InboundRefused for what is no report.
    """
    try:
        report = msgspec.json.decode(body, type=BounceReport)
        if report.type not in BOUNCED:
            return
        message_id = msgspec.json.decode(report.data, type=BouncedMessage).message_id
        row_id = UUID(message_id.strip().strip("<>").partition("@")[0])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise InboundRefused from None
    async with crm.data.transaction():
        bounced = await crm.data.fetch(
            "UPDATE outbound_message SET state = ?, reason = 'bounced', at = ? WHERE id = ? AND state = ? RETURNING contact_id",
            MessageState.FAILED.value, now(), row_id, MessageState.SENT.value,
        )  # fmt: skip
        for row in bounced:
            crm.feed.append(OUTBOUND.name, row_id, row["contact_id"])


BOUNCES = InboundWebhook(
    key="core.bounces",
    label="Mail that came back",
    summary="Your mail relay reports which messages it could not deliver, by their Message-ID.",
    receive=receive_bounce,
    purpose="operation",
)

"""What a mail relay reports later: a message that it took and that came back, or that somebody complained about."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from confida_core.inbound.declarations import InboundRefused, InboundWebhook
from confida_core.installation import Installation
from confida_core.outbound.returned import Returned, note_returned, returned_by
from confida_core.vault.access import Access

BOUNCED = frozenset({"message.bounced", "email.bounced"})
COMPLAINED = frozenset({"message.complained", "email.complained"})


class ReturnedMessage(msgspec.Struct):
    """message_id: the Message-ID of the e-mail, with or without angle brackets. status: such as "5.1.1". permanent: it will
    not be tried again."""

    message_id: str
    status: str = ""
    permanent: bool = True


class BounceReport(msgspec.Struct):
    """type: what happened. data: needed for what came back; other reports may say anything."""

    type: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


async def receive_bounce(crm: Installation, _: Access, body: bytes, __: Mapping[str, str]) -> None:
    """Note that a message came back, or that somebody complained about it. Opens nothing sealed.

    Other reports of a relay are taken and passed over. Raises InboundRefused for what is no report.
    """
    try:
        report = msgspec.json.decode(body, type=BounceReport)
        if report.type not in BOUNCED | COMPLAINED:
            return
        told = msgspec.json.decode(report.data, type=ReturnedMessage)
        row_id = UUID(told.message_id.strip().strip("<>").partition("@")[0])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise InboundRefused from None
    complained = report.type in COMPLAINED
    await note_returned(
        crm, row_id, Returned.COMPLAINT if complained else returned_by(told.status, permanent=told.permanent)
    )


BOUNCES = InboundWebhook(
    key="core.bounces",
    label="Mail that came back",
    summary="Your mail relay reports which messages it could not deliver, and who complained, by their Message-ID.",
    receive=receive_bounce,
    purpose="operation",
)

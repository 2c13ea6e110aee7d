"""What comes back of mail decides who is written to: an address that does not exist, and somebody who complained."""

from __future__ import annotations

from collections.abc import Sequence

from confida_consent.content import Evidence
from confida_consent.purposes import all_purposes
from confida_consent.signing_up.confirming import Ending, end
from confida_consent.vocabulary import Category, Channel, Method
from confida_core.accounts.audit import record_event as note
from confida_core.events.declarations import Event, EventHandler
from confida_core.installation import Installation
from confida_core.outbound.content import OUTBOUND, OutboundContent
from confida_core.outbound.returned import Returned, any_returned_for
from confida_core.vault.access import NotFound, system_access
from confida_core.vault.door import Opened
from confida_core.vault.suppressions import MARKETING, suppress, suppressions_of

KINDS = ("message.bounced", "message.complained")
HANDLER = "consent.returned_mail"
INSIDE = system_access("consent.returned_mail", "consent")
FEEDBACK = "feedback loop of a mailbox provider"


async def heed(crm: Installation, events: Sequence[Event]) -> None:
    """Marketing stops: to an address that is gone, and for a person who complained. Can be repeated."""
    rows = await crm.records.rows(OUTBOUND, list(dict.fromkeys(event.record_id for event in events)))
    mails = [row for row in rows if row["channel"] == Channel.EMAIL]
    for opened in await crm.door.open(INSIDE, OUTBOUND, mails):
        if opened.row["returned"] == Returned.COMPLAINT:
            await stop_marketing(crm, opened)
        elif opened.row["returned"] == Returned.ADDRESS:
            await close_address(crm, opened)


async def close_address(crm: Installation, opened: Opened[OutboundContent]) -> None:
    """No marketing goes there any more, whoever has the address. What is owed, such as an answer, may still be tried."""
    address = opened.content.to
    if not address or any(one.purpose == MARKETING for one in await suppressions_of(crm, Channel.EMAIL, address)):
        return
    order_id = await suppress(crm, Channel.EMAIL, address, MARKETING)
    await note(crm, "suppression.added", target_id=order_id, target_kind="bounced")


async def stop_marketing(crm: Installation, opened: Opened[OutboundContent]) -> None:
    """The purpose of the message, if it was marketing, and all other marketing by e-mail: as unsubscribing from all does."""
    row = opened.row
    known = (await all_purposes(crm)).get(row["purpose"])
    marketing = known is not None and known.declared.category == Category.MARKETING
    evidence = Evidence(source=FEEDBACK, detail=f"message {row['id']}")
    for purpose in ([row["purpose"]] if marketing else []) + [""]:
        ending = Ending(
            subject_id=row["contact_id"],
            channel=Channel.EMAIL,
            method=Method.SYSTEM,
            evidence=evidence,
            purpose=purpose,
        )
        try:
            await end(crm, INSIDE, ending)
        except NotFound:
            # Erased meanwhile: there is nobody left to write to.
            return


async def any_waits(crm: Installation) -> bool:
    return await any_returned_for(crm, HANDLER)


RETURNED_MAIL = EventHandler(
    key=HANDLER, label="Stop marketing to whom mail comes back from", kinds=KINDS, run=heed, wanted=any_waits
)

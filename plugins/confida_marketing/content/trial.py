"""A look at an e-mail in a real mail program, before anybody else gets it: sent to one contact, or taken as a file."""

from __future__ import annotations

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from uuid import UUID

from confida_consent.api import Controller
from confida_core.api import Access, Installation, NotFound, OutboundMessage, SendResult, send
from confida_marketing.content.email_content import EmailContent
from confida_marketing.content.preparing import prepare
from confida_marketing.content.recipients import recipients_of, sample_recipient
from confida_marketing.content.rendering import render
from confida_marketing.segments.segments import purposes_offered


async def send_trial(
    crm: Installation, access: Access, content: EmailContent, *, variant: str, contact_id: UUID, purpose: str
) -> SendResult:
    """To one contact, by the same door as everything else: the gates decide. Raises BrokenEmail, Forbidden, NotFound.

    purpose: one for which people can be advertised to, or NotFound: an answer or an invoice needs no agreement, this does.
    """
    if purpose not in await purposes_offered(crm):
        raise NotFound
    prepared = await prepare(crm, content, variant)
    recipient = (await recipients_of(crm, access, [contact_id], purpose=purpose)).get(contact_id)
    if recipient is None:
        raise NotFound
    shown = render(prepared, recipient)
    message = OutboundMessage(
        contact_id=contact_id,
        purpose=purpose,
        subject=f"Test: {shown.subject}"[:250].strip(),
        text=shown.text,
        html=shown.html,
        headers=prepared.headers,
    )
    return await send(crm, access, message)


async def trial_file(
    crm: Installation, content: EmailContent, variant: str, sender: Controller, to: tuple[str, str]
) -> bytes:
    """As a mail to a colleague that every mail program opens, without anything being sent: nobody's data are in it but theirs.

    to: their name and address. Raises BrokenEmail.
    """
    prepared = await prepare(crm, content, variant)
    name, address = to
    fields = {"name": name, "first_name": name.partition(" ")[0]}
    shown = render(prepared, sample_recipient(crm, content.language, fields))
    message = EmailMessage(policy=policy.SMTPUTF8)
    message["From"] = Address(display_name=sender.name, addr_spec=sender.email) if sender.email else sender.name
    message["To"] = Address(display_name=name, addr_spec=address)
    message["Subject"] = shown.subject
    # Mail programs open it to be looked at, not to be sent on.
    message["X-Unsent"] = "0"
    message.set_content(shown.text, charset="utf-8")
    message.add_alternative(shown.html, subtype="html", charset="utf-8")
    return message.as_bytes()

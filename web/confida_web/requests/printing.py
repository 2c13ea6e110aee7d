"""Letters on paper: with sender and address, ready to be printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.controller import Controller, read_controller
from confida_consent.rights.letters import OpenedLetter, letter_of
from confida_consent.rights.letters_texts import language_of
from confida_consent.rights.requests import OpenedRequest, request_of
from confida_core.contacts.channels import country_name
from confida_core.contacts.content import ContactContent, PostalAddress
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_web.page import page
from confida_web.requests.listing import HERE
from confida_web.requests.pages import LetterPage
from confida_web.security.access import access_for


@get("/requests/{request_id:uuid}/letters/{letter_id:uuid}", permission="requests.read")
async def letter(
    request: Request[Any, Any, Any], request_id: FromPath[UUID], letter_id: FromPath[UUID]
) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    one = await request_of(crm, access, request_id)
    return page(request, await printed(request, one, await letter_of(crm, access, request_id, letter_id)))


async def printed(
    request: Request[Any, Any, Any], one: OpenedRequest, written: OpenedLetter, *, once: bool = False
) -> LetterPage:
    """once: it holds a code and is not shown a second time."""
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    controller = await read_controller(crm)
    outgoing = written.direction == "out"
    return LetterPage(
        reference=one.reference,
        back=f"{HERE}/{one.id}",
        subject=written.subject,
        text=written.text,
        at=written.at,
        sender=sender_of(controller) if outgoing else (),
        address=await address_of(crm, access, one.contact_id, controller.country)
        if outgoing
        else (written.other_side,),
        place=controller.locality if outgoing else "",
        language=language_of(one.row["language"]),
        once=once,
    )


def sender_of(controller: Controller) -> tuple[str, ...]:
    return controller.name, *controller.address_lines


async def address_of(crm: Installation, access: Access, contact_id: UUID | None, home: str) -> tuple[str, ...]:
    """Name and first postal address on file, with its country unless it is our own; nothing of what the request says."""
    rows = await crm.records.rows(CONTACT, [contact_id]) if contact_id else []
    opened = await crm.door.open(access, CONTACT, rows)
    if not opened:
        return ()
    content: ContactContent = opened[0].content
    first = next(iter(content.addresses), None)
    return content.display_name, *(lines_of(first, home) if first else ())


def lines_of(address: PostalAddress, home: str) -> tuple[str, ...]:
    place = " ".join(filter(None, (address.postal_code, address.locality)))
    country = country_name(address.country).upper() if address.country and address.country != home else ""
    box = address.post_office_box
    return tuple(line for line in (box, *address.street.split("\n"), place, address.region, country) if line)


ROUTES = (letter,)

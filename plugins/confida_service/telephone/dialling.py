"""Calls somebody: the exchange rings the colleague's own telephone first, and then the number."""

from __future__ import annotations

from uuid import UUID

from confida_consent.api import Answer, may
from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    plugin_settings,
    visible_contact,
)
from confida_service.settings import ServiceSettings
from confida_service.telephone.ami_connection import ExchangeProblem, connected, login_of
from confida_service.telephone.hearing import plain_number
from confida_service.telephone.phones import phone_of

# A call about somebody's own ticket answers what they asked; it is no advertising, and needs no consent to that.
PURPOSE = "service.answers"
PROBLEMS = {
    "unreachable": "The telephone exchange does not answer.",
    "refused": "The telephone exchange does not let us in.",
    "silent": "The telephone exchange does not answer.",
    "broken": "The telephone exchange broke off.",
    "declined": "The telephone exchange would not dial.",
}


async def may_call(crm: Installation, contact_id: UUID) -> Answer:
    """Whether this contact may be called about what they asked us; never for advertising."""
    return await may(crm, contact_id, PURPOSE, "phone")


async def dial(crm: Installation, access: Access, contact_id: UUID, place: int) -> None:
    """Call the contact's number at this place of their numbers, from one's own extension.

    Raises Forbidden, NotFound, and InvalidContent with a sentence where it cannot be, or may not be.
    """
    access.actor.require("service.write")
    contact = await visible_contact(crm, access, contact_id)
    answer = await may_call(crm, contact_id)
    if not answer.allowed:
        raise InvalidContent({"": answer.sentence})
    phones = contact.content.phones
    number = plain_number(phones[place].number, crm.settings.region) if 0 <= place < len(phones) else ""
    settings = await plugin_settings(crm, ServiceSettings)
    own = (await phone_of(crm, access.actor.id)).extensions
    login = login_of(settings)
    if not number or not own or login is None:
        raise InvalidContent({"": "Please say first on which extension you are called."})
    try:
        async with connected(login) as connection:
            answered = await connection.ask(
                "Originate", Channel=settings.pbx_channel.replace("{extension}", own[0]), Context=settings.pbx_context,
                Exten=number.partition(";")[0], Priority="1", Timeout="30000", Async="true",
            )  # fmt: skip
        if answered["response"].lower() != "success":
            raise ExchangeProblem("declined")
    except ExchangeProblem as problem:
        raise InvalidContent({"": PROBLEMS[problem.code]}) from None

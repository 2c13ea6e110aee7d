"""What forms of equipment and contracts say, and for whom."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.api import InvalidContent, NotFound, likely_contacts, visible_contact
from confida_service.equipment.pages import ForWhom
from confida_service.tickets.choices import PURPOSE
from confida_web.api import FormData, Option, PersonRef, access_for

NOBODY_CHOSEN = "Please find the person or organisation, and choose it."
LONGEST_FIND = 200


async def for_whom(request: Request[Any, Any, Any], contact_id: UUID | None, find: str = "") -> ForWhom:
    """find: what was looked for, as long as nobody is chosen."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        if contact_id is not None:
            found = await visible_contact(crm, access, contact_id)
            contact = PersonRef(name=found.content.display_name, href=f"/contacts/{contact_id}")
            return ForWhom(contact=contact, contact_id=str(contact_id))
    except NotFound:
        pass
    people = await likely_contacts(crm, access, find.strip()[:LONGEST_FIND]) if find.strip() else ()
    options = tuple(Option(value=str(one.row["id"]), label=one.content.display_name) for one in people)
    return ForWhom(people=options, find=find)


def chosen(whom: ForWhom) -> UUID:
    """Raises InvalidContent as long as nobody is."""
    if not whom.contact_id:
        raise InvalidContent({"find": NOBODY_CHOSEN})
    return UUID(whom.contact_id)


class Typed:
    """Reads days and numbers of a form, and gathers what is wrong with them."""

    def __init__(self, form: FormData) -> None:
        self.form, self.errors = form, dict[str, str]()

    def day(self, name: str) -> date | None:
        """None for nothing, and for what is no day."""
        text = self.form.get(name).strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.errors[name] = "Please write a day like 2026-12-24."
            return None

    def months(self, name: str) -> int:
        """0 for nothing."""
        text = self.form.get(name).strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
            self.errors[name] = "Please write a number of months, such as 12, or nothing."
            return 0
        return int(text or "0")

    def check(self) -> None:
        """Raises InvalidContent if anything was wrong."""
        if self.errors:
            raise InvalidContent(self.errors)


def shown_day(day: date | None) -> str:
    return day.isoformat() if day else ""

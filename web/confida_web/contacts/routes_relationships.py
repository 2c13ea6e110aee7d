"""Relationships, added and ended from the page of a contact."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_core.contacts.lists import list_contacts
from confida_core.contacts.relationships import add_relationship, end_relationship, remove_relationship
from confida_core.contacts.validation import InvalidContent
from confida_core.index.fold import fold
from confida_core.index.query import IndexQuery
from confida_core.vault.access import Access
from confida_web.contacts.contact_page import contact_page
from confida_web.contacts.head import open_contact
from confida_web.formatting import formatter
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import is_fragment_request, page
from confida_web.redirect import redirect
from confida_web.security.access import access_for


@post("/contacts/{contact_id:uuid}/relationships", permission="contacts.write", status_code=200)
async def add(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    access, contact = await open_contact(request, contact_id)
    errors: dict[str, str] = {}
    try:
        await add_posted(request, access, contact_id, form)
    except InvalidContent as error:
        errors = error.errors
    if not errors and not is_fragment_request(request.headers):
        return redirect(request, f"/contacts/{contact_id}", Toast(message="The relationship is saved."))
    shown = await contact_page(request, access, contact, relationship_errors=errors)
    return page(request, shown, block="relationships", status=422 if errors else 200)


async def add_posted(request: Request[Any, Any, Any], access: Access, contact_id: UUID, form: FormData) -> None:
    """Raises InvalidContent by field of the form."""
    other = await named_contact(request, access, form.get("other"))
    key = form.get("type")
    ends = (other, contact_id) if key.startswith("-") else (contact_id, other)
    await add_relationship(
        request.state.crm,
        access,
        key.removeprefix("-"),
        *ends,
        role=form.get("role"),
        started_on=day_of(form, "since"),
        ended_on=day_of(form, "until"),
    )


async def named_contact(request: Request[Any, Any, Any], access: Access, text: str) -> UUID:
    """The one contact that this name means. Raises InvalidContent if there is none, or several."""
    try:
        return UUID(text.strip())
    except ValueError:
        pass
    query = IndexQuery(text=text.strip()[:200], limit=20)
    found = (await list_contacts(request.state.crm, access, query)).contacts if text.strip() else ()
    exact = [one for one in found if fold(one.content.display_name) == fold(text)]
    fitting = exact or list(found)
    if len(fitting) == 1:
        return UUID(str(fitting[0].row["id"]))
    if not fitting:
        raise InvalidContent({"other": "Nobody of this name is among the contacts."})
    raise InvalidContent({"other": "Several contacts fit: write more of the name, or the mail address."})


def day_of(form: FormData, name: str) -> date | None:
    """Raises InvalidContent."""
    text = form.get(name).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidContent({name: "This is no date."}) from None


@post("/contacts/{contact_id:uuid}/relationships/{relationship_id:uuid}/end", permission="contacts.write")
async def end(
    request: Request[Any, Any, Any], contact_id: FromPath[UUID], relationship_id: FromPath[UUID]
) -> Response[Any]:
    frame = request.state.frame
    today = formatter(frame.lang, frame.time_zone).today()
    try:
        await end_relationship(request.state.crm, access_for(request, "relationship"), relationship_id, today)
    except InvalidContent as error:
        message = next(iter(error.errors.values()))
        return redirect(request, f"/contacts/{contact_id}", Toast(message=message, tone="problem"))
    return redirect(request, f"/contacts/{contact_id}", Toast(message="The relationship ended today."))


@post("/contacts/{contact_id:uuid}/relationships/{relationship_id:uuid}/delete", permission="contacts.write")
async def remove(
    request: Request[Any, Any, Any], contact_id: FromPath[UUID], relationship_id: FromPath[UUID]
) -> Response[Any]:
    await remove_relationship(request.state.crm, access_for(request, "relationship"), relationship_id)
    return redirect(request, f"/contacts/{contact_id}", Toast(message="The relationship is removed."))


ROUTES = (add, end, remove)

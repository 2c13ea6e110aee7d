"""My day: what is due, whose birthday it is, whom we were in touch with lately."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_core.contacts.content import ContactContent
from confida_core.interactions.my_day import MyDay, read_my_day
from confida_core.vault.access import Access
from confida_core.vault.door import Opened
from confida_web.dashboard.pages import BirthdayRow, MyDayPage, TouchedRow
from confida_web.declarations import NavDeclaration
from confida_web.display import Panel, PersonRef
from confida_web.formatting import Formatter, formatter_of
from confida_web.interactions.entries import KINDS
from confida_web.interactions.words import said_of, task_rows
from confida_web.isolation import filled
from confida_web.page import page
from confida_web.security.access import access_for


@get("/", permission="contacts.read")
async def my_day(request: Request[Any, Any, Any]) -> Response[Any]:
    access, f = access_for(request, "relationship"), formatter_of(request)
    found = await read_my_day(request.state.crm, access, f.today())
    return page(request, my_day_page(found, access, f, await panels_of(request, access)))


def my_day_page(found: MyDay, access: Access, f: Formatter, panels: tuple[Panel, ...]) -> MyDayPage:
    may_edit = access.actor.may("interactions.write")
    overdue = tuple(task for task in found.due if task.overdue(f.today()))
    return MyDayPage(
        today=f.today(),
        overdue=task_rows(overdue, f, may_edit=may_edit),
        due_today=task_rows([task for task in found.due if task not in overdue], f, may_edit=may_edit),
        upcoming=task_rows(found.upcoming, f, may_edit=may_edit),
        birthdays=tuple(
            BirthdayRow(contact=person_ref(one.contact), on=one.on, turns=one.turns) for one in found.birthdays
        ),
        touched=tuple(
            TouchedRow(
                contact=person_ref(one.contact),
                at=one.at,
                what=said_of(one.kind),
                icon=KINDS.get(one.kind, ("", "info"))[1],
            )
            for one in found.touched
        ),
        panels=panels,
        is_new=found.is_new,
        may_create=access.actor.may("contacts.write"),
        may_import=access.actor.may("exchange.import"),
    )


def person_ref(opened: Opened[ContactContent]) -> PersonRef:
    content = opened.content
    return PersonRef(
        name=content.display_name,
        href=f"/contacts/{opened.row['id']}",
        kind=opened.row["kind"],
        picture_url=f"/files/{content.picture}/picture" if content.picture else "",
    )


async def panels_of(request: Request[Any, Any, Any], access: Access) -> tuple[Panel, ...]:
    """What plugins add; one that fails is replaced by a notice."""
    crm = request.state.crm
    found = await filled(request, access, "dashboard_widgets", lambda widget, own: widget.data(crm, own))
    return tuple(panel for panel, _ in found)


ROUTES = (my_day,)

NAV_ITEMS = (NavDeclaration(key="my_day", label="My day", icon="sun", href="/", permission="contacts.read", order=10),)

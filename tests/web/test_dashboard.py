"""My day: what is due, birthdays, and whom we were in touch with lately."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.content import Birthday, ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.interactions.my_day import age_at, next_birthday
from confida_core.vault.access import Access
from confida_web.declarations import DashboardWidget
from tests.web.test_interactions import WRITER, make_contact, write_down

pytestmark = pytest.mark.anyio


def section(html: str, title: str) -> str:
    """The part of the page under a heading."""
    return html.partition(title)[2].partition("</section>")[0]


async def born(crm: Any, name: str, day: date, year: int | None) -> None:
    content = ContactContent(display_name=name, birthday=Birthday(month=day.month, day=day.day, year=year))
    access = Access(actor=WRITER, purpose="relationship", where="test")
    await create_contact(crm, access, ContactKind.PERSON, content)


async def test_first_day_shows_the_first_steps(client: Any) -> None:
    page = await client.get("/")
    assert (page.status_code, "/contacts/new?kind=person" in page.text) == (200, True)


async def test_day_shows_tasks_where_they_belong(crm: Any, client: Any) -> None:
    ada, today = await make_contact(crm), now().date()
    for subject, distance in (("Late one", -1), ("Due one", 0), ("Soon one", 3), ("Far one", 30)):
        day = (today + timedelta(days=distance)).isoformat()
        await write_down(client, ada, kind="task", subject=subject, due_on=day)
    page = (await client.get("/")).text
    assert "Late one" in section(page, "Overdue")
    assert "Due one" in section(page, "<h2>Today")
    assert "Soon one" in section(page, "Coming up")
    assert "Far one" not in page


async def test_tasks_of_others_are_not_mine(crm: Any, client: Any, as_role: Any) -> None:
    await write_down(client, await make_contact(crm), kind="task", due_on=now().date().isoformat())
    mats = await as_role("staff")
    assert "About the engine" not in (await mats.get("/")).text
    assert "About the engine" in (await mats.get("/tasks?tab=all")).text


async def test_what_is_due_is_counted_in_the_frame(crm: Any, client: Any) -> None:
    await write_down(client, await make_contact(crm), kind="task", due_on=now().date().isoformat())
    page = (await client.get("/tasks")).text
    assert '<span class="words">Due</span><span class="count">1</span>' in page


async def test_contact_of_the_latest_call_stands_first(crm: Any, client: Any) -> None:
    ada, mats = await make_contact(crm), await make_contact(crm, "Mats")
    await make_contact(crm, "Never called")
    await write_down(client, mats, kind="letter", at=(now() - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    await write_down(client, ada)
    lately = section((await client.get("/")).text, "Lately")
    assert 0 < lately.find("Ada Lovelace") < lately.find("Mats")
    assert ("Letter" in lately, "Never called" in lately) == (True, False)


async def test_birthdays_of_the_next_fortnight_are_shown_nearest_first(crm: Any, client: Any) -> None:
    today = now().date()
    await born(crm, "Turning forty", today + timedelta(days=5), (today + timedelta(days=5)).year - 40)
    await born(crm, "Today without year", today, None)
    await born(crm, "In a month", today + timedelta(days=30), 1990)
    shown = section((await client.get("/")).text, "Birthdays")
    assert 0 < shown.find("Today without year") < shown.find("Turning forty")
    assert ("turns 40" in shown, "In a month" in shown) == (True, False)


async def test_restricted_contact_is_nowhere_on_the_day(crm: Any, client: Any) -> None:
    ada = await make_contact(crm)
    await write_down(client, ada)
    await write_down(client, ada, kind="task", due_on=now().date().isoformat())
    assert "Ada Lovelace" in (await client.get("/")).text
    await crm.orders.give("restriction", ada)
    page = (await client.get("/")).text
    assert ("Ada Lovelace" in page, "About the engine" in page) == (False, False)


async def test_widget_that_raises_is_replaced_by_a_notice(crm: Any) -> None:
    from confida_web.app import create_app
    from tests.web.client import signed_in_browser
    from tests.web.plugged import with_plugin

    async def broken(*_: Any) -> dict[str, Any]:
        raise RuntimeError("Ada Lovelace")

    widget = DashboardWidget(key="x.box", title="Box of X", template="x.html", permission="contacts.read", data=broken)

    other = with_plugin(crm, dashboard_widgets=[widget])
    await make_contact(crm)
    async with await signed_in_browser(create_app(other), crm, "Olga", "owner") as browser:
        page = await browser.get("/")
    assert (page.status_code, "Box of X" in page.text, "Ada" in section(page.text, "Box of X")) == (200, True, False)
    assert "This part of “Sales” could not be loaded. The rest of the page is complete." in page.text


@pytest.mark.parametrize(
    ("birthday", "today", "following", "age"),
    [
        (Birthday(month=2, day=29, year=2000), date(2026, 2, 27), date(2026, 2, 28), 26),
        (Birthday(month=2, day=29, year=2000), date(2028, 2, 28), date(2028, 2, 29), 28),
        (Birthday(month=1, day=3, year=None), date(2026, 12, 30), date(2027, 1, 3), None),
        (Birthday(month=3, day=10, year=1990), date(2026, 3, 10), date(2026, 3, 10), 36),
        (Birthday(month=3, day=9, year=1990), date(2026, 3, 10), date(2027, 3, 9), 37),
    ],
)
def test_next_birthday_and_age(birthday: Birthday, today: date, following: date, age: int | None) -> None:
    assert next_birthday(birthday, today) == following
    assert age_at(birthday, following) == age

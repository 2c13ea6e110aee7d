"""The side navigation: places of a plugin stand together under their heading."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_web.declarations import NavDeclaration
from confida_web.frame import NavItem
from confida_web.page import build_environment, render
from confida_web.security.visit import nav_of
from tests.web.plugged import with_plugin
from tests.web.samples import contacts_page, frame

pytestmark = pytest.mark.anyio


def place(key: str, group: str = "", **more: Any) -> NavItem:
    return NavItem(key=key, label=key.title(), icon="users", href=f"/{key}", group=group, **more)


PLACES = (
    *map(place, ("day", "contacts")),
    place("board", "Sales", badge=4),
    *map(place, ("tasks", "imports", "export")),
    place("invoices", "Sales", current=True),
    place("tickets", "Service"),
)


def test_group_stands_where_its_first_place_does() -> None:
    found = frame(nav_items=PLACES)
    assert [(group, [item.key for item in items]) for group, items in found.places_by_group] == [
        ("", ["day", "contacts"]),
        ("Sales", ["board", "invoices"]),
        ("", ["tasks", "imports", "export"]),
        ("Service", ["tickets"]),
    ]
    assert [item.key for item in found.first_places] == ["day", "contacts", "tasks", "imports"]
    assert frame(nav_items=()).places_by_group == ()


def test_every_place_stands_at_the_side_and_on_a_phone_too() -> None:
    html = render(build_environment(), contacts_page(1), frame(nav_items=PLACES))
    side = html.partition('<ul class="places">')[2].partition('<form class="slim-form"')[0]
    wide, phone = side.split('<li class="more-places">')
    assert re.findall(r"<summary>(.*?)</summary>", wide) == ["Sales", "Service"]
    assert re.findall(r'<a href="/(\w+)"', wide) == [
        "day", "contacts", "board", "invoices", "tasks", "imports", "export", "tickets",
    ]  # fmt: skip
    assert re.findall(r'<a href="/(\w+)"', phone) == ["board", "invoices", "export", "tickets"]
    assert re.findall(r'<details class="place-group"( open)?><summary>', phone) == [" open", ""]


async def test_group_is_taken_from_the_declaration(crm: Any, access: Any) -> None:
    declared = NavDeclaration(
        key="sales.board",
        label="Board",
        icon="columns",
        href="/x/sales/board",
        permission="contacts.read",
        group="Sales",
    )
    found = nav_of(with_plugin(crm, nav_items=[declared]), access.actor, "/x/sales/board/1")
    assert [(item.key, item.group, item.current) for item in found if item.group] == [("sales.board", "Sales", True)]

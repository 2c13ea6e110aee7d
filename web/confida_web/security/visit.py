"""Who is behind a request, and the frame of the page they will see."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from confida_core.accounts.sessions import SignedIn, find_session
from confida_core.installation import Installation
from confida_core.registry import Registry
from confida_core.vault.access import SYSTEM_ID, Access, Actor
from confida_web.declarations import NavDeclaration
from confida_web.frame import Frame, NavItem
from confida_web.isolation import counted, wanted_scripts
from confida_web.languages import direction_of
from confida_web.security.cookies import SESSION, TOAST, read_cookie, read_toast

NOBODY = Actor(id=SYSTEM_ID, kind="subject")
RECOVERY_REMINDER = "The recovery key has not been written down yet. Without it, a lost key file means lost data."


async def recognise(crm: Installation, scope: MutableMapping[str, Any]) -> None:
    """Put `visitor` (None for strangers), `actor` and `frame` into the request's state. One query at most."""
    state = scope["state"]
    secret = read_cookie(scope["headers"], SESSION)
    visitor = await find_session(crm, secret) if secret else None
    state["visitor"] = visitor
    state["actor"] = visitor.actor if visitor else NOBODY
    state["frame"] = frame_of(crm, visitor, scope)


def frame_of(crm: Installation, visitor: SignedIn | None, scope: Mapping[str, Any]) -> Frame:
    settings = crm.settings
    if visitor is None:
        return Frame(lang=settings.language, time_zone=settings.time_zone, instance_name=settings.name)
    account = visitor.account
    language = account.language or settings.language
    manages = visitor.actor.may("system.manage") and not visitor.recovery_key_confirmed
    return Frame(
        account_name=account.display_name,
        permissions=visitor.actor.permissions,
        nav_items=nav_of(crm, visitor.actor, scope["path"]),
        quick_add=nav_of(crm, visitor.actor, scope["path"], quick_add=True),
        csrf_token=visitor.csrf_token,
        theme=account.theme,
        density=account.density,
        lang=language,
        dir=direction_of(language),
        time_zone=account.time_zone or settings.time_zone,
        toast=read_toast(read_cookie(scope["headers"], TOAST), visitor.csrf_token),
        instance_name=visitor.organisation_name or settings.name,
        reminder=RECOVERY_REMINDER if manages else "",
        reminder_href="/account/recovery-key" if manages else "",
        slim_nav=account.slim_nav,
        single_key=account.single_key,
    )


def nav_of(crm: Installation, actor: Actor, path: str, *, quick_add: bool = False) -> tuple[NavItem, ...]:
    """The places this actor may go to, in order."""
    return tuple(
        NavItem(
            key=item.key,
            label=item.label,
            icon=item.icon,
            href=item.href,
            current=is_within(path, item.href),
            group=item.group,
        )
        for item in sorted_places(crm)
        if item.quick_add is quick_add and actor.may(item.permission)
    )


def sorted_places(crm: Installation) -> tuple[NavDeclaration, ...]:
    return places_of(crm.registry)


@lru_cache(maxsize=8)
def places_of(registry: Registry) -> tuple[NavDeclaration, ...]:
    """In order; a registry never changes, and every page asks three times."""
    return tuple(sorted(registry.all("nav_items"), key=lambda item: (item.order, item.key)))


def is_within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href + "/"))


async def count_badges(crm: Installation, access: Access, frame: Frame) -> Frame:
    """The frame with what waits in each place, and scripts that follow from page to page; a count that fails is no reason not to show the page."""
    badges = await counted(
        crm,
        access,
        "nav_items",
        wanted=lambda item: access.actor.may(item.permission),
        badge=lambda item, own: item.badge(crm, own),
    )
    items = tuple(
        replace(item, badge=count) if (count := badges.get(item.key, 0)) else item for item in frame.nav_items
    )
    scripts = await wanted_scripts(crm, access)
    return replace(frame, nav_items=items, due_count=badges.get("tasks", 0), scripts=scripts)

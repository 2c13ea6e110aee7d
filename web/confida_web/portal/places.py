"""The navigation of people who are signed in to the public side."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from confida_core.installation import Installation
from confida_core.registry import Registry
from confida_core.vault.access import Access
from confida_web.declarations import PortalItem
from confida_web.frame import Frame, NavItem
from confida_web.isolation import counted
from confida_web.languages import gettext, speaking


@lru_cache(maxsize=8)
def items_of(registry: Registry) -> tuple[PortalItem, ...]:
    return tuple(sorted(registry.all("portal_items"), key=lambda item: (item.order, item.key)))


def places_of(registry: Registry, path: str, language: str, *, base: str, session: bool) -> tuple[NavItem, ...]:
    """In order, in this language. Those who came by a link see what leads them somewhere; the link alone is the first."""
    found: list[NavItem] = []
    with speaking(language):
        for item in items_of(registry):
            href = item.href if session else item.by_link.format(base=base)
            if href:
                current = path == href or path.startswith(f"{href}/") or (path == base and not found)
                label = item.labels.get(language) or gettext(item.label)
                found.append(NavItem(key=item.key, label=label, icon=item.icon, href=href, current=current))
    return tuple(found)


async def count_waiting(crm: Installation, access: Access, frame: Frame) -> Frame:
    """The frame with what waits in each place for the person of this access, who has a session."""
    person_id = access.actor.id
    badges = await counted(
        crm, access, "portal_items", wanted=lambda _: True, badge=lambda item, own: item.badge(crm, own, person_id)
    )
    places = tuple(replace(item, badge=count) if (count := badges.get(item.key, 0)) else item for item in frame.places)
    return replace(frame, places=places)

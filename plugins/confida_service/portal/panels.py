"""What other parts of service show to customers on their page of requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPanel:
    """A box below the requests. A part lists its panels in its `declared` as PORTAL_SERVICE_PANELS.

    template: reads `own`, what `data` returned, beside `frame` and `f`; it begins with its own h2. Nothing is shown for {}.
    data: for the person whose access it is given. Whose row it is, nobody checks but its own query.
    """

    key: str
    template: str
    data: Callable[[Installation, Access, UUID], Awaitable[Mapping[str, Any]]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class FilledPanel:
    template: str
    own: Mapping[str, Any]


async def filled_panels(crm: Installation, access: Access) -> tuple[FilledPanel, ...]:
    """Of the person whose access this is, in order, without the empty ones."""
    # Loaded where it is needed: those who declare a panel import this module.
    from confida_service.equipment import declared as equipment

    panels: list[OwnPanel] = sorted(getattr(equipment, "PORTAL_SERVICE_PANELS", ()), key=lambda one: one.order)
    filled = [FilledPanel(one.template, await one.data(crm, access, access.actor.id)) for one in panels]
    return tuple(one for one in filled if one.own)

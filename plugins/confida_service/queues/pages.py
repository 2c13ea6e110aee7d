"""What the set-up pages of queues show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from confida_service.queues.queues import ShownQueue
from confida_web.api import Errors, Option, Page


@dataclass(frozen=True, kw_only=True)
class QueuesPage(Page):
    """GET /x/service/settings/queues. members: names of who works in each. ways: how tickets are given, by key."""

    template: ClassVar[str] = "service/queues/queues.html"
    title: ClassVar[str] = "Queues"

    queues: tuple[ShownQueue, ...] = ()
    archived: tuple[ShownQueue, ...] = ()
    members: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    ways: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """skills: keys, by space."""

    id: UUID
    name: str
    chosen: bool = False
    skills: str = ""


@dataclass(frozen=True, kw_only=True)
class QueuePage(Page):
    """A new queue, or one that is changed, with its people."""

    template: ClassVar[str] = "service/queues/queue.html"
    title: ClassVar[str] = "Queue"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    new: bool = True
    name: str = ""
    ways: tuple[Option, ...] = ()
    people: tuple[Colleague, ...] = ()
    errors: Errors = field(default_factory=dict)

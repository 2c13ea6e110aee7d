"""What "My day" shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from confida_web.display import Panel, PersonRef, TaskRow
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class BirthdayRow:
    """turns: the age reached, or None where the year is not known."""

    contact: PersonRef
    on: date
    turns: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchedRow:
    """A contact with whom something happened lately. what: a few words ("Call, outgoing")."""

    contact: PersonRef
    at: datetime
    what: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class MyDayPage(Page):
    """GET /. is_new: nothing was ever entered, so the page shows the first steps instead."""

    template: ClassVar[str] = "dashboard/my_day.html"
    title: ClassVar[str] = "My day"
    blocks: ClassVar[tuple[str, ...]] = ("tasks", "birthdays", "touched", "panels")

    today: date
    given_name: str = ""
    overdue: tuple[TaskRow, ...] = ()
    due_today: tuple[TaskRow, ...] = ()
    upcoming: tuple[TaskRow, ...] = ()
    birthdays: tuple[BirthdayRow, ...] = ()
    touched: tuple[TouchedRow, ...] = ()
    panels: tuple[Panel, ...] = ()
    is_new: bool = False
    may_create: bool = False
    may_import: bool = False

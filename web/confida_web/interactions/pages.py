"""What the pages about one interaction and about tasks show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from confida_web.display import ONE_PAGE, Option, Paging, PersonRef, Tab, TaskRow
from confida_web.interactions.entries import Composer, TimelineEntry
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True)
class InteractionPage(Page):
    """GET /interactions/{id}. contacts: everybody it is about. The entry carries its whole text, rendered."""

    template: ClassVar[str] = "interactions/interaction.html"
    title: ClassVar[str] = "Interaction"
    blocks: ClassVar[tuple[str, ...]] = ("entry",)

    entry: TimelineEntry
    contacts: tuple[PersonRef, ...] = ()
    may_edit: bool = False
    may_delete: bool = False


@dataclass(frozen=True, kw_only=True)
class InteractionFormPage(Page):
    """GET and POST /interactions/{id}/edit; 422 sends the block `form` with the errors in the composer."""

    template: ClassVar[str] = "interactions/form.html"
    title: ClassVar[str] = "Edit interaction"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    composer: Composer
    contacts: tuple[PersonRef, ...] = ()
    cancel_href: str = "/"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskGroup:
    """Tasks under one heading ("Overdue", "Today")."""

    title: str
    tasks: tuple[TaskRow, ...]
    overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class TasksPage(Page):
    """GET /tasks. tabs: mine, everyone's, done; showing: which of them. assignees: whom a new task can be given to.

    A task is done by POST /interactions/{id}/done and opened again by POST /interactions/{id}/reopen.
    """

    template: ClassVar[str] = "interactions/tasks.html"
    title: ClassVar[str] = "Tasks"
    blocks: ClassVar[tuple[str, ...]] = ("tasks",)

    tabs: tuple[Tab, ...] = ()
    groups: tuple[TaskGroup, ...] = ()
    paging: Paging = ONE_PAGE
    show_assignee: bool = False
    showing: Literal["mine", "all", "done"] = "mine"
    assignees: tuple[Option, ...] = ()
    may_create: bool = False

"""Small things that many pages show in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

Errors = Mapping[str, str]
"""By field name as it stands in the form (`emails-0-address`), one sentence each; "" is the whole form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice of a select, a radio group or a set of boxes."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRef:
    """A person or organisation named on another's page. name may be ""; href None where nothing may be opened."""

    name: str
    href: str | None = None
    kind: str = "person"
    picture_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    """One tab or filter chip that is a link. count: None shows none. remove_url: takes a POST that forgets it."""

    label: str
    href: str
    current: bool = False
    count: int | None = None
    icon: str = ""
    remove_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Paging:
    """Addresses of the neighbouring pages of a cursor; None where there is none."""

    previous: str | None = None
    following: str | None = None


ONE_PAGE = Paging()


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """What a plugin adds to a page. html: from `render_panel`, or None where it failed; then `notice` says whose it is."""

    key: str
    title: str
    html: Markup | None
    notice: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRow:
    """One planned interaction. due_at: aware; None without a date. all_day: only its date matters."""

    id: str
    subject: str
    kind: str = "task"
    due_at: datetime | None = None
    all_day: bool = True
    overdue: bool = False
    done: bool = False
    done_at: datetime | None = None
    contact: PersonRef | None = None
    assignee: str = ""
    may_edit: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class FormState:
    """What every form carries: errors by field and the version it started from."""

    errors: Errors = field(default_factory=dict)
    version: int = 0


RecordKind = Literal["person", "organisation"]

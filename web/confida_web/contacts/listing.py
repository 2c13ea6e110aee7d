"""What the list of contacts shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.declarations import ListAction
from confida_web.display import ONE_PAGE, Option, Paging, RecordKind, Tab
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRow:
    """One line of the list. phone: as it is dialled, phone_shown: as it is read.

    extra: the text of columns that are not fields here (custom fields), by column key.
    """

    id: str
    name: str
    kind: RecordKind = "person"
    organisation: str = ""
    job_title: str = ""
    email: str = ""
    phone: str = ""
    phone_shown: str = ""
    locality: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    touched_at: datetime | None = None
    restricted: bool = False
    archived: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """key: organisation, job_title, email, phone, locality, tags, owner, touched_at, else a key of the row's `extra`.

    The name column is always shown first and has the key `name`. sort_href: None where it cannot be sorted.
    """

    key: str
    label: str
    shown: bool = True
    sort_href: str | None = None
    direction: Literal["ascending", "descending"] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterChip:
    """One condition, worded so that all of them together read as a sentence ("in Leipzig"). remove_href: without it."""

    text: str
    remove_href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterField:
    """A field of the condition language that the builder offers."""

    key: str
    label: str
    type: Literal["text", "number", "date", "boolean", "choice", "set"] = "text"
    choices: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterRow:
    """One row of the builder as it stands; posted as filter-<n>-field, filter-<n>-op, filter-<n>-value."""

    field: str = ""
    op: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactsPage(Page):
    """GET /contacts. Typed search text comes as POST (field `q`) to search_action, because URLs are logged by proxies.

    columns: every column there is, in the order of the table; the hidden ones are offered in the column choice.
    views: saved views as tabs, the first is "Everyone". sentence chips: `filters`.
    filter_rows: rows of the builder (an empty one is added by the template). match: how the rows combine.
    list_state: hidden fields (name, value) that search and builder send along (sort, view id).
    kept: which of the three places is shown; nothing is searched or narrowed in the trash.
    place: what the address of each contact says about the list, so that its page leads on to the next.
    Column choice posts `columns` (repeated) to columns_action; bulk work posts `ids` (repeated), `action` (tag,
    archive, export) and `tag` to bulk_action; a view is saved by posting `name`, `shared` to save_view_action.
    """

    template: ClassVar[str] = "contacts/list.html"
    title: ClassVar[str] = "Contacts"
    blocks: ClassVar[tuple[str, ...]] = ("results", "filters")

    rows: tuple[ContactRow, ...] = ()
    columns: tuple[Column, ...] = ()
    count: int = 0
    count_exact: bool = True
    paging: Paging = ONE_PAGE
    q: str = ""
    views: tuple[Tab, ...] = ()
    filters: tuple[FilterChip, ...] = ()
    clear_href: str = "/contacts"
    filter_fields: tuple[FilterField, ...] = ()
    filter_operators: tuple[Option, ...] = ()
    filter_rows: tuple[FilterRow, ...] = ()
    filter_open: bool = False
    match: Literal["all", "any"] = "all"
    list_state: tuple[tuple[str, str], ...] = ()
    place: str = ""
    kept: Literal["here", "archive", "trash"] = "here"
    search_action: str = "/contacts/search"
    filter_action: str = "/contacts/filter"
    columns_action: str = "/contacts/columns"
    bulk_action: str = "/contacts/bulk"
    save_view_action: str = "/contacts/views"
    may_create: bool = False
    may_edit: bool = False
    may_delete: bool = False
    may_export: bool = False
    may_import: bool = False
    list_actions: tuple[ListAction, ...] = ()

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.filters)

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.shown and column.key != "name")

    @property
    def name_column(self) -> Column:
        return next((column for column in self.columns if column.key == "name"), Column(key="name", label="Name"))

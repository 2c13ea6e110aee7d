"""Puts the list of contacts together: one question to the index, one opening, and what stands around the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from confida_core.accounts.staff import account_names, active_accounts
from confida_core.contacts.content import ContactContent
from confida_core.contacts.custom_fields import FieldDefinition, custom_fields
from confida_core.contacts.indexing import index_fields
from confida_core.contacts.lists import ContactList, list_contacts
from confida_core.contacts.views import View, saved_views
from confida_core.declarations import IndexField
from confida_core.index.conditions import Condition, by_key, fields_of
from confida_core.index.cursors import InvalidCursor
from confida_core.index.query import IndexQuery
from confida_core.installation import Installation
from confida_core.vault.access import Actor
from confida_core.vault.door import Opened
from confida_web.contacts.filters import (
    chip_text,
    condition_of,
    filter_fields,
    operator_options,
    parts_of,
    rows_of_condition,
    source_of,
)
from confida_web.contacts.list_state import ListState
from confida_web.contacts.listing import Column, ContactsPage, FilterChip, FilterRow
from confida_web.contacts.rows import USUAL, columns_of, row_builder
from confida_web.declarations import ListAction
from confida_web.display import Paging, Tab
from confida_web.security.access import access_for
from confida_web.security.cookies import read_cookie

COLUMNS_COOKIE = "__Host-columns"
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a list needs beside its contacts. owners: names by id in 32 hex digits, only where they are asked for."""

    definitions: Sequence[FieldDefinition]
    fields: Mapping[str, IndexField]
    views: Sequence[View]
    owners: Mapping[str, str]


async def surroundings(request: Request[Any, Any, Any], *, with_owners: bool = False) -> Surroundings:
    crm = request.state.crm
    definitions = await custom_fields(crm)
    owners = {account.id.hex: account.name for account in await active_accounts(crm)} if with_owners else {}
    views = await saved_views(crm, access_for(request, "relationship"))
    return Surroundings(definitions, by_key(index_fields(crm, definitions)), views, owners)


def query_of(state: ListState, condition: Condition) -> IndexQuery:
    return IndexQuery(
        condition=condition,
        text=state.narrowing.text,
        archived=state.archived,
        sort=state.sort,
        descending=state.descending,
        cursor=state.cursor or None,
        limit=PER_PAGE,
    )


async def contacts_page(
    request: Request[Any, Any, Any],
    state: ListState,
    around: Surroundings | None = None,
    *,
    filter_rows: Sequence[FilterRow] | None = None,
    filter_open: bool = False,
) -> ContactsPage:
    """The page of a list. filter_rows: the builder as it stands, instead of the one the condition gives."""
    crm, access = request.state.crm, access_for(request, "relationship")
    around = around or await surroundings(request)
    condition = condition_of(state.narrowing.condition, around.fields)
    if "owner" in fields_of(condition) and not around.owners:
        around = replace(around, owners={one.id.hex: one.name for one in await active_accounts(crm)})
    try:
        found = await list_contacts(crm, access, query_of(state, condition), definitions=around.definitions)
    except InvalidCursor:
        # From an index that has been rebuilt under another key, or from nowhere: the first page is what helps.
        state = ListState(narrowing=state.narrowing, sort=state.sort, descending=state.descending)
        found = await list_contacts(crm, access, query_of(state, condition), definitions=around.definitions)
    columns = columns_of(crm, state, shown_columns(request, state, around.views), around.definitions)
    owners = await owners_of(crm, columns, found.contacts)
    page = filled(crm, state, around, condition, found)
    rows = rows_of_condition(condition) if filter_rows is None else tuple(filter_rows)
    return replace(
        page,
        rows=tuple(map(row_builder(columns, owners), found.contacts)),
        columns=columns,
        filter_rows=rows,
        filter_open=filter_open,
        **permitted(access.actor),
        list_actions=offered_actions(crm, access.actor),
    )


def filled(
    crm: Installation, state: ListState, around: Surroundings, condition: Condition, found: ContactList
) -> ContactsPage:
    match, parts = parts_of(condition)
    following, previous = found.page.next_cursor, found.page.previous_cursor
    return ContactsPage(
        count=found.count,
        count_exact=found.exact,
        paging=Paging(
            previous=state.href(crm, cursor=previous) if previous else None,
            following=state.href(crm, cursor=following) if following else None,
        ),
        q=state.narrowing.text,
        views=view_tabs(crm, state, around.views),
        filters=chips(crm, state, around, condition),
        clear_href=ListState(sort=state.sort, descending=state.descending).href(crm),
        filter_fields=filter_fields(around.fields, around.owners),
        filter_operators=operator_options(),
        match="any" if match == "any" and len(parts) > 1 else "all",
        list_state=state.hidden(crm),
        place=state.place(crm),
        kept="archive" if state.archived else "here",
    )


def permitted(actor: Actor) -> dict[str, Any]:
    return {
        "may_create": actor.may("contacts.write"),
        "may_edit": actor.may("contacts.write"),
        "may_delete": actor.may("contacts.delete"),
        "may_export": actor.may("exchange.export"),
        "may_import": actor.may("exchange.import"),
    }


def offered_actions(crm: Installation, actor: Actor) -> tuple[ListAction, ...]:
    """What plugins do with ticked contacts, as far as this actor may."""
    declared: list[ListAction] = crm.registry.all("list_actions")
    return tuple(sorted((one for one in declared if actor.may(one.permission)), key=lambda one: (one.order, one.key)))


def chips(crm: Installation, state: ListState, around: Surroundings, condition: Condition) -> tuple[FilterChip, ...]:
    match, parts = parts_of(condition)
    return tuple(
        FilterChip(
            text=chip_text(part, around.fields, around.owners),
            remove_href=narrowed(state, source_of([one for one in parts if one is not part], match)).href(crm),
        )
        for part in parts
    )


def narrowed(state: ListState, condition: str) -> ListState:
    """The same list under another condition; it is no saved view any more."""
    narrowing = msgspec.structs.replace(state.narrowing, condition=condition, view="")
    return msgspec.structs.replace(state, narrowing=narrowing, cursor="")


def view_tabs(crm: Installation, state: ListState, views: Sequence[View]) -> tuple[Tab, ...]:
    current = state.narrowing.view
    plain = not current and not state.archived
    return (
        Tab(label="Everyone", href="/contacts", current=plain),
        *(
            Tab(
                label=view.content.name,
                href=f"/contacts?view={view.id}",
                current=view.id.hex == current,
                remove_url=f"/contacts/views/{view.id}/delete" if view.mine else None,
            )
            for view in views
        ),
        Tab(label="Archived", href="/contacts?archived=yes", current=state.archived and not current, icon="archive"),
    )


def shown_columns(request: Request[Any, Any, Any], state: ListState, views: Sequence[View]) -> Sequence[str]:
    """Those of the view, else those this browser chose, else the usual ones."""
    for view in views:
        if view.id.hex == state.narrowing.view and view.content.columns:
            return view.content.columns
    chosen = read_cookie(request.scope["headers"], COLUMNS_COOKIE)
    return chosen.split("-") if chosen else USUAL


async def owners_of(
    crm: Installation, columns: Sequence[Column], contacts: Sequence[Opened[ContactContent]]
) -> Mapping[UUID, str]:
    """Names of the accounts in whose care the contacts are; asked only if the column is shown."""
    if not any(column.key == "owner" and column.shown for column in columns):
        return {}
    ids = {one.row["owner_id"] for one in contacts if one.row["owner_id"]}
    return await account_names(crm, sorted(ids)) if ids else {}

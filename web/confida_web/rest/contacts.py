"""Contacts and organisations for programs; organisations are contacts of that kind, at an address of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast
from uuid import UUID

from confida_core.accounts.staff import active_accounts
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.indexing import index_fields
from confida_core.contacts.lists import page_for_program
from confida_core.contacts.people import create_contact, update_contact, visible_contact
from confida_core.contacts.states import archive_contact, unarchive_contact
from confida_core.contacts.teams import teams
from confida_core.contacts.trash import trash_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.declarations import IndexField
from confida_core.index.conditions import EVERYTHING, All, Test, by_key, fields_of
from confida_core.index.query import IndexQuery, Sort
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened
from confida_web.rest.contact_shapes import (
    Contact,
    ContactChanges,
    NewContact,
    NewOrganisation,
    contact_of,
    content_of,
)
from confida_web.rest.declarations import ApiResource, ListPage, ListQuery, Parameter

SORTS = ("name", "organisation", "created", "touched")
ARCHIVED = Parameter(
    name="archived",
    type="choice",
    choices=("no", "yes", "all"),
    description="Which contacts are listed: those in daily use (`no`, also without the parameter), archived ones, or both.",
)
Kind = ContactKind | None


async def filter_fields(crm: Installation) -> Mapping[str, IndexField]:
    """Core's, the plugins' and the administrator's own."""
    return by_key(list(index_fields(crm, await custom_fields(crm))))


async def list_contacts(crm: Installation, access: Access, query: ListQuery, *, kind: Kind = None) -> ListPage:
    condition = query.condition or EVERYTHING
    own = any(field.startswith("custom.") for field in fields_of(condition))
    if kind is not None:
        condition = All((Test("kind", "is", kind.value), condition))
    asked = IndexQuery(
        condition=condition,
        text=query.words,
        archived={"yes": True, "all": None}.get(query.given.get("archived", "no"), False),
        sort=cast(Sort, query.sort),
        descending=query.descending,
        cursor=query.cursor or None,
        limit=query.limit,
    )
    found, following = await page_for_program(crm, access, asked, definitions=await custom_fields(crm) if own else ())
    return ListPage(items=[contact_of(one) for one in found], next=following or "")


async def open_contact(
    crm: Installation, access: Access, contact_id: UUID, *, kind: Kind = None
) -> Opened[ContactContent]:
    opened = await visible_contact(crm, access, contact_id)
    if kind is not None and opened.row["kind"] != kind.value:
        raise NotFound
    return opened


async def get_contact(crm: Installation, access: Access, contact_id: UUID, *, kind: Kind = None) -> Contact:
    return contact_of(await open_contact(crm, access, contact_id, kind=kind))


async def create(crm: Installation, access: Access, given: NewContact | NewOrganisation) -> UUID:
    """Raises InvalidContent."""
    await check_care(crm, given.owner_id, given.team_id)
    await check_fields(crm, given.custom)
    kind = ContactKind(given.kind) if isinstance(given, NewContact) else ContactKind.ORGANISATION
    content = content_of(given)
    contact_id = await create_contact(crm, access, kind, content, owner_id=given.owner_id, team_id=given.team_id)
    if given.archived:
        await archive_contact(crm, access, contact_id)
    return contact_id


async def change(
    crm: Installation, access: Access, contact_id: UUID, given: ContactChanges, seen: int, *, kind: Kind = None
) -> None:
    row, stored = (opened := await open_contact(crm, access, contact_id, kind=kind)).row, opened.content
    if (row["owner_id"], row["team_id"]) != (given.owner_id, given.team_id):
        await check_care(crm, given.owner_id, given.team_id)
    await check_fields(crm, {key: value for key, value in given.custom.items() if key not in stored.custom})
    content = content_of(given, stored.picture)
    await update_contact(crm, access, contact_id, content, seen=seen, owner_id=given.owner_id, team_id=given.team_id)
    if (row["archived_at"] is not None) != given.archived:
        await (archive_contact if given.archived else unarchive_contact)(crm, access, contact_id)


async def check_care(crm: Installation, owner_id: UUID | None, team_id: UUID | None) -> None:
    """Raises InvalidContent for an account or team that nobody could be given to."""
    errors = {}
    if owner_id is not None and owner_id not in {account.id for account in await active_accounts(crm)}:
        errors["owner_id"] = "is no active account"
    if team_id is not None and team_id not in {team.id for team in await teams(crm)}:
        errors["team_id"] = "is no team"
    if errors:
        raise InvalidContent(errors)


async def check_fields(crm: Installation, custom: Mapping[str, object]) -> None:
    """Raises InvalidContent for fields that nobody has set up: what is kept about people is declared first."""
    known = {field.key for field in await custom_fields(crm) if not field.retired} if custom else set()
    if unknown := custom.keys() - known:
        raise InvalidContent({f"custom.{key}": "is no field of this installation; set it up first" for key in unknown})


async def remove(crm: Installation, access: Access, contact_id: UUID, seen: int, *, kind: Kind = None) -> None:
    await open_contact(crm, access, contact_id, kind=kind)
    await trash_contact(crm, access, contact_id, seen=seen)


CONTACTS = ApiResource(
    key="contacts",
    label="Contacts",
    summary="People and organisations. Deleting one puts it into the trash, from which it is erased after 30 days.",
    read="contacts.read",
    write="contacts.write",
    delete="contacts.delete",
    shape=Contact,
    new_shape=NewContact,
    change_shape=ContactChanges,
    list_items=list_contacts,
    get_item=get_contact,
    create_item=create,
    change_item=change,
    delete_item=remove,
    filter_fields=filter_fields,
    words=True,
    sorts=SORTS,
    parameters=(ARCHIVED,),
    example={
        "display_name": "Ada Lovelace",
        "name": {"given": "Ada", "family": "Lovelace"},
        "emails": [{"address": "ada@example.org", "label": "work"}],
        "tags": ["donor"],
    },
)
ORGANISATIONS = ApiResource(
    key="organisations",
    label="Organisations",
    summary="The contacts that are organisations. Who works at one is a relationship.",
    read="contacts.read",
    write="contacts.write",
    delete="contacts.delete",
    shape=Contact,
    new_shape=NewOrganisation,
    change_shape=ContactChanges,
    list_items=partial(list_contacts, kind=ContactKind.ORGANISATION),
    get_item=partial(get_contact, kind=ContactKind.ORGANISATION),
    create_item=create,
    change_item=partial(change, kind=ContactKind.ORGANISATION),
    delete_item=partial(remove, kind=ContactKind.ORGANISATION),
    filter_fields=filter_fields,
    words=True,
    sorts=SORTS,
    parameters=(ARCHIVED,),
    example={"display_name": "Harbour Museum", "emails": [{"address": "museum@example.org"}]},
)
RESOURCES = (CONTACTS, ORGANISATIONS)

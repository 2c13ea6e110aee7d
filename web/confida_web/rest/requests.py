"""Requests of data subjects (GDPR Art. 15 to 22): read, and entered as they come in. They are answered on the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.requests import NewRequest, open_request
from confida_consent.rights.steps import opened_file, request_row
from confida_consent.rights.vocabulary import RequestKind, RequestState
from confida_core.contacts.content import LongText, ShortText
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound
from confida_web.rest.cursors import open_place, seal_place
from confida_web.rest.declarations import ApiResource, Entity, Given, ListPage, ListQuery, Parameter
from confida_web.rest.interactions import Instant


class PersonRequest(Entity, frozen=True, kw_only=True):
    """One request. contact: whose it is, as far as that is known. verified: it has been proved who asks.

    due_on: the day by which it must be answered, where the person lives. merged_into: the request of which it is a double.
    """

    reference: str
    kind: str
    state: str
    source: str
    contact: UUID | None
    name: str
    identifier: str
    scope: str
    message: str
    delivery: str
    country: str
    subdivision: str
    language: str
    received_at: datetime
    verified: bool
    due_on: date
    due_at: datetime
    closed_at: datetime | None
    assignee: UUID | None
    merged_into: UUID | None


class NewPersonRequest(Given, frozen=True, kw_only=True):
    """name, identifier, contact: at least one of them. identifier: an e-mail address or number that may be on file.

    received_at: when it came, else now. country, subdivision: whose clock and holidays, else the organisation's.
    """

    kind: Literal[
        "access", "portability", "rectification", "erasure", "restriction", "objection", "withdrawal", "complaint"
    ]
    source: Literal["email", "letter", "phone", "in_person"]
    contact: UUID | None = None
    name: ShortText = ""
    identifier: ShortText = ""
    scope: LongText = ""
    message: LongText = ""
    delivery: Literal["portal", "post"] = "portal"
    country: Annotated[str, Meta(max_length=2)] = ""
    subdivision: Annotated[str, Meta(max_length=10)] = ""
    language: Annotated[str, Meta(max_length=35)] = ""
    received_at: Instant | None = None


async def list_requests(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """The newest first. Raises Forbidden, InvalidCursor."""
    access.actor.require("requests.read")
    where, values = ["1 = 1"], list[Any]()
    for name, column in (("kind", "kind"), ("state", "state"), ("contact", "contact_id")):
        if name in query.given:
            where.append(f"{column} = ?")
            values.append(query.given[name])
    if "open" in query.given:
        where.append(f"closed_at IS {'' if query.given['open'] else 'NOT '}NULL AND merged_into IS NULL")
    if query.cursor:
        where.append("id < ?")
        values += open_place(crm, "requests", query.cursor, tuple[UUID])
    rows = await crm.data.fetch(
        f"SELECT * FROM rights_request WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?",
        *values, query.limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, REQUEST, rows)
    following = seal_place(crm, "requests", [rows[-1]["id"]]) if more else ""
    return ListPage(items=[shown(item.row, item.content) for item in opened], next=following)


def shown(row: Row, file: RequestFile) -> PersonRequest:
    return PersonRequest(
        id=row["id"],
        version=row["version"],
        reference=row["reference"],
        kind=row["kind"],
        state=row["state"],
        source=row["source"],
        contact=row["contact_id"],
        name=file.given_name_of,
        identifier=file.identifier,
        scope=file.scope,
        message=file.message,
        delivery=file.delivery,
        country=row["country"],
        subdivision=row["subdivision"],
        language=row["language"],
        received_at=row["received_at"],
        verified=row["verified_at"] is not None,
        due_on=row["due_on"],
        due_at=row["due_at"],
        closed_at=row["closed_at"],
        assignee=row["assignee_id"],
        merged_into=row["merged_into"],
    )


async def get_request(crm: Installation, access: Access, item_id: UUID) -> PersonRequest:
    """Raises NotFound, Forbidden."""
    access.actor.require("requests.read")
    row = await request_row(crm, item_id)
    return shown(row, await opened_file(crm, access, row))


async def create_request(crm: Installation, access: Access, new: NewPersonRequest) -> UUID:
    """Starts the clock. Raises InvalidContent, Forbidden without `requests.decide`."""
    asked = NewRequest(
        kind=new.kind,
        source=new.source,
        country=new.country,
        subdivision=new.subdivision,
        language=new.language,
        identifier=new.identifier,
        name=new.name,
        scope=new.scope,
        message=new.message,
        delivery=new.delivery,
        contact_id=new.contact,
        received_at=new.received_at,
    )
    try:
        return (await open_request(crm, access, asked)).id
    except NotFound:
        raise InvalidContent({"contact": "is no contact"}) from None


RESOURCES = (
    ApiResource(
        key="requests",
        label="Requests of data subjects",
        summary="What people asked about their own data, and by when it must be answered.",
        read="requests.read",
        write="requests.decide",
        purposes=("data_subject_rights",),
        shape=PersonRequest,
        new_shape=NewPersonRequest,
        list_items=list_requests,
        get_item=get_request,
        create_item=create_request,
        parameters=(
            Parameter(name="contact", type="uuid", description="Only of this contact."),
            Parameter(
                name="kind",
                type="choice",
                choices=tuple(one.value for one in RequestKind),
                description="Only of this kind.",
            ),
            Parameter(
                name="state",
                type="choice",
                choices=tuple(one.value for one in RequestState),
                description="Only in this state.",
            ),
            Parameter(
                name="open", type="boolean", description="Only those that are open, or only closed ones; no doubles."
            ),
        ),
        example={"kind": "access", "source": "letter", "name": "Ada Lovelace", "identifier": "ada@example.org"},
    ),
)

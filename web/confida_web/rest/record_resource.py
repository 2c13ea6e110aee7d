"""A declared record as a resource of the API, in one line: for records that need no rules of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.contacts.people import display_names, visible_contact
from confida_core.contacts.text import clean_text
from confida_core.declarations import RecordDeclaration
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened
from confida_web.rest.bodies import shaped
from confida_web.rest.cursors import open_place, seal_place
from confida_web.rest.declarations import ApiResource, Entity, Given, ListPage, ListQuery, Parameter
from confida_web.rest.record_shapes import AUTOMATIC, RecordShapes, shapes_of

C = TypeVar("C")
Check = Callable[[Any], Any]
NONE = UUID(int=0)


def record_resource(
    record: RecordDeclaration,
    *,
    key: str,
    label: str,
    summary: str,
    read: str,
    write: str = "",
    delete: str = "",
    purposes: tuple[str, ...] = (),
    name: str = "",
    check: Check | None = None,
) -> ApiResource:
    """The columns and the content of each row, side by side; read, and as far as permissions are named, written.

    read, write, delete: permissions; "" offers nothing of the kind. check: what the content must pass before it is sealed,
    from content to content; raises InvalidContent. A record about one person is found by `contact`, and only as long as
    that contact can be seen; `created_at`, `updated_at` and `created_by` are filled in. Where more is to do than to write
    a row, an `ApiResource` with functions of its own is right. Raises TypeError as `shapes_of` does.
    """
    shapes = shapes_of(record, name)
    rows = RecordRows(record, shapes, key, read, write, delete, check)
    by_contact = Parameter(name="contact", type="uuid", description="Only those of this contact.")
    return ApiResource(
        key=key,
        label=label,
        summary=summary,
        read=read,
        write=write,
        delete=delete,
        purposes=purposes,
        shape=shapes.read,
        new_shape=shapes.new if write else None,
        change_shape=shapes.changes if write else None,
        list_items=rows.list_items,
        get_item=rows.get_item,
        create_item=rows.create_item if write else None,
        change_item=rows.change_item if write else None,
        delete_item=rows.delete_item if delete else None,
        parameters=(by_contact,) if record.subject else (),
    )


@dataclass(frozen=True, slots=True, eq=False)
class RecordRows:
    """The functions of such a resource."""

    record: RecordDeclaration
    shapes: RecordShapes
    key: str
    read: str
    write: str
    delete: str
    check: Check | None

    async def list_items(self, crm: Installation, access: Access, query: ListQuery) -> ListPage:
        access.actor.require(self.read)
        place = f"{self.record.name} {self.key}"
        after = open_place(crm, place, query.cursor, tuple[UUID])[0] if query.cursor else NONE
        contact = query.given.get("contact")
        if contact is not None and contact not in await display_names(crm, access, [contact]):
            # That there is a next page would tell of somebody who is hidden.
            return ListPage(items=())
        where, values = "id > ?", [after]
        if contact is not None:
            where, values = f"{self.record.subject} = ? AND {where}", [contact, after]
        rows = await crm.data.fetch(
            f"SELECT * FROM {self.record.name} WHERE {where} ORDER BY id LIMIT ?", *values, query.limit + 1
        )
        more, rows = len(rows) > query.limit, rows[: query.limit]
        opened = await self.shown_among(crm, access, rows)
        following = seal_place(crm, place, [rows[-1]["id"]]) if more else ""
        return ListPage(items=[self.entity(one) for one in opened], next=following)

    async def get_item(self, crm: Installation, access: Access, item_id: UUID) -> Entity:
        return self.entity(await self.visible(crm, access, item_id))

    async def create_item(self, crm: Installation, access: Access, given: Given) -> UUID:
        access.actor.require(self.write)
        content, item_id = self.content_of(given), new_id()
        columns = {"id": item_id, **{name: getattr(given, name) for name in self.shapes.sent}}
        if self.record.subject:
            subject = getattr(given, self.record.subject)
            await visible_contact(crm, access, subject)
            columns[self.record.subject] = subject
        moment = now()
        automatic = {"created_at": moment, "updated_at": moment, "created_by": access.actor.id}
        columns |= {name: automatic[name] for name in AUTOMATIC if name in self.shapes.columns}
        await crm.records.insert(self.record, columns, content)
        return item_id

    async def change_item(self, crm: Installation, access: Access, item_id: UUID, given: Given, seen: int) -> None:
        access.actor.require(self.write)
        content, opened = self.content_of(given), await self.visible(crm, access, item_id)
        columns = {"id": item_id, **{name: getattr(given, name) for name in self.shapes.sent}}
        if self.record.subject:
            columns[self.record.subject] = opened.row[self.record.subject]
        if "updated_at" in self.shapes.columns:
            columns["updated_at"] = now()
        people = () if self.record.subject else opened.people
        await crm.records.update(self.record, columns, content, seen=seen, people=people)

    async def delete_item(self, crm: Installation, access: Access, item_id: UUID, seen: int) -> None:
        access.actor.require(self.delete)
        opened = await self.visible(crm, access, item_id)
        async with crm.data.transaction():
            await crm.records.hold(self.record, item_id, seen)
            await crm.records.delete(self.record, item_id, opened.people)

    async def visible(self, crm: Installation, access: Access, item_id: UUID) -> Opened[Any]:
        access.actor.require(self.read)
        opened = await self.shown_among(crm, access, await crm.records.rows(self.record, [item_id]))
        if not opened:
            raise NotFound
        return opened[0]

    async def shown_among(self, crm: Installation, access: Access, rows: list[Row]) -> list[Opened[Any]]:
        """Without those of contacts in the trash, which nobody sees any more."""
        subject = self.record.subject
        if subject and rows:
            marks = ", ".join("?" * len(rows))
            sql = f"SELECT id FROM contact WHERE id IN ({marks}) AND deleted_at IS NOT NULL"
            trashed = {row["id"] for row in await crm.data.fetch(sql, *(row[subject] for row in rows))}
            rows = [row for row in rows if row[subject] not in trashed]
        return await crm.door.open(access, self.record, rows)

    def entity(self, opened: Opened[Any]) -> Entity:
        content = {name: getattr(opened.content, name) for name in opened.content.__struct_fields__}
        columns = {name: opened.row[name] for name in self.shapes.columns}
        return self.shapes.read(id=opened.row["id"], version=opened.row["version"], **columns, **content)

    def content_of(self, given: Given) -> Any:
        """As it may be sealed. Raises Problem (invalid-content), InvalidContent."""
        names = self.record.content.__struct_fields__
        plain = msgspec.to_builtins({name: getattr(given, name) for name in names})
        content = shaped(cleaned(plain), self.record.content)
        return self.check(content) if self.check else content


def cleaned(value: Any) -> Any:
    """Every text in its normal form, without control characters (see `clean_text`)."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {name: cleaned(item) for name, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list) else value

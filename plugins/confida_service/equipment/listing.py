"""The lists of equipment and of contracts, page by page, and what words mean in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidCursor,
    Scope,
    display_names,
    plugin_settings,
    read_condition,
    select_ids,
)
from confida_service.equipment.content import CONTRACT, EQUIPMENT
from confida_service.equipment.contracts import Contract, runs
from confida_service.equipment.equipment import Piece, today_of
from confida_service.settings import ServiceSettings
from confida_web.api import matches_words, open_place, seal_place, words_of

PAGE = 50
MOST_FOUND = 500
PRODUCTS = "service.products"
"""The field of the index with products and serial numbers of a contact's equipment."""
NO_END = date(9999, 12, 31)
EQUIPMENT_SHOWN = {"used": "In use", "due": "Service due", "warranty": "Warranty ends soon", "retired": "Out of use"}
CONTRACTS_SHOWN = {"running": "Running", "soon": "Ends or renews soon", "over": "Over"}
Values: TypeAlias = list[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuery:
    """showing: a key of what can be shown. text: words as typed. after: a sealed place, "" for the first page."""

    showing: str
    contact_id: UUID | None = None
    text: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEquipment:
    """A piece with its owner's name. overdue: its service should have been done."""

    id: UUID
    contact_id: UUID
    contact: str
    product: str
    serial: str
    place: str
    next_service_on: date | None
    overdue: bool
    warranty_until: date | None
    under_warranty: bool
    retired: bool

    @property
    def href(self) -> str:
        return f"/x/service/equipment/{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownContract:
    """A contract with its customer's name."""

    id: UUID
    contact_id: UUID
    contact: str
    name: str
    number: str
    starts_on: date
    ends_on: date | None
    notice_on: date | None
    renews_months: int
    running: bool

    @property
    def href(self) -> str:
        return f"/x/service/contracts/{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedEquipment:
    rows: tuple[ShownEquipment, ...] = ()
    following: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedContracts:
    rows: tuple[ShownContract, ...] = ()
    following: str = ""


async def list_equipment(crm: Installation, access: Access, query: ListQuery) -> ListedEquipment:
    """One page; with words a single page of what they mean. As many queries whatever the number of rows. Raises Forbidden."""
    access.actor.require("service.read")
    condition, values, order = await equipment_condition(crm, query)
    if query.text.strip():
        return ListedEquipment(rows=tuple(await equipment_with_words(crm, access, query.text)))
    rows, following = await page_of(crm, EQUIPMENT.name, (condition, values), order, query.after)
    opened = await crm.door.open(access, EQUIPMENT, rows)
    return ListedEquipment(rows=tuple(await shown_equipment(crm, access, opened)), following=following)


async def equipment_condition(crm: Installation, query: ListQuery) -> tuple[str, Values, str]:
    """Condition, values and the column of the order; "" is the latest first."""
    settings, today = await plugin_settings(crm, ServiceSettings), today_of(crm)
    parts, values, order = (
        ["deleted_at IS NULL", "retired" if query.showing == "retired" else "NOT retired"],
        Values(),
        "",
    )
    if query.showing == "due":
        parts, values, order = (
            [*parts, "next_service_on <= ?"],
            [today + timedelta(days=settings.service_reminder_days)],
            "next_service_on",
        )
    if query.showing == "warranty":
        until = today + timedelta(days=settings.warranty_reminder_days)
        parts, values, order = [*parts, "warranty_until BETWEEN ? AND ?"], [today, until], "warranty_until"
    return *of_contact(parts, values, query), order


def of_contact(parts: list[str], values: Values, query: ListQuery) -> tuple[str, Values]:
    if query.contact_id:
        parts, values = [*parts, "contact_id = ?"], [*values, query.contact_id]
    return " AND ".join(parts), values


async def page_of(
    crm: Installation, table: str, where: tuple[str, Values], order: str, after: str
) -> tuple[list[Any], str]:
    """The rows of a page, and the sealed place of the next one, "" where there is none."""
    condition, values = where
    place = place_of(crm, table, order, after)
    if place is not None:
        condition += f" AND ({order}, id) > (?, ?)" if order else " AND id < ?"
        values = [*values, *place]
    rows = await crm.data.fetch(
        f"SELECT * FROM {table} WHERE {condition} ORDER BY {f'{order}, id' if order else 'id DESC'} LIMIT ?",
        *values, PAGE + 1,
    )  # fmt: skip
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if not more:
        return rows, ""
    last = [rows[-1][order], rows[-1]["id"]] if order else [rows[-1]["id"]]
    return rows, seal_place(crm, f"{table} {order}", last)


def place_of(crm: Installation, table: str, order: str, after: str) -> tuple[Any, ...] | None:
    shape: Any = tuple[date, UUID] if order else tuple[UUID]
    try:
        place: tuple[Any, ...] | None = open_place(crm, f"{table} {order}", after, shape) if after else None
    except InvalidCursor:
        return None
    return place


async def shown_equipment(crm: Installation, access: Access, opened: Sequence[Piece]) -> list[ShownEquipment]:
    """Two queries; those of people who are hidden are left out."""
    people = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    today = today_of(crm)
    return [shown_piece(one, people, today) for one in opened if one.row["contact_id"] in people]


def shown_piece(one: Piece, people: Mapping[UUID, str], today: date) -> ShownEquipment:
    row, content = one.row, one.content
    due, warranty = row["next_service_on"], row["warranty_until"]
    return ShownEquipment(
        id=row["id"], contact_id=row["contact_id"], contact=people[row["contact_id"]], product=content.product,
        serial=content.serial, place=content.place, next_service_on=due,
        overdue=due is not None and due < today and not row["retired"], warranty_until=warranty,
        under_warranty=warranty is not None and today <= warranty, retired=bool(row["retired"]),
    )  # fmt: skip


async def equipment_with_words(crm: Installation, access: Access, text: str) -> list[ShownEquipment]:
    """By product, serial number, place or owner; the index says which contacts may be meant."""
    words = words_of(text)
    ids = await meant(crm, access, words) if words else frozenset()
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM service_equipment WHERE contact_id IN ({marks}) AND deleted_at IS NULL "
        f"ORDER BY retired, id DESC LIMIT {MOST_FOUND}",
        *ids,
    )
    found = await shown_equipment(crm, access, await crm.door.open(access, EQUIPMENT, rows))
    return [one for one in found if matches_words(f"{one.product} {one.serial} {one.place} {one.contact}", words)][
        :PAGE
    ]


async def meant(crm: Installation, access: Access, words: Sequence[str]) -> frozenset[UUID]:
    """Contacts that have each of the words in their name or in what they have."""
    sets = []
    for word in words:
        tests = {"all": [{"field": PRODUCTS, "op": "contains", "value": word}]}
        having = Scope(condition=read_condition(tests, crm.registry.index_fields), archived=None)
        named = Scope(text=word, archived=None)
        found = [await select_ids(crm, access, scope, limit=MOST_FOUND) for scope in (named, having)]
        sets.append(frozenset(found[0]) | frozenset(found[1]))
    return frozenset.intersection(*sets)


async def list_contracts(crm: Installation, access: Access, query: ListQuery) -> ListedContracts:
    """One page; as many queries whatever the number of rows. Raises Forbidden."""
    access.actor.require("service.read")
    settings, today = await plugin_settings(crm, ServiceSettings), today_of(crm)
    soon = today + timedelta(days=settings.contract_reminder_days)
    ended = "ends_on < ? AND renews_months = 0"
    conditions: Mapping[str, tuple[str, Values, str]] = {
        "running": (f"NOT ({ended}) OR ends_on IS NULL", [today], ""),
        "soon": ("COALESCE(notice_on, ends_on) BETWEEN ? AND ?", [today, soon], "COALESCE(notice_on, ends_on)"),
        "over": (ended, [today], ""),
    }
    text, values, order = conditions[query.showing]
    condition, values = of_contact(["deleted_at IS NULL", f"({text})"], values, query)
    if order:
        # What is near is little, so that it is one page in the order of its days.
        rows = await crm.data.fetch(
            f"SELECT * FROM service_contract WHERE {condition} ORDER BY {order}, id LIMIT ?", *values, MOST_FOUND
        )
        following = ""
    else:
        rows, following = await page_of(crm, CONTRACT.name, (condition, values), "", query.after)
    opened = await crm.door.open(access, CONTRACT, rows)
    return ListedContracts(rows=tuple(await shown_contracts(crm, access, opened)), following=following)


async def shown_contracts(crm: Installation, access: Access, opened: Sequence[Contract]) -> list[ShownContract]:
    """Two queries; those of people who are hidden are left out."""
    people = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    today = today_of(crm)
    kept = ("id", "contact_id", "starts_on", "ends_on", "notice_on", "renews_months")
    return [
        ShownContract(
            contact=people[one.row["contact_id"]], name=one.content.name, number=one.content.number,
            running=runs(one.row, today), **{name: one.row[name] for name in kept},
        )
        for one in opened
        if one.row["contact_id"] in people
    ]  # fmt: skip

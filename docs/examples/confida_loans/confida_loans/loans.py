"""Loans: what is sealed, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Event,
    InAnswer,
    Installation,
    InvalidContent,
    LineText,
    LongText,
    NotFound,
    Opened,
    RecordDeclaration,
    Sealed,
    display_names,
    new_id,
    now,
    plugin_settings,
    touch,
    visible_contact,
)
from confida_loans.settings import LoanSettings
from confida_loans.tables import Loan

BATCH = 500


class LoanContent(Sealed, frozen=True):
    """thing: what was lent, never empty. note: its state, what was agreed."""

    thing: LineText = ""
    note: LongText = ""


LOAN = RecordDeclaration(
    table=Loan,
    content=LoanContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Loans",
    answer=InAnswer(category="What you have borrowed", source="We wrote it down when you took it."),
)


@dataclass(frozen=True, kw_only=True)
class ShownLoan:
    """A loan as pages show it. name: of the borrower. late: it should be back by now."""

    id: UUID
    contact_id: UUID
    name: str
    thing: str
    due_on: date
    returned_on: date | None
    late: bool


def today() -> date:
    return now().date()


def checked(content: LoanContent) -> LoanContent:
    """Trimmed. Raises InvalidContent where there is no thing."""
    if not content.thing.strip():
        raise InvalidContent({"thing": "Say what is lent."})
    return LoanContent(thing=content.thing.strip(), note=content.note.strip())


async def lend(crm: Installation, access: Access, contact_id: UUID, content: LoanContent) -> UUID:
    """Writes down what somebody takes along; returns the loan's id. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("loans.write")
    await visible_contact(crm, access, contact_id)
    content, choices, moment = checked(content), await plugin_settings(crm, LoanSettings), now()
    loan_id = new_id()
    columns = {
        "id": loan_id,
        "contact_id": contact_id,
        "due_on": moment.date() + timedelta(days=choices.days),
        "returned_on": None,
        "created_at": moment,
        "created_by": access.actor.id,
    }
    await crm.records.insert(LOAN, columns, content)
    return loan_id


async def take_back(crm: Installation, access: Access, loan_id: UUID) -> UUID:
    """The thing is back; returns whose it was. The second time changes nothing. Raises Forbidden and NotFound."""
    access.actor.require("loans.write")
    rows = await crm.data.fetch("SELECT * FROM loans_loan WHERE id = ?", loan_id)
    opened = await crm.door.open_one(access, LOAN, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    contact_id: UUID = opened.row["contact_id"]
    if opened.row["returned_on"] is None:
        columns = {"id": loan_id, "contact_id": contact_id, "returned_on": today()}
        await crm.records.update(LOAN, columns, opened.content, seen=opened.row["version"])
    return contact_id


async def loans_of(crm: Installation, access: Access, contact_id: UUID, most: int = 20) -> list[ShownLoan]:
    """A contact's newest loans. Raises Forbidden and NotFound."""
    access.actor.require("loans.read")
    name = (await visible_contact(crm, access, contact_id)).content.display_name
    query = "SELECT * FROM loans_loan WHERE contact_id = ? ORDER BY created_at DESC, id DESC LIMIT ?"
    found = await crm.door.open(access, LOAN, await crm.data.fetch(query, contact_id, most))
    return [shown(one, name) for one in found]


async def overdue(crm: Installation, access: Access, most: int = 20) -> list[ShownLoan]:
    """What should be back by now, the longest overdue first. Raises Forbidden."""
    access.actor.require("loans.read")
    query = "SELECT * FROM loans_loan WHERE returned_on IS NULL AND due_on < ? ORDER BY due_on, id LIMIT ?"
    found = await crm.door.open(access, LOAN, await crm.data.fetch(query, today(), most))
    names = await display_names(crm, access, [one.row["contact_id"] for one in found])
    return [shown(one, names[one.row["contact_id"]]) for one in found if one.row["contact_id"] in names]


def shown(one: Opened[LoanContent], name: str) -> ShownLoan:
    row = one.row
    return ShownLoan(
        id=row["id"],
        contact_id=row["contact_id"],
        name=name,
        thing=one.content.thing,
        due_on=row["due_on"],
        returned_on=row["returned_on"],
        late=row["returned_on"] is None and row["due_on"] < today(),
    )


async def forget_returned(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: removes loans that were returned long enough ago. What a run leaves, the next one takes."""
    choices = await plugin_settings(crm, LoanSettings)
    until = today() - timedelta(days=choices.remembered_days)
    query = "SELECT id, contact_id FROM loans_loan WHERE returned_on <= ? ORDER BY id LIMIT ?"
    for row in await crm.data.fetch(query, until, BATCH):
        await crm.records.delete(LOAN, row["id"], [row["contact_id"]])


async def note_contact(crm: Installation, events: Sequence[Event]) -> None:
    """Told of loans, after they were written: whoever takes a thing along was in touch with us. Twice makes no difference."""
    for event in events:
        async with crm.data.transaction():
            await touch(crm, event.people, event.at)

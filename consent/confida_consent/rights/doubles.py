"""The same thing asked twice is one request: the first one entered goes on, the later ones lead to it (step 7).

Whoever runs last sees every row that was committed before, and each row is merged by one statement that only one can win;
so two that come at the same moment end as one on either database, whichever is looked at first.
"""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

from confida_consent.rights.clock import Step
from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.steps import (
    INSIDE,
    MERGED,
    deadline_of,
    events_of,
    locked_request,
    move,
    request_row,
    write_step,
)
from confida_consent.rights.vocabulary import OPEN, RequestKind
from confida_consent.sharing import same_address
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import NotFound

# Of requests by people we do not know, so many of the latest are compared; each has to be opened.
MOST_COMPARED = 200
# What a stranger wrote is not proved by the person's own request, and a second wish is not lost in the first.
IN_WORDS = frozenset({RequestKind.RECTIFICATION, RequestKind.OBJECTION, RequestKind.WITHDRAWAL, RequestKind.COMPLAINT})
_OPEN = "closed_at IS NULL AND merged_into IS NULL"


async def merge_doubles(crm: Installation, request_id: UUID) -> UUID:
    """Merge every open request that asks the same as this one into the first of them; returns the one that goes on.

    The same: of the same contact, or, while nobody is known, with the same identifier; of the same kind; and where what is
    wanted stands in words, in the same words. Repeatable.
    """
    while True:
        row = await request_row(crm, request_id)
        if row["merged_into"] is not None or row["closed_at"] is not None:
            merged: UUID | None = row["merged_into"]
            return merged or request_id
        same = [*await _same(crm, row), row]
        first: UUID = min(one["id"] for one in same)
        # A first that was merged itself meanwhile is none any more: there is an earlier one, so look again.
        if all([await _merge(crm, double["id"], first) for double in same if double["id"] != first]):
            return first


async def _same(crm: Installation, row: Row) -> list[Row]:
    rows = await _of_the_same(crm, row)
    if row["kind"] not in IN_WORDS or not rows:
        return rows
    wishes = {one.row["id"]: wish(one.content) for one in await crm.door.open(INSIDE, REQUEST, [row, *rows])}
    return [one for one in rows if row["id"] in wishes and wishes.get(one["id"]) == wishes[row["id"]]]


def wish(file: RequestFile) -> tuple[str, ...]:
    return file.scope, file.message, file.mandate


async def _of_the_same(crm: Installation, row: Row) -> list[Row]:
    if row["contact_id"] is not None:
        return await crm.data.fetch(
            f"SELECT * FROM rights_request WHERE contact_id = ? AND kind = ? AND id <> ? AND {_OPEN}",
            row["contact_id"], row["kind"], row["id"],
        )  # fmt: skip
    rows = await crm.data.fetch(
        f"SELECT * FROM rights_request WHERE contact_id IS NULL AND kind = ? AND {_OPEN} ORDER BY id DESC LIMIT ?",
        row["kind"], MOST_COMPARED,
    )  # fmt: skip
    named = {one.row["id"]: same_address(one.content.identifier) for one in await crm.door.open(INSIDE, REQUEST, rows)}
    mine = named.get(row["id"], "")
    return [one for one in rows if mine and one["id"] != row["id"] and named.get(one["id"]) == mine]


async def split_doubles(crm: Installation, first_id: UUID, contact_id: UUID) -> None:
    """The first is about this contact: doubles about somebody else go on by themselves; in the caller's transaction."""
    for double in await crm.data.fetch("SELECT * FROM rights_request WHERE merged_into = ? ORDER BY id", first_id):
        if double["contact_id"] not in (None, contact_id):
            await crm.records.set_columns(REQUEST, double["id"], double["id"], merged_into=None, closed_at=None)


async def _merge(crm: Installation, double_id: UUID, first_id: UUID) -> bool:
    """False if the first of them leads to another one by now."""
    await crm.keyring.ensure([double_id, first_id], REQUEST.retention_class)
    async with crm.data.transaction():
        try:
            # Always the first of the two before the second, so that two that merge at once cannot wait for each other.
            first = await locked_request(crm, first_id, closed=True)
            double = await locked_request(crm, double_id, closed=True)
        except NotFound:
            return True
        if first["merged_into"] is not None:
            return False
        if not (_is_open(first) and _is_open(double)):
            return True
        await crm.records.set_columns(REQUEST, double_id, double_id, merged_into=first_id, closed_at=now())
        await write_step(crm, INSIDE, double_id, MERGED, first["reference"])
        await _take_over(crm, first, double)
        await _take_over_doubles(crm, first, double_id)
    return True


def _is_open(row: Row) -> bool:
    return row["closed_at"] is None and row["state"] in OPEN


async def _take_over_doubles(crm: Installation, first: Row, double_id: UUID) -> None:
    """Those that led to the double lead to the first itself, where whoever looks for its doubles finds them."""
    for double in await crm.data.fetch("SELECT * FROM rights_request WHERE merged_into = ? ORDER BY id", double_id):
        await crm.records.set_columns(REQUEST, double["id"], double["id"], merged_into=first["id"])
        await write_step(crm, INSIDE, first["id"], MERGED, double["reference"])


async def _take_over(crm: Installation, first: Row, double: Row) -> None:
    """The clock counts from the earlier receipt, and a proof of identity given for one is given for both."""
    await write_step(crm, INSIDE, first["id"], MERGED, double["reference"])
    if double["received_at"] < first["received_at"]:
        await write_step(crm, INSIDE, first["id"], Step.RECEIVED, double["reference"], at=double["received_at"])
        found = deadline_of(crm, first, await events_of(crm, first["id"]))
        columns = {"received_at": double["received_at"], "due_on": found.due, "due_at": found.due_at.astimezone(UTC)}
        await crm.records.set_columns(REQUEST, first["id"], first["id"], **columns)
    same_person = first["contact_id"] is not None and first["contact_id"] == double["contact_id"]
    if same_person and double["verified_at"] is not None and first["verified_at"] is None:
        await move(crm, INSIDE, first, Step.VERIFIED, double["reference"])

"""Whose data, which fields: answered within minutes of learning what was stolen, from read log and key map (RG-3).

What is said is what could have been seen, never less: whoever holds an account has seen what its log says and could have
seen the rest of what its role may; whoever holds a key can read what is sealed under it, if they also hold the rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from confida_consent.rights.restriction import names_shown
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound

PAGE = 1_000
SHOWN = 500
KINDS: Mapping[str, str] = {
    "account": "Somebody used a colleague's account",
    "person_key": "The key of one person",
    "unlock_key": "The unlock key or the keyring",
    "file": "One file of the folder of files",
    "backup": "A backup",
}
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedPerson:
    """times, first, last: of the looks in the time asked about; 0 and None where no look is known of."""

    contact_id: UUID
    name: str = ""
    times: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """One kind of records. rows: how many are concerned; None where only the kind is known."""

    label: str
    fields: tuple[str, ...]
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """count: how many people; `people` are the first of them. others: subjects that are no contacts (any more), by count.

    unintelligible: what was lost cannot be read by whoever has it, with nothing else (GDPR Art. 34(3)(a)).
    says: what follows, in words.
    """

    kind: str
    count: int
    people: tuple[AffectedPerson, ...]
    groups: tuple[FieldGroup, ...]
    says: str
    unintelligible: bool = False
    others: int = 0


async def affected_by_account(
    crm: Installation, access: Access, account_id: UUID, since: datetime, until: datetime
) -> Affected:
    """Everybody whom this account has looked at from one instant up to, but not with, another; complete up to now.

    Opens the names through the door. Raises Forbidden without `registers.read`, NotFound for no such account.
    """
    access.actor.require("registers.read")
    if not await crm.data.fetch("SELECT id FROM account WHERE id = ?", account_id):
        raise NotFound
    looks: dict[UUID, AffectedPerson] = {}
    purposes: set[str] = set()
    async for row in entries_of(crm, account_id, since, until):
        purposes.add(row["purpose"])
        for subject in subjects_in(row):
            seen = looks.get(subject, AffectedPerson(contact_id=subject, first=row["at"]))
            first, last = min(seen.first or row["at"], row["at"]), max(seen.last or row["at"], row["at"])
            looks[subject] = replace(seen, times=seen.times + 1, first=first, last=last)
    contacts = await contacts_among(crm, list(looks))
    ordered = sorted((looks[one] for one in contacts), key=lambda one: (-one.times, one.contact_id))
    return Affected(
        kind="account",
        count=len(contacts),
        people=await named(crm, access, ordered[:SHOWN]),
        groups=groups_of(one for one in crm.registry.records.values() if one.purpose in purposes),
        says=(
            "These people's data were on a page, in an export or in an answer that this account got. "
            "What its role may see besides could have been seen, but was not."
        ),
        others=len(looks) - len(contacts),
    )


async def entries_of(crm: Installation, account_id: UUID, since: datetime, until: datetime) -> AsyncIterator[Row]:
    while await crm.door.read_log.distribute():
        pass
    last = FIRST
    while rows := await crm.data.fetch(
        "SELECT id, at, purpose, place, subjects FROM read_entry WHERE actor_id = ? AND at >= ? AND at < ? AND id > ? "
        "ORDER BY id LIMIT ?",
        account_id, since, until, last, PAGE,
    ):  # fmt: skip
        last = rows[-1]["id"]
        for row in rows:
            yield row


def subjects_in(row: Row) -> list[UUID]:
    subjects = bytes(row["subjects"])
    return [UUID(bytes=subjects[at : at + 16]) for at in range(0, len(subjects), 16)]


async def affected_by_person_key(crm: Installation, access: Access, contact_id: UUID) -> Affected:
    """What is sealed under one person's keys. Raises Forbidden, NotFound."""
    access.actor.require("registers.read")
    if not await contacts_among(crm, [contact_id]):
        raise NotFound
    groups = []
    for record in crm.registry.records.values():
        rows = await rows_about(crm, record, contact_id)
        if rows:
            groups.append(group_of(record, rows))
    return Affected(
        kind="person_key",
        count=1,
        people=await named(crm, access, [AffectedPerson(contact_id=contact_id)]),
        groups=tuple(groups),
        says="Readable only together with the rows: from the database or any backup of it.",
    )


async def rows_about(crm: Installation, record: RecordDeclaration, contact_id: UUID) -> int:
    condition = (
        f"{record.subject} = ?" if record.subject else "id IN (SELECT record_id FROM shared_key WHERE subject_id = ?)"
    )
    rows = await crm.data.fetch(f"SELECT count(*) AS n FROM {record.name} WHERE {condition}", contact_id)
    return int(rows[0]["n"])


async def affected_by_unlock_key(crm: Installation, access: Access) -> Affected:
    """Everybody: whoever holds the unlock key and the keyring can open every row they have. Raises Forbidden."""
    access.actor.require("registers.read")
    return replace(
        await everybody(crm, access, None),
        kind="unlock_key",
        says=(
            "Everybody, if the database or a backup of it is lost as well. The unlock key alone, or the keyring alone, opens "
            "nothing. Change the unlock key at once."
        ),
    )


async def affected_by_backup(crm: Installation, access: Access, taken_at: datetime, *, with_keyring: bool) -> Affected:
    """Everybody who was there when it was made. with_keyring: a copy of the keyring and its unlock key were lost too.

    Raises Forbidden.
    """
    access.actor.require("registers.read")
    found = await everybody(crm, access, taken_at)
    if with_keyring:
        return replace(found, kind="backup", says="Everything in it can be read, but for people who were erased since.")
    return replace(
        found,
        kind="backup",
        unintelligible=True,
        says=(
            "No key lies in a backup of the data: without the keyring and its unlock key nothing in it can be read "
            "(GDPR Art. 34(3)(a))."
        ),
    )


async def affected_by_file(crm: Installation, access: Access, file_id: UUID) -> Affected:
    """Whose file it is, by its name in the folder of files. Raises Forbidden, NotFound."""
    access.actor.require("registers.read")
    if not await crm.data.fetch("SELECT id FROM sealed_file WHERE id = ?", file_id):
        raise NotFound
    rows = await crm.data.fetch("SELECT subject_id FROM shared_key WHERE record_id = ?", file_id)
    contacts = await contacts_among(crm, [row["subject_id"] for row in rows])
    record = crm.registry.records["sealed_file"]
    return Affected(
        kind="file",
        count=len(contacts),
        people=await named(crm, access, [AffectedPerson(contact_id=one) for one in sorted(contacts)][:SHOWN]),
        groups=(group_of(record, 1),),
        unintelligible=True,
        others=len(rows) - len(contacts),
        says="The bytes are sealed under a key that stands in the database, itself sealed: alone they cannot be read.",
    )


async def everybody(crm: Installation, access: Access, taken_at: datetime | None) -> Affected:
    """All contacts (of that time), and every kind of records with how many there are now."""
    condition, values = ("created_at <= ?", [taken_at]) if taken_at else ("1 = 1", [])
    counted = await crm.data.fetch(f"SELECT count(*) AS n FROM contact WHERE {condition}", *values)
    rows = await crm.data.fetch(f"SELECT id FROM contact WHERE {condition} ORDER BY id LIMIT ?", *values, SHOWN)
    groups = []
    for record in crm.registry.records.values():
        n = await crm.data.fetch(f"SELECT count(*) AS n FROM {record.name}")
        if n[0]["n"]:
            groups.append(group_of(record, int(n[0]["n"])))
    return Affected(
        kind="",
        count=int(counted[0]["n"]),
        people=await named(crm, access, [AffectedPerson(contact_id=row["id"]) for row in rows]),
        groups=tuple(groups),
        says="",
    )


async def contacts_among(crm: Installation, ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for batch in batches(ids):
        marks = ", ".join("?" * len(batch))
        found |= {row["id"] for row in await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks})", *batch)}
    return found


async def named(crm: Installation, access: Access, people: Sequence[AffectedPerson]) -> tuple[AffectedPerson, ...]:
    names = await names_shown(crm, access, [one.contact_id for one in people])
    return tuple(replace(one, name=names.get(one.contact_id, "")) for one in people)


def groups_of(records: Iterable[RecordDeclaration]) -> tuple[FieldGroup, ...]:
    return tuple(group_of(record, None) for record in records)


def group_of(record: RecordDeclaration, rows: int | None) -> FieldGroup:
    fields = tuple(name.replace("_", " ") for name in record.content.__struct_fields__)
    return FieldGroup(label=record.label, fields=fields, rows=rows)

"""What somebody who is erased shares with others: the others keep their part, without what identifies this person in it.

To be done, and durable, before the person's keys are destroyed: afterwards nobody knows any more by what they were known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.history_erasing import INSIDE, Rewrite, Stores, rewrite_shared_entries
from confida_core.contacts.known_terms import KnownTerms, all_terms, redacted
from confida_core.contacts.records import CHANGE, CONTACT, RELATIONSHIP, ChangeContent
from confida_core.contacts.redaction_marks import keep_marks, mark_of
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.plugins.parking import check_reach
from confida_core.registry import Registry
from confida_core.storage.batches import batches
from confida_core.storage.database import Busy, VersionConflict
from confida_core.vault.door import Opened
from confida_core.vault.keyring import KeyDestroyed

ATTEMPTS = 5
BATCH = 200
IDENTIFYING = frozenset({"display_name", "nickname", "emails", "phones", "addresses", "links"})


def shared_declarations(registry: Registry, classes: Iterable[str]) -> list[RecordDeclaration]:
    """Shared record tables of these retention classes that an erasure touches. Relationships end with either side."""
    wanted = set(classes)
    return [
        declaration
        for declaration in registry.records.values()
        if declaration.subject is None
        and declaration.erasure != "keep"
        and declaration.retention_class in wanted
        and declaration.name != RELATIONSHIP.name
    ]


def shared_with_others(declaration: RecordDeclaration) -> str:
    """SQL: this person's records of a table that are somebody else's too; the person's id twice."""
    return (
        f"FROM {declaration.name} r WHERE r.id IN (SELECT record_id FROM shared_key WHERE subject_id = ?) "
        "AND EXISTS (SELECT 1 FROM shared_key o WHERE o.record_id = r.id AND o.subject_id <> ?)"
    )


async def redact_shared(crm: Installation, contact_id: UUID, classes: Iterable[str]) -> int:
    """Seal every record this person shares with others anew, for the others alone and without what identifies the person;
    the same in the others' history. Returns how many records it was. Repeatable.

    A term that one of a record's other people has too stays in it. Raises Busy if others keep changing the records, and
    OutOfReach in safe mode if a plugin keeps records that cannot be read now.
    """
    check_reach(crm.registry)
    terms = await known_terms(crm, contact_id)
    declarations = shared_declarations(crm.registry, classes)
    # History first: whom it is about is told by the records that are about to forget this person.
    await _redact_history(crm, contact_id, terms)
    return sum([await _redact_table(crm, contact_id, terms, declaration) for declaration in declarations])


async def known_terms(crm: Installation, contact_id: UUID) -> KnownTerms:
    """By what the person is and was known, from the contact and its history; nothing once the key is destroyed."""
    opened = await crm.door.open(INSIDE, CONTACT, await crm.records.rows(CONTACT, [contact_id]))
    if not opened:
        return KnownTerms()
    is_person = opened[0].row["kind"] == ContactKind.PERSON.value
    rows = await crm.data.fetch("SELECT * FROM contact_change WHERE subject_id = ?", contact_id)
    changes = [change for entry in await crm.door.open(INSIDE, CHANGE, rows) for change in entry.content.changes]
    former = [
        content
        for change in changes
        for value in (change.before, change.after)
        if value is not None and (content := _content_of(change.field, value)) is not None
    ]
    return all_terms((is_person, content) for content in (opened[0].content, *former))


def _content_of(field: str, value: Any) -> ContactContent | None:
    """A value from the history as if it were all that is known of the contact."""
    owner, _, part = field.partition(".")
    if owner not in IDENTIFYING and owner != "name":
        return None
    try:
        return msgspec.convert({owner: {part: value} if part else value}, ContactContent)
    except msgspec.ValidationError:
        return None


class _Others:
    """What the other people of the records are known by; each is opened once."""

    def __init__(self, crm: Installation, contact_id: UUID) -> None:
        self._crm, self._contact_id = crm, contact_id
        self._known: dict[UUID, KnownTerms] = {}

    async def learn(self, people: Iterable[UUID]) -> None:
        wanted = sorted(set(people) - self._known.keys() - {self._contact_id})
        self._known |= dict.fromkeys(wanted, KnownTerms())
        for item in await self._crm.door.open(INSIDE, CONTACT, await self._crm.records.rows(CONTACT, wanted)):
            is_person = item.row["kind"] == ContactKind.PERSON.value
            self._known[item.row["id"]] = all_terms([(is_person, item.content)])

    def without(self, terms: KnownTerms, people: Iterable[UUID]) -> KnownTerms:
        for person in people:
            terms -= self._known.get(person, KnownTerms())
        return terms


async def _redact_table(crm: Installation, contact_id: UUID, terms: KnownTerms, declaration: RecordDeclaration) -> int:
    others, count = _Others(crm, contact_id), 0
    query = f"SELECT r.* {shared_with_others(declaration)} ORDER BY r.id LIMIT {BATCH}"
    misses = 0
    while rows := await crm.data.fetch(query, contact_id, contact_id):
        opened = await crm.door.open(INSIDE, declaration, rows)
        await others.learn(person for item in opened for person in item.people)
        redactions = []
        for item in opened:
            left = [person for person in item.people if person != contact_id]
            redactions.append((item, left, others.without(terms, left).pattern()))
        # First, for backups that hold the records as they were.
        await keep_marks(crm.keyring, [mark_of(contact_id, item, pattern) for item, _, pattern in redactions])
        try:
            async with crm.data.transaction():
                for item, left, pattern in redactions:
                    await _seal_for(crm, declaration, item, redacted(item.content, pattern), left)
                await _drop_wraps(crm, contact_id, [row["id"] for row in rows])
        except (VersionConflict, KeyDestroyed):
            misses += 1
            if misses == ATTEMPTS:
                raise Busy("shared records change faster than they can be redacted") from None
            continue
        count += len(opened)
    return count


async def _seal_for(
    crm: Installation,
    declaration: RecordDeclaration,
    item: Opened[Any],
    content: msgspec.Struct,
    people: Sequence[UUID],
) -> None:
    await crm.records.update(declaration, {"id": item.row["id"]}, content, seen=item.row["version"], people=people)


async def _drop_wraps(crm: Installation, contact_id: UUID, records: Sequence[UUID]) -> None:
    """Also of records that nobody can open, so that they are not found again."""
    marks = ", ".join("?" * len(records))
    await crm.data.fetch(
        f"DELETE FROM shared_key WHERE subject_id = ? AND record_id IN ({marks})", contact_id, *records
    )


async def _redact_history(crm: Installation, contact_id: UUID, terms: KnownTerms) -> None:
    people = await people_beside(crm, contact_id)
    others = _Others(crm, contact_id)
    pattern_of: dict[frozenset[UUID], Any] = {}

    async def choose(entries: Sequence[Opened[ChangeContent]]) -> Rewrite:
        await others.learn(entry.row["subject_id"] for entry in entries)
        records = {UUID(hex=entry.content.detail) for entry in entries if _is_id(entry.content.detail)}
        holders = await holders_of(crm, records)
        await others.learn(person for each in holders.values() for person in each)

        def rewrite(entry: Opened[ChangeContent]) -> ChangeContent:
            detail = entry.content.detail
            if detail == contact_id.hex:
                return msgspec.structs.replace(entry.content, detail="")
            record = UUID(hex=detail) if _is_id(detail) else None
            if record is None or contact_id not in holders.get(record, ()):
                return entry.content
            left = frozenset({entry.row["subject_id"], *holders[record]} - {contact_id})
            if left not in pattern_of:
                pattern_of[left] = others.without(terms, left).pattern()
            return redacted(entry.content, pattern_of[left])

        return rewrite

    await rewrite_shared_entries(crm, people, choose)


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(character in "0123456789abcdef" for character in text)


async def people_beside(crm: Installation, contact_id: UUID) -> set[UUID]:
    """Everybody who shares a record or a relationship with this person."""
    rows = await crm.data.fetch(
        "SELECT DISTINCT o.subject_id AS id FROM shared_key mine JOIN shared_key o ON o.record_id = mine.record_id "
        "WHERE mine.subject_id = ? AND o.subject_id <> ?",
        contact_id, contact_id,
    )  # fmt: skip
    return {row["id"] for row in rows} - {crm.keyring.installation_id}


async def holders_of(crm: Stores, records: Iterable[UUID]) -> Mapping[UUID, set[UUID]]:
    """Whose each record is, by its wraps; destroyed records are absent."""
    found: dict[UUID, set[UUID]] = {}
    for batch in batches(sorted(records)):
        marks = ", ".join("?" * len(batch))
        query = f"SELECT record_id, subject_id FROM shared_key WHERE record_id IN ({marks})"
        for row in await crm.data.fetch(query, *batch):
            found.setdefault(row["record_id"], set()).add(row["subject_id"])
    return found

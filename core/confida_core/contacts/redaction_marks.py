"""Where something was taken out of a shared record, so that a backup that holds it as it was can be treated alike.

A mark says nothing about a person: which record at which version, which passages, as positions. It lies beside the keys,
because the backup may be all that is left of the data (privacy.md RT-7, RT-10).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from confida_core.contacts.rewriting import ERASED, Path, rewritten, texts_of
from confida_core.storage.batches import batches
from confida_core.storage.database import Database
from confida_core.vault.door import Opened
from confida_core.vault.keyring import Keyring
from confida_core.vault.sealing import key_id_of

T = TypeVar("T")
PREFIX = "redact:"
# Media types and hashes are no words about anybody, and a file without them could not be handed out.
_TECHNICAL = re.compile(r"[a-z]+/[a-z0-9.+-]+|[0-9a-f]{32,}|")


@dataclass(frozen=True, slots=True)
class RedactionMark:
    """subject: who was erased. key, version: of the record as it was before. passages: path -> (begin, end) of each."""

    record: UUID
    subject: UUID
    key: UUID
    version: int
    passages: tuple[tuple[Path, tuple[tuple[int, int], ...]], ...]


def mark_of(subject: UUID, item: Opened[Any], pattern: re.Pattern[str] | None) -> RedactionMark:
    """What redacting this record by the pattern takes out of it."""
    passages = []
    for path, text in texts_of(item.content) if pattern else ():
        found = tuple(match.span() for match in pattern.finditer(text)) if pattern else ()
        if found:
            passages.append((path, found))
    key = UUID(bytes=key_id_of(item.row["sealed"]))
    return RedactionMark(item.row["id"], subject, key, item.row["version"], tuple(passages))


async def keep_marks(keyring: Keyring, marks: Sequence[RedactionMark]) -> None:
    """Durable before it returns; the same mark again takes the place of the one before."""
    known = await marks_of(keyring.database, [mark.record for mark in marks])
    async with keyring.database.transaction():
        for mark in marks:
            others = [
                each for each in known.get(mark.record, ()) if (each.key, each.subject) != (mark.key, mark.subject)
            ]
            await keyring.database.fetch(
                "INSERT INTO kept_fact (name, number, content) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE "
                "SET number = kept_fact.number + 1, content = excluded.content",
                PREFIX + mark.record.hex, 1, encoded([*others, mark]),
            )  # fmt: skip


def encoded(marks: Sequence[RedactionMark]) -> str:
    return json.dumps([[mark.subject.hex, mark.key.hex, mark.version, mark.passages] for mark in marks])


async def marks_of(keyring: Database, records: Sequence[UUID]) -> Mapping[UUID, list[RedactionMark]]:
    """The marks of these records, in the order in which they were made."""
    found: dict[UUID, list[RedactionMark]] = {}
    for batch in batches(records):
        names = ", ".join("?" * len(batch))
        query = f"SELECT name, content FROM kept_fact WHERE name IN ({names})"
        for row in await keyring.fetch(query, *(PREFIX + record.hex for record in batch)):
            record = UUID(hex=row["name"].removeprefix(PREFIX))
            found[record] = [decoded(record, *each) for each in json.loads(row["content"])]
    return found


def decoded(record: UUID, subject: str, key: str, version: int, passages: list[Any]) -> RedactionMark:
    return RedactionMark(
        record,
        UUID(hex=subject),
        UUID(hex=key),
        version,
        tuple((tuple(path), tuple((begin, end) for begin, end in spans)) for path, spans in passages),
    )


def as_redacted(item: Opened[T], marks: Sequence[RedactionMark], erased: set[UUID]) -> T:
    """A record as it was in a backup, as it became when these people were erased.

    Where the marks do not lead from this very version through every one of them, all its texts are taken out: nobody can
    tell any more which passages were about whom.
    """
    content, version, left = item.content, item.row["version"], set(erased)
    step = next((mark for mark in marks if mark.key.bytes == key_id_of(item.row["sealed"])), None)
    while step is not None:
        content = without_passages(content, dict(step.passages))
        left.discard(step.subject)
        version += 1
        step = next((mark for mark in marks if mark.version == version and mark.subject in left), None)
    return content if not left else blanked(item.content)


def without_passages(content: T, passages: Mapping[Path, Sequence[tuple[int, int]]]) -> T:
    def change(path: Path, text: str) -> str:
        for begin, end in reversed(passages.get(path, ())):
            text = text[:begin] + ERASED + text[end:]
        return text

    return rewritten(content, change)


def blanked(content: T) -> T:
    return rewritten(content, lambda _, text: text if _TECHNICAL.fullmatch(text) else ERASED)

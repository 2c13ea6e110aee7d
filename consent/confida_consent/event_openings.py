"""For the audit of the ledger: whether every event still says what its leaf committed to, and every notice what was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.content import Evidence
from confida_consent.ledger.openers import LedgerOpener
from confida_consent.ledger.verify import commitment_of
from confida_consent.payloads import FACTS, KIND_OF_LEAF, evidence_bytes, plain
from confida_consent.records import EVENT
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.vault.access import system_access
from confida_core.vault.door import Opened
from confida_core.vault.sealing import SealBroken

AUDIT = system_access("ledger audit", "consent")


async def read_openings(crm: Installation, first: int, last: int) -> dict[int, bytes | str]:
    """What the events at these positions commit to, or what is wrong with them; opens their evidence."""
    rows = await crm.data.fetch(
        "SELECT * FROM consent_event WHERE ledger_index >= ? AND ledger_index < ? ORDER BY ledger_index", first, last
    )
    shown = await notice_hashes(crm, {row["notice_id"] for row in rows if row["notice_id"]})
    found: dict[int, bytes | str] = {row["ledger_index"]: "the key that opens it was destroyed" for row in rows}
    for item in await opened_or_named(crm, rows, found):
        found[item.row["ledger_index"]] = verdict_on(item.row, item.content, shown)
    return found


async def notice_hashes(crm: Installation, ids: Iterable[UUID]) -> dict[UUID, str]:
    """SHA-256 of the notices as they are stored now, whatever their rows say of themselves."""
    hashes = {}
    for batch in batches(sorted(ids)):
        marks = ", ".join("?" * len(batch))
        for row in await crm.data.fetch(f"SELECT id, content FROM consent_notice WHERE id IN ({marks})", *batch):
            hashes[row["id"]] = hashlib.sha256(bytes(row["content"])).hexdigest()
    return hashes


async def opened_or_named(crm: Installation, rows: Sequence[Row], found: dict[int, bytes | str]) -> list[Opened[Any]]:
    """The events that open; the others are named in `found`, each by itself."""
    try:
        return await crm.door.open(AUDIT, EVENT, rows)
    except (SealBroken, msgspec.MsgspecError, ValueError):
        opened = []
    for row in rows:
        try:
            opened += await crm.door.open(AUDIT, EVENT, [row])
        except (SealBroken, msgspec.MsgspecError, ValueError):
            found[row["ledger_index"]] = "its evidence was changed, moved or damaged"
    return opened


def verdict_on(row: Row, evidence: Evidence, shown: Mapping[UUID, str]) -> bytes | str:
    try:
        fixed = msgspec.json.decode(evidence.payload)
    except msgspec.DecodeError:
        return "its evidence holds no payload"
    changed = [name for name in FACTS if plain(row[name]) != fixed.get(name, "")]
    if changed:
        return f"the event was changed: {', '.join(changed)}"
    if fixed.get("evidence_sha256") != hashlib.sha256(evidence_bytes(evidence)).hexdigest():
        return "its evidence was changed"
    named = shown.get(row["notice_id"]) if row["notice_id"] else None
    if fixed.get("notice_sha256") != named:
        return "the notice that was shown was changed or is missing"
    return commitment_of(evidence.salt, evidence.payload)


EVENT_OPENER = LedgerOpener(
    key="consent.events",
    label="Consent events",
    kinds=frozenset({KIND_OF_LEAF}),
    read=read_openings,
)

"""Notices: the exact bytes people were shown, kept for ever with their hash (CR-3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_consent.controller import Controller, read_controller
from confida_consent.declarations import ConsentPurpose
from confida_consent.notice_text import notice_text
from confida_consent.purposes import purpose_of
from confida_core.accounts.signing_in import address_of
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Busy, Row
from confida_core.vault.access import NotFound

NEWEST = "SELECT * FROM consent_notice WHERE purpose = ? AND language = ? ORDER BY number DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as it was shown. content: UTF-8 plain text. language: the one it is in. sha256: of content.

    number: 1, 2, 3 ... of this purpose in this language.
    """

    id: UUID
    purpose: str
    purpose_version: int
    language: str
    number: int
    content: bytes
    sha256: bytes
    created_at: datetime

    @property
    def text(self) -> str:
        return self.content.decode()


async def current_notice(crm: Installation, purpose: str, language: str) -> Notice:
    """What a reader of this language is to be shown now; in English if the purpose has no words in theirs.

    Kept under the next number if it differs from the last by a byte. Call it before a transaction that shall be short.
    Raises NotFound for an unknown purpose.
    """
    declared = (await purpose_of(crm, purpose)).declared
    return await notice_for(crm, declared, language, await read_controller(crm))


async def notice_for(crm: Installation, purpose: ConsentPurpose, language: str, controller: Controller) -> Notice:
    """The same, for whoever knows the purpose and the controller already."""
    base = address_of(crm)
    used, text = notice_text(purpose, language, controller, f"{base}/my/" if base else "")
    content = text.encode()
    digest = hashlib.sha256(content).digest()
    for _ in range(5):
        rows = await crm.data.fetch(NEWEST, purpose.key, used)
        if rows and bytes(rows[0]["sha256"]) == digest:
            return notice_from(rows[0])
        # Of two processes that render the same words one stores them, the other finds them the next time round.
        await crm.data.fetch(
            "INSERT INTO consent_notice (id, purpose, purpose_version, language, number, content, sha256, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (purpose, language, number) DO NOTHING",
            new_id(), purpose.key, purpose.version, used, rows[0]["number"] + 1 if rows else 1, content, digest, now(),
        )  # fmt: skip
    raise Busy("the notice changes faster than it can be stored")


async def notice(crm: Installation, notice_id: UUID) -> Notice:
    """Raises NotFound."""
    rows = await crm.data.fetch("SELECT * FROM consent_notice WHERE id = ?", notice_id)
    if not rows:
        raise NotFound
    return notice_from(rows[0])


async def notices_of(crm: Installation, purpose: str) -> list[Notice]:
    """Every notice of a purpose, newest first."""
    rows = await crm.data.fetch(
        "SELECT * FROM consent_notice WHERE purpose = ? ORDER BY created_at DESC, language, number DESC", purpose
    )
    return [notice_from(row) for row in rows]


def notice_from(row: Row) -> Notice:
    return Notice(
        id=row["id"],
        purpose=row["purpose"],
        purpose_version=row["purpose_version"],
        language=row["language"],
        number=row["number"],
        content=bytes(row["content"]),
        sha256=bytes(row["sha256"]),
        created_at=row["created_at"],
    )

"""Files that go to somebody else: only whom the gates allow is in them, and each of those is in the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.installation import Installation
from confida_core.outbound.gates import check_keys, verdicts_of
from confida_core.outbound.sender import permitted
from confida_core.storage.database import Row
from confida_core.vault.access import Access

PATH = "export"
FIELDS = ("Name", "E-mail addresses", "Phone numbers", "Postal addresses", "Everything else that is kept of a contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """recipient: who gets the file. purpose, channel: what they get it for, as the gates know it."""

    recipient: str
    purpose: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFigures:
    """How many would be in a file, and how many would not, by the sentence that says why; the most frequent first."""

    allowed: int
    left_out: tuple[tuple[str, int], ...]

    @property
    def refused(self) -> int:
        return sum(count for _, count in self.left_out)


def check_handed(handed: HandedOver | None) -> None:
    """Raises ValueError without a recipient, or for a purpose or channel that is no key; None is always sound."""
    if handed is None:
        return
    if not handed.recipient.strip():
        raise ValueError("a file for somebody else needs their name")
    check_keys(handed.purpose, handed.channel, PATH)


async def handover_figures(crm: Installation, batches: AsyncIterator[list[Row]], handed: HandedOver) -> HandoverFigures:
    """What would be in a file of these contacts. Nothing is opened, and nothing logged, because nothing leaves yet."""
    allowed, why = 0, Counter[str]()
    async for rows in batches:
        verdicts = await verdicts_of(crm, await _unrestricted(crm, rows), handed.purpose, handed.channel)
        allowed += sum(verdict.allowed for verdict in verdicts.values())
        why.update(verdict.sentence or verdict.reason for verdict in verdicts.values() if not verdict.allowed)
    return HandoverFigures(allowed=allowed, left_out=tuple(why.most_common()))


async def allowed_rows(
    crm: Installation, access: Access, rows: Sequence[Row], handed: HandedOver
) -> tuple[list[Row], int]:
    """Those of these contacts that may be in the file, and how many may not; both are written down when it returns."""
    answer = await permitted(
        crm,
        access,
        await _unrestricted(crm, rows),
        purpose=handed.purpose,
        channel=handed.channel,
        path=PATH,
        recipient=handed.recipient,
        fields=FIELDS,
    )
    allowed = set(answer.allowed)
    return [row for row in rows if row["id"] in allowed], len(answer.refused)


async def _unrestricted(crm: Installation, rows: Sequence[Row]) -> list[UUID]:
    """The door shows nobody a restricted person, so that there is none to ask about, and none that was handed over."""
    await crm.orders.refresh()
    return [row["id"] for row in rows if not crm.orders.restricted(row["id"])]

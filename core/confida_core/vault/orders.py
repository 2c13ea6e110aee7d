"""Standing orders: every "no" that must be as fresh as the keys, and therefore lies beside them.

They only ever narrow what may be done. Marks are content-neutral: a kind, a purpose key, a channel, a random id, a keyed hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.vault.keyring import Keyring

OrderKind = Literal["restriction", "withdrawal", "objection", "suppression", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrder:
    """subject_id: None for a suppression, which only knows `mark`, a keyed hash. purpose, channel: "" means every one."""

    id: UUID
    kind: OrderKind
    subject_id: UUID | None
    purpose: str = ""
    channel: str = ""
    mark: bytes | None = None


class StandingOrders:
    """The orders of one installation, at hand in memory and refreshed from the keyring when it changed."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._generation = -1
        self._by_subject: dict[UUID, list[StandingOrder]] = {}

    async def refresh(self) -> None:
        """See what other processes ordered; one cheap question when nothing changed."""
        await self._keyring.refresh()
        # Of before the reading: what is ordered while it lasts has a later generation, and is read the next time.
        generation = self._keyring.generation
        if self._generation == generation:
            return
        rows = await self._keyring.database.fetch("SELECT * FROM standing_order WHERE subject_id IS NOT NULL")
        if generation < self._generation:
            # Another request has read later ones meanwhile, and these would lift what was ordered in between.
            return
        self._by_subject, self._generation = {}, generation
        for row in rows:
            subject = UUID(str(row["subject_id"]))
            order = StandingOrder(
                id=UUID(str(row["id"])),
                kind=row["kind"],
                subject_id=subject,
                purpose=row["purpose"],
                channel=row["channel"],
            )
            self._by_subject.setdefault(subject, []).append(order)

    def of(self, subject_id: UUID) -> list[StandingOrder]:
        """What is ordered for this subject, as of the last refresh."""
        return self._by_subject.get(subject_id, [])

    def restricted(self, subject_id: UUID) -> bool:
        return any(order.kind == "restriction" for order in self.of(subject_id))

    def restricted_subjects(self) -> set[UUID]:
        """Everybody whose processing is restricted, as of the last refresh."""
        return {subject for subject in self._by_subject if self.restricted(subject)}

    def forbids(self, subject_id: UUID, purpose: str) -> bool:
        """Whether the subject withdrew from, or objected to, this purpose on every channel."""
        return any(
            order.kind in {"withdrawal", "objection"} and order.channel == "" and order.purpose in {"", purpose}
            for order in self.of(subject_id)
        )

    async def give(
        self,
        kind: OrderKind,
        subject_id: UUID | None,
        *,
        purpose: str = "",
        channel: str = "",
        mark: bytes | None = None,
    ) -> UUID:
        """Durable before it returns. The same order twice is two rows: each rests on its own event."""
        order_id = new_id()
        database = self._keyring.database
        async with database.transaction():
            await self._keyring.bump()
            await database.fetch(
                "INSERT INTO standing_order (id, kind, subject_id, purpose, channel, mark, given_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                order_id, kind, subject_id, purpose, channel, mark, now().isoformat(),
            )  # fmt: skip
        await self.refresh()
        return order_id

    async def lift(self, kind: OrderKind, subject_id: UUID) -> None:
        """End every order of this kind for the subject; whoever lifts it has recorded why."""
        database = self._keyring.database
        async with database.transaction():
            await self._keyring.bump()
            await database.fetch("DELETE FROM standing_order WHERE kind = ? AND subject_id = ?", kind, subject_id)
        await self.refresh()

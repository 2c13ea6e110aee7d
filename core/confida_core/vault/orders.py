"""Standing orders: every "no" that must be as fresh as the keys, and therefore lies beside them.

They only ever narrow what may be done. Marks are content-neutral: a kind, a purpose key, a channel, a random id, a keyed hash.
Each giving and each lifting has a number, so that a process that knows them up to one reads only what came after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.vault.keks import as_uuid
from confida_core.vault.keyring import Keyring
from confida_core.vault.order_memory import OrderKind, OrderMemory, StandingOrder

# Whoever has not looked for longer than that many changes reads everything again.
LIFTED_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What is to be ordered; the fields are those of StandingOrder."""

    kind: OrderKind
    subject_id: UUID | None
    purpose: str = ""
    channel: str = ""
    mark: bytes | None = None
    event_id: UUID | None = None


class StandingOrders:
    """The orders of one installation, at hand in memory and refreshed from the keyring when they changed."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._known = -1
        self._memory = OrderMemory()

    async def refresh(self) -> None:
        """See what other processes ordered and lifted; one cheap question when nothing changed."""
        if self._known >= 0 and self._keyring.database.current() is not None:
            # What is not committed may be undone, and must not be remembered.
            return
        while True:
            await self._keyring.refresh()
            # Of before the reading: what is ordered while it lasts has a larger number, and is read the next time.
            known, newest = self._known, self._keyring.order_number
            if known >= newest:
                return
            # At first, or after so long that the log of what was lifted may not reach back any more.
            afresh = known < 0 or known < newest - LIFTED_KEPT // 2
            given, lifted = await self._read(-1 if afresh else known, newest if afresh else known)
            if self._known != known:
                # Another request has read meanwhile; what was read here may bring back what it saw lifted.
                continue
            memory = OrderMemory() if afresh else self._memory
            memory.admit(given)
            memory.drop(lifted)
            self._memory, self._known = memory, newest

    async def _read(self, given_after: int, lifted_after: int) -> tuple[list[Row], list[Row]]:
        """Orders first: one that is lifted between the two questions must not stay."""
        database = self._keyring.database
        given = await database.fetch("SELECT * FROM standing_order WHERE number > ? ORDER BY number", given_after)
        lifted = await database.fetch("SELECT id, subject_id FROM lifted_order WHERE number > ?", lifted_after)
        return given, lifted

    # Questions; each answers as of the last refresh, from memory.

    def of(self, subject_id: UUID) -> list[StandingOrder]:
        """What is ordered for this subject, oldest first."""
        return self._memory.of_subject(subject_id)

    def all(self) -> Iterator[StandingOrder]:
        """Every order, suppressions too."""
        return self._memory.everything()

    def restricted(self, subject_id: UUID) -> bool:
        return any(order.kind == "restriction" for order in self.of(subject_id))

    def held(self, subject_id: UUID) -> bool:
        """Whether something of this subject's must not be erased for now."""
        return any(order.kind == "hold" for order in self.of(subject_id))

    def restricted_subjects(self) -> set[UUID]:
        """Everybody whose processing is restricted."""
        return self._memory.subjects_under("restriction")

    def held_subjects(self) -> set[UUID]:
        """Everybody of whom something must not be erased for now."""
        return self._memory.subjects_under("hold")

    def forbids(self, subject_id: UUID, purpose: str) -> bool:
        """Whether the subject withdrew from, or objected to, this purpose on every channel."""
        return self.denies(subject_id, purpose, "") is not None

    def denies(self, subject_id: UUID, purpose: str, channel: str) -> StandingOrder | None:
        """The newest withdrawal or objection that covers this purpose on this channel."""
        for order in reversed(self.of(subject_id)):
            if order.denies(purpose, channel):
                return order
        return None

    def denied_subjects(self, purpose: str, channel: str) -> AbstractSet[UUID]:
        """Everybody for whom `denies` has an answer; computed once after each change."""
        return self._memory.denied(purpose, channel)

    def of_mark(self, mark: bytes) -> list[StandingOrder]:
        """The suppressions under this keyed hash."""
        return self._memory.of_mark(mark)

    def marks(self, channel: str) -> AbstractSet[bytes]:
        """Every keyed hash that is suppressed on this channel; computed once after each change."""
        return self._memory.marks(channel)

    # Changes.

    async def give(
        self,
        kind: OrderKind,
        subject_id: UUID | None,
        *,
        purpose: str = "",
        channel: str = "",
        mark: bytes | None = None,
        event_id: UUID | None = None,
    ) -> UUID:
        """Durable before it returns. The same order twice is two rows: each rests on its own event."""
        new = NewOrder(kind=kind, subject_id=subject_id, purpose=purpose, channel=channel, mark=mark, event_id=event_id)
        return (await self.give_many([new]))[0]

    async def give_many(self, orders: Sequence[NewOrder]) -> list[UUID]:
        """All of them in one commit, durable before it returns; their ids."""
        if not orders:
            return []
        ids, moment, database = [new_id() for _ in orders], now().isoformat(), self._keyring.database
        async with database.transaction():
            number = await self._keyring.bump_orders()
            await database.execute_many(
                "INSERT INTO standing_order (id, kind, subject_id, purpose, channel, mark, given_at, event_id, number) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (order_id, each.kind, each.subject_id, each.purpose, each.channel, each.mark, moment, each.event_id, number)
                    for order_id, each in zip(ids, orders, strict=True)
                ],
            )  # fmt: skip
        await self.refresh()
        return ids

    async def lift(
        self,
        kind: OrderKind,
        subject_id: UUID,
        purpose: str | None = None,
        channel: str | None = None,
        event_id: UUID | None = None,
    ) -> int:
        """End the subject's orders of this kind; how many there were. Whoever lifts them has recorded why.

        purpose, channel, event_id: only those with exactly this one ("" is the order about every one); None: whatever it is.
        """
        wanted = {"purpose": purpose, "channel": channel, "event_id": event_id}
        asked = {name: value for name, value in wanted.items() if value is not None}
        conditions = "".join(f" AND {name} = ?" for name in asked)
        rows = await self._keyring.database.fetch(
            f"SELECT id FROM standing_order WHERE kind = ? AND subject_id = ?{conditions}",
            kind, subject_id, *asked.values(),
        )  # fmt: skip
        return await self.lift_many([as_uuid(row["id"]) for row in rows])

    async def lift_many(self, order_ids: Sequence[UUID]) -> int:
        """End these orders in one commit, durable before it returns; how many there still were."""
        if not order_ids:
            return 0
        database, lifted = self._keyring.database, 0
        async with database.transaction():
            number = await self._keyring.bump_orders()
            for batch in batches(order_ids):
                marks = ", ".join("?" * len(batch))
                rows = await database.fetch(
                    f"DELETE FROM standing_order WHERE id IN ({marks}) RETURNING id, subject_id", *batch
                )
                await database.execute_many(
                    "INSERT INTO lifted_order (id, subject_id, number) VALUES (?, ?, ?)",
                    [(row["id"], row["subject_id"], number) for row in rows],
                )
                lifted += len(rows)
            await database.fetch("DELETE FROM lifted_order WHERE number < ?", number - LIFTED_KEPT)
        await self.refresh()
        return lifted


__all__ = ["NewOrder", "OrderKind", "StandingOrder", "StandingOrders"]

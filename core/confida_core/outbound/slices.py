"""Some messages that are about to leave together, with what the gates said of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from confida_core.installation import Installation
from confida_core.outbound.asking import Waiting, ask
from confida_core.outbound.declarations import Transport, Verdict
from confida_core.outbound.disclosures import record_leaving_many, take_back
from confida_core.outbound.leaving import handover_of
from confida_core.outbound.transporting import LeavingRefused

# How old an answer of the gates may be. Whatever was ordered meanwhile (a withdrawal, an objection, a restriction, an entry
# of the suppression list) is seen before each message, however young the answer is.
FRESH_SECONDS = 2.0


class Slice:
    """Messages of one way out, all of which may leave for what was known at the last asking."""

    def __init__(self, crm: Installation, transport: Transport, messages: Sequence[Waiting]) -> None:
        self._crm, self._transport, self._waiting = crm, transport, {one.row["id"]: one for one in messages}
        self._answers: dict[UUID, Verdict] = {}
        self._asked_at, self._orders = 0.0, -1
        self._noted: set[UUID] | None = None
        self._turn = asyncio.Lock()

    async def ask(self) -> dict[UUID, Verdict]:
        """What the gates say now of those that have not begun to leave."""
        await self._crm.orders.refresh()
        # Of before the asking: what is ordered while it lasts may not be in the answers.
        orders, moment = self._crm.keyring.order_number, time.monotonic()
        self._answers |= await ask(self._crm, list(self._waiting.values()))
        self._asked_at, self._orders = moment, orders
        return self._answers

    async def confirm(self, message_id: UUID) -> None:
        """To be awaited before anything of the message leaves: it may still, and it is noted. Raises LeavingRefused."""
        async with self._turn:
            if not await self._fresh():
                await self.ask()
            verdict = self._answers[message_id]
            if not verdict.allowed:
                raise LeavingRefused(verdict)
            if self._noted is None:
                self._noted = await self._note()
            self._waiting.pop(message_id, None)

    async def _fresh(self) -> bool:
        await self._crm.orders.refresh()
        young = time.monotonic() - self._asked_at < FRESH_SECONDS
        return young and self._orders == self._crm.keyring.order_number

    async def _note(self) -> set[UUID]:
        """In the register of disclosures, all at once; those that do not leave in the end are taken out again."""
        found = [(one.row, self._answers[one.row["id"]]) for one in self._waiting.values()]
        return await record_leaving_many(
            self._crm,
            [(row, said, handover_of(self._crm, self._transport, row)) for row, said in found if said.allowed],
        )

    async def take_back(self, message_id: UUID) -> None:
        """It does not leave now: whoever reads the register must not think that it did."""
        self._waiting.pop(message_id, None)
        if self._noted and message_id in self._noted:
            self._noted.discard(message_id)
            await take_back(self._crm, [message_id])

"""The job by which what many people get leaves: some at a time, over a few connections that are kept from one to the next.

As with a single message none is ever lost. Each is written down as sent right after it was taken, together only with those
that were taken at the same time on the other connections, and none of these goes on before that is durable. So a crash
lets at most as many be sent once more, with the same Message-ID, as there are connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.outbound.asking import Waiting
from confida_core.outbound.content import OUTBOUND, MessageState
from confida_core.outbound.declarations import Deliver, Transport, Verdict
from confida_core.outbound.leaving import claim, deliver, delivery_of, faults_of, held_by_others, postpone
from confida_core.outbound.queueing import DELIVER_MANY
from confida_core.outbound.slices import Slice
from confida_core.outbound.states import LIVE, give_back, refuse, settle, settle_sent_many
from confida_core.outbound.transporting import LeavingRefused, NotReached, TryLater, Undeliverable, transport_of
from confida_core.storage.database import Busy, DatabaseError, finish
from confida_core.storage.grouping import Grouping
from confida_core.vault.access import system_access

# So many are asked about and taken at once. Nobody can call off what is taken, so it is no more than leaves in an instant.
TAKEN_AT_ONCE = 20
# After so long a job begins no further message and leaves the rest to another; each has the time that a claim lasts.
BEGIN_SECONDS = 60.0
END_SECONDS = 150.0
# What is just being handed over may end when the program stops; cut off, it would be sent a second time.
LAST_SECONDS = 2.0
WRITE_ATTEMPTS = 3
Taken = tuple[Slice, Waiting]


async def deliver_many(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: messages of one way out, those of them that still wait. Raises TryLater if some could not be handed over."""
    ids: Sequence[UUID] = arguments["message_ids"]
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT id, path FROM outbound_message WHERE id IN ({marks}) AND state IN (?, ?) ORDER BY id", *ids, *LIVE
    )
    transport = transport_of(crm, rows[0]["path"]) if rows else None
    if transport is None:
        for row in rows:
            await deliver(crm, {"message_id": row["id"]})
        return
    run = Run(crm, transport, [row["id"] for row in rows])
    rest = await run.through()
    if rest and run.error is None:
        await enqueue(crm, DELIVER_MANY, {"message_ids": rest})
    if run.error is not None:
        raise run.error
    if run.postponed:
        raise TryLater


class Run:
    """One run of the job. postponed: some must be tried again. error: what keeps all of them from leaving."""

    def __init__(self, crm: Installation, transport: Transport, ids: Sequence[UUID]) -> None:
        self._crm, self._transport = crm, transport
        self._waiting, self._taken = deque(ids), deque[Taken]()
        self._turn = asyncio.Lock()
        self._sent = Grouping(self._write_down)
        self._started, self._stopped = time.monotonic(), False
        self._closed: NotReached | None = None
        self.postponed = False
        self.error: Exception | None = None

    async def through(self) -> list[UUID]:
        """Hand over what can be; returns what it did not come to."""
        wanted = min(self._transport.at_once(self._crm), len(self._waiting))
        lanes = [asyncio.create_task(self._lane()) for _ in range(max(wanted, 1))]
        try:
            await asyncio.wait(lanes)
        except asyncio.CancelledError:
            self._stopped = True
            await asyncio.wait(lanes, timeout=LAST_SECONDS)
            raise
        finally:
            for lane in lanes:
                lane.cancel()
            ended = await finish(asyncio.gather(*lanes, return_exceptions=True))
            left = [one.row["id"] for _, one in self._taken]
            with contextlib.suppress(DatabaseError):
                # If not even that can be written, they are free again as soon as the claim is too old.
                await finish(self._put_back())
        self.error = next((one for one in ended if isinstance(one, Exception)), None)
        if self.error is None and (left or self._waiting) and self._closed is not None:
            self.error = self._closed
        return [*left, *self._waiting]

    async def _put_back(self) -> None:
        for slice_, one in self._taken:
            await slice_.take_back(one.row["id"])
        await give_back(self._crm, [one.row["id"] for _, one in self._taken], self._closed)

    async def _lane(self) -> None:
        """One connection's part. Whatever it raises stops the others after what they are just handing over."""
        try:
            async with self._session() as hand_over:
                while (taken := await self._next()) is not None:
                    try:
                        await self._leave(taken, hand_over)
                    except NotReached as error:
                        self._taken.appendleft(taken)
                        self._closed = error
                        return
        except BaseException:
            self._stopped = True
            raise

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[Deliver]:
        if self._transport.session is None:
            yield partial(self._transport.deliver, self._crm)
            return
        async with self._transport.session(self._crm) as hand_over:
            yield hand_over

    async def _next(self) -> Taken | None:
        async with self._turn:
            while not self._stopped and time.monotonic() - self._started < BEGIN_SECONDS:
                if self._taken:
                    return self._taken.popleft()
                if not self._waiting:
                    break
                await self._take([self._waiting.popleft() for _ in range(min(TAKEN_AT_ONCE, len(self._waiting)))])
        return None

    async def _take(self, ids: Sequence[UUID]) -> None:
        """Ask about the next ones and claim them; who may not be written to any more is refused."""
        crm = self._crm
        rows = [row for row in await crm.records.rows(OUTBOUND, ids) if row["state"] in LIVE]
        opened = {
            one.row["id"]: one for one in await crm.door.open(system_access(f"job {DELIVER_MANY}"), OUTBOUND, rows)
        }
        for row in rows:
            if row["id"] not in opened:
                await settle(crm, row, MessageState.FAILED, "erased")
        found = Slice(crm, self._transport, list(opened.values()))
        answers = await found.ask()
        faults = await faults_of(crm, self._transport, rows)
        able = []
        for one in opened.values():
            if not answers[one.row["id"]].allowed:
                await self._refuse(found, one, answers[one.row["id"]])
            elif one.row["id"] in faults:
                await settle(crm, one.row, MessageState.FAILED, faults[one.row["id"]])
            else:
                able.append(one)
        claimed = await claim(crm, [one.row["id"] for one in able]) if able else set()
        self.postponed |= await held_by_others(crm, [one.row["id"] for one in able if one.row["id"] not in claimed])
        self._taken += [(found, one) for one in able if one.row["id"] in claimed]

    async def _refuse(self, found: Slice, one: Waiting, verdict: Verdict) -> None:
        await found.take_back(one.row["id"])
        await refuse(self._crm, one, verdict)

    async def _leave(self, taken: Taken, hand_over: Deliver) -> None:
        """One message. Raises NotReached, and what the database raises."""
        found, one = taken
        try:
            async with asyncio.timeout(END_SECONDS - (time.monotonic() - self._started)):
                await hand_over(delivery_of(one, partial(found.confirm, one.row["id"])))
        except NotReached:
            raise
        except LeavingRefused as refused:
            await self._refuse(found, one, refused.verdict)
        except Undeliverable as error:
            await settle(self._crm, one.row, MessageState.FAILED, error.reason, error.reply_code)
        except asyncio.CancelledError:
            await finish(settle(self._crm, one.row, MessageState.QUEUED, one.row["reason"]))
            raise
        except Exception as error:
            self.postponed = True
            await postpone(self._crm, one.row, error)
        else:
            await finish(self._sent.done(taken))

    async def _write_down(self, group: list[Taken]) -> None:
        """What was taken on all connections since the last commit. Tried again, because it would be sent again otherwise."""
        for attempt in range(1, WRITE_ATTEMPTS + 1):
            try:
                await settle_sent_many(self._crm, [one for _, one in group])
                return
            except Busy:
                if attempt == WRITE_ATTEMPTS:
                    raise

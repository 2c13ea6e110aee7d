"""How an attempt ended: each change of a delivery's state is one statement that says which state it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.outbound.webhooks.content import ATTEMPTS, DeliveryState, EndpointState
from confida_core.outbound.webhooks.queueing import pause_after, queue_again
from confida_core.storage.database import Row

# Shorter than the job's lease, so that whoever takes over the job of a worker that vanished may also take over the delivery.
CLAIM = timedelta(seconds=50)
# An endpoint that does not answer is left alone, or every delivery would take a worker's time to learn it.
AWAY, MOST_AWAY = timedelta(seconds=4), timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """code: of HTTP, None without an answer. reason: why it failed, a code of `content.REASONS`; "" if it was accepted.

    unreachable: there was no answer at all. retry_after: seconds it asked us to wait. left_out: people who were.
    """

    code: int | None = None
    reason: str = ""
    unreachable: bool = False
    retry_after: int = 0
    left_out: int = 0


async def claim(crm: Installation, delivery_id: UUID) -> Row | None:
    """The delivery for this worker alone; None while another has it, or once it is through."""
    moment = now()
    rows = await crm.data.fetch(
        "UPDATE webhook_delivery SET state = ?, attempted_at = ? "
        "WHERE id = ? AND (state = ? OR (state = ? AND attempted_at < ?)) RETURNING *",
        DeliveryState.SENDING.value, moment, delivery_id,
        DeliveryState.WAITING.value, DeliveryState.SENDING.value, moment - CLAIM,
    )  # fmt: skip
    return rows[0] if rows else None


async def put_back(crm: Installation, row: Row) -> None:
    """The program stops in the middle of an attempt; it does not count."""
    await _close(crm, row, DeliveryState.WAITING, finished=False)


async def settle(crm: Installation, endpoint: Row, row: Row, outcome: Outcome) -> None:
    """Write down how an attempt ended, and queue the next one where there is to be one."""
    if outcome.reason:
        await failed(crm, endpoint, row, outcome)
        return
    moment = now()
    async with crm.data.transaction():
        await _close(crm, row, DeliveryState.DELIVERED, outcome=outcome, attempts=row["attempts"] + 1)
        await crm.data.fetch(
            "UPDATE webhook_endpoint SET failures = 0, away_until = NULL, succeeded_at = ? WHERE id = ?",
            moment, endpoint["id"],
        )  # fmt: skip


async def failed(crm: Installation, endpoint: Row, row: Row, outcome: Outcome) -> None:
    """It was not accepted: again later, or never again."""
    attempts = row["attempts"] + 1
    async with crm.data.transaction():
        if outcome.reason == "gone":
            await _close(crm, row, DeliveryState.DEAD, outcome=outcome, attempts=attempts)
            await _disable(crm, endpoint["id"])
        elif attempts >= ATTEMPTS or row["test"]:
            await _close(crm, row, DeliveryState.DEAD, outcome=outcome, attempts=attempts)
        else:
            pause = max(pause_after(attempts), timedelta(seconds=outcome.retry_after))
            later = {"attempts": attempts, "due_at": now() + pause}
            if await _close(crm, row, DeliveryState.WAITING, outcome=outcome, finished=False, **later):
                await queue_again(crm, row | later)
        if outcome.reason != "away":
            await _count_failure(crm, endpoint["id"], outcome)


async def _count_failure(crm: Installation, endpoint_id: UUID, outcome: Outcome) -> None:
    moment = now()
    counted = await crm.data.fetch(
        "UPDATE webhook_endpoint SET failures = failures + 1, failed_at = ? WHERE id = ? RETURNING failures",
        moment, endpoint_id,
    )  # fmt: skip
    if counted and outcome.unreachable:
        until = moment + min(AWAY * counted[0]["failures"], MOST_AWAY)
        await crm.data.fetch("UPDATE webhook_endpoint SET away_until = ? WHERE id = ?", until, endpoint_id)


async def _disable(crm: Installation, endpoint_id: UUID) -> None:
    """The other side wants no more (410); whoever looks after it sees why."""
    done = await crm.data.fetch(
        "UPDATE webhook_endpoint SET state = ?, reason = 'gone' WHERE id = ? AND state <> ? RETURNING id",
        EndpointState.DISABLED.value, endpoint_id, EndpointState.DISABLED.value,
    )  # fmt: skip
    if done:
        await record_event(crm, "webhook.disabled", target_id=endpoint_id, target_kind="webhook", serious=True)


async def settle_gone(crm: Installation, row: Row, reason: str) -> None:
    """There is nothing to tell any more; that is no failure."""
    await _close(crm, row, DeliveryState.GONE, outcome=Outcome(reason=reason))


async def refused(crm: Installation, row: Row, left_out: int) -> None:
    """Nobody in it may be told of there; each refusal is kept with its person."""
    await _close(crm, row, DeliveryState.REFUSED, outcome=Outcome(reason="refused", left_out=left_out))


async def _close(
    crm: Installation,
    row: Row,
    state: DeliveryState,
    *,
    outcome: Outcome | None = None,
    finished: bool = True,
    **columns: Any,
) -> bool:
    """Without effect on a delivery that is through or gone meanwhile."""
    values = {"state": state.value, **columns}
    if outcome is not None:
        values |= {"code": outcome.code, "reason": outcome.reason, "left_out": outcome.left_out}
    if finished:
        values["finished_at"] = now()
    assignments = ", ".join(f"{name} = ?" for name in values)
    done = await crm.data.fetch(
        f"UPDATE webhook_delivery SET {assignments} WHERE id = ? AND state IN (?, ?) RETURNING id",
        *values.values(), row["id"], DeliveryState.WAITING.value, DeliveryState.SENDING.value,
    )  # fmt: skip
    return bool(done)

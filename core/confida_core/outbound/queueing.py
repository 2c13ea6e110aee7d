"""Puts messages into the queue of jobs: each for itself, or many together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue_many
from confida_core.outbound.content import OutboundMessage

DELIVER = "outbound.deliver"
DELIVER_MANY = "outbound.deliver_many"
# Of one job: at a hundred in a second it takes as long as somebody may have to wait for another job of this kind.
TOGETHER = 100


async def queue(crm: Installation, leaving: Mapping[UUID, OutboundMessage], moment: datetime | None) -> None:
    """A job for each message that somebody waits for; the others share some, each of which has one way out."""
    alone = [{"message_id": one} for one, message in leaving.items() if not message.bulk]
    await enqueue_many(crm, DELIVER, alone, run_at=moment)
    for path in {message.path for message in leaving.values() if message.bulk}:
        ids = [one for one, message in leaving.items() if message.bulk and message.path == path]
        jobs = [{"message_ids": ids[start : start + TOGETHER]} for start in range(0, len(ids), TOGETHER)]
        await enqueue_many(crm, DELIVER_MANY, jobs, run_at=moment)

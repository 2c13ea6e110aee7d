"""Runs of asking many people: what each was to do is kept among the settings, what was done is counted from the events."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from confida_consent.repermission import JOB
from confida_consent.vocabulary import Kind, Method
from confida_core.accounts.stored_settings import read_stored, store
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation

# A setting holds 400 characters.
MOST_REASONS = 4


class AskedRun(Struct, frozen=True, omit_defaults=True):
    """total: how many were to be asked. left_out: how many were not, by reason."""

    purpose: str
    at: datetime
    total: int = 0
    left_out: dict[str, int] = {}

    @classmethod
    def begun(cls, purpose: str) -> AskedRun:
        return cls(purpose=purpose, at=now())


def stored_as(run_id: UUID) -> str:
    return f"consents.asked.{run_id.hex}"


async def keep_run(crm: Installation, run: AskedRun, total: int, left_out: dict[str, int]) -> UUID:
    run_id = new_id()
    shown = dict(list(left_out.items())[:MOST_REASONS])
    if rest := sum(left_out.values()) - sum(shown.values()):
        shown["other reasons"] = rest
    kept = msgspec.structs.replace(run, total=total, left_out=shown)
    await store(crm, stored_as(run_id), msgspec.json.encode(kept).decode())
    return run_id


async def find_run(crm: Installation, run_id: UUID) -> AskedRun | None:
    text = await read_stored(crm, stored_as(run_id))
    return msgspec.json.decode(text, type=AskedRun) if text else None


async def progress_of(crm: Installation, run: AskedRun) -> tuple[int, bool]:
    """How many were asked since the run began, and whether jobs of it still wait or run."""
    rows = await crm.data.fetch(
        "SELECT count(*) AS asked FROM consent_event WHERE purpose = ? AND kind = ? AND method = ? AND recorded_at >= ?",
        run.purpose, Kind.REQUESTED.value, Method.SYSTEM.value, run.at,
    )  # fmt: skip
    jobs = await crm.data.fetch(
        "SELECT id FROM job WHERE key = ? AND state IN ('waiting', 'running') AND queued_at >= ? LIMIT 1", JOB, run.at
    )
    return int(rows[0]["asked"]), bool(jobs)

"""An alarm when one account looks at unusually many people (RA-1), and what a colleague has looked at.

Counted are people, not pages: a list of fifty is fifty. The alarm stands in the audit trail and on the desks of those who
look after privacy; nobody is locked out by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from confida_consent.rights.breaches_affected import subjects_in
from confida_consent.rights.holds import today_of
from confida_core.accounts.audit import record_event
from confida_core.accounts.roles import Role
from confida_core.accounts.staff import StaffAccount, active_accounts
from confida_core.accounts.stored_settings import read_stored, store
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.jobs.declarations import JobDeclaration
from confida_core.vault.access import Access, system_access

HOUR, DAY = "reads.alarm_hour", "reads.alarm_day"
USUAL: Mapping[str, int] = {HOUR: 1_000, DAY: 3_000}
WINDOWS: Mapping[str, tuple[str, timedelta]] = {
    HOUR: ("reads.many_in_an_hour", timedelta(hours=1)),
    DAY: ("reads.many_in_a_day", timedelta(days=1)),
}
LOWEST, HIGHEST = 10, 1_000_000
INSIDE = system_access("bulk reads", "security")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From how many people on an alarm is raised: within an hour, within a day."""

    hour: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRead:
    """One look of a colleague: when, what for, on which page, at how many people."""

    id: UUID
    at: datetime
    purpose: str
    place: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How many people an account has looked at lately. alarms: raised within thirty days."""

    account_id: UUID
    name: str
    hour: int
    day: int
    alarms: int


async def thresholds(crm: Installation) -> Thresholds:
    values = {key: await read_stored(crm, key) for key in USUAL}
    numbers = {key: int(value) if value and value.isdigit() else USUAL[key] for key, value in values.items()}
    return Thresholds(hour=numbers[HOUR], day=numbers[DAY])


async def set_thresholds(crm: Installation, access: Access, wanted: Thresholds) -> None:
    """Raises Forbidden without `retention.manage`, InvalidContent (hour, day)."""
    access.actor.require("retention.manage")
    errors = {
        field: f"Choose a number from {LOWEST} to {HIGHEST}."
        for field in ("hour", "day")
        if not LOWEST <= getattr(wanted, field) <= HIGHEST
    }
    if errors:
        raise InvalidContent(errors)
    async with crm.data.transaction():
        await store(crm, HOUR, str(wanted.hour))
        await store(crm, DAY, str(wanted.day))
        await record_event(
            crm, "reads.thresholds_changed", actor_id=access.actor.id, target_kind="setting", serious=True
        )


async def watch_reads(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: raise an alarm for every account over a threshold, once for each hour and day."""
    while await crm.door.read_log.distribute():
        pass
    wanted, moment = await thresholds(crm), now()
    for key, limit in ((HOUR, wanted.hour), (DAY, wanted.day)):
        kind, window = WINDOWS[key]
        counted = await people_seen(crm, moment - window, at_least=limit)
        for account_id, people in counted.items():
            if people >= limit and not await raised_since(crm, kind, account_id, moment - window):
                await raise_alarm(crm, kind, account_id)


async def people_seen(crm: Installation, since: datetime, *, at_least: int = 1) -> dict[UUID, int]:
    """Account -> how many different people it has looked at since; exact for those with at least so many looks."""
    rows = await crm.data.fetch(
        "SELECT actor_id, sum(length(subjects)) AS size FROM read_entry WHERE at >= ? GROUP BY actor_id", since
    )
    found: dict[UUID, int] = {}
    for row in rows:
        if int(row["size"]) // 16 < at_least:
            continue
        entries = await crm.data.fetch(
            "SELECT subjects FROM read_entry WHERE actor_id = ? AND at >= ?", row["actor_id"], since
        )
        found[row["actor_id"]] = len({subject for entry in entries for subject in subjects_in(entry)})
    return await only_accounts(crm, found)


async def only_accounts(crm: Installation, found: Mapping[UUID, int]) -> dict[UUID, int]:
    """Without people who look at their own data in the portal."""
    known = {row["id"] for row in await crm.data.fetch("SELECT id FROM account")} if found else set()
    return {account_id: people for account_id, people in found.items() if account_id in known}


async def raised_since(crm: Installation, kind: str, account_id: UUID, since: datetime) -> bool:
    rows = await crm.data.fetch(
        "SELECT id FROM audit_event WHERE kind = ? AND target_id = ? AND at >= ? LIMIT 1", kind, account_id, since
    )
    return bool(rows)


async def raise_alarm(crm: Installation, kind: str, account_id: UUID) -> None:
    """A serious event, and a task for each who looks after privacy."""
    accounts = await active_accounts(crm)
    name = next((one.name for one in accounts if one.id == account_id), "An account")
    span = "hour" if kind == WINDOWS[HOUR][0] else "day"
    await crm.keyring.ensure([crm.keyring.installation_id], "relationship")
    async with crm.data.transaction():
        await record_event(crm, kind, target_id=account_id, target_kind="account", serious=True)
        for officer in officers_among(accounts):
            task = InteractionDraft(
                kind="task",
                planned=True,
                subject=f"Ask {name} why so many people were looked at within one {span}",
                body="Registers, Who looked at what: shows when, for which purpose and on which pages.",
                due_on=today_of(crm),
                assignee_id=officer.id,
            )
            await log_interaction(crm, system_access("bulk reads", "relationship"), task)


def officers_among(accounts: Sequence[StaffAccount]) -> list[StaffAccount]:
    """Those who look after privacy; the owners where nobody is named for it."""
    return [one for one in accounts if one.role == Role.PRIVACY_OFFICER] or [
        one for one in accounts if one.role == Role.OWNER
    ]


async def readers(crm: Installation, access: Access) -> list[Reader]:
    """Every active account with what it looked at lately, the most first. Raises Forbidden without `reads.read`."""
    access.actor.require("reads.read")
    while await crm.door.read_log.distribute():
        pass
    moment = now()
    hour, day = await people_seen(crm, moment - timedelta(hours=1)), await people_seen(crm, moment - timedelta(days=1))
    rows = await crm.data.fetch(
        "SELECT target_id, count(*) AS n FROM audit_event WHERE kind IN (?, ?) AND at >= ? GROUP BY target_id",
        WINDOWS[HOUR][0], WINDOWS[DAY][0], moment - timedelta(days=30),
    )  # fmt: skip
    alarms = {row["target_id"]: int(row["n"]) for row in rows}
    found = [
        Reader(
            account_id=one.id,
            name=one.name,
            hour=hour.get(one.id, 0),
            day=day.get(one.id, 0),
            alarms=alarms.get(one.id, 0),
        )
        for one in await active_accounts(crm)
    ]
    return sorted(found, key=lambda one: (-one.day, one.name.casefold()))


async def reads_by(
    crm: Installation, access: Access, account_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[StaffRead]:
    """What one account has looked at, the newest first, strictly older than `before`. Raises Forbidden without `reads.read`."""
    access.actor.require("reads.read")
    condition, values = ("AND id < ?", [before]) if before else ("", [])
    rows = await crm.data.fetch(
        f"SELECT id, at, purpose, place, subjects FROM read_entry WHERE actor_id = ? {condition} ORDER BY id DESC LIMIT ?",
        account_id, *values, limit,
    )  # fmt: skip
    return [
        StaffRead(id=row["id"], at=row["at"], purpose=row["purpose"], place=row["place"], people=len(subjects_in(row)))
        for row in rows
    ]


JOBS = (
    JobDeclaration(
        key="consent.watch_reads",
        run=watch_reads,
        label="Notice when somebody looks at unusually many people",
        every=900,
    ),
)

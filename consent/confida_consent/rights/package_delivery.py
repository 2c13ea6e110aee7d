"""Handing an answer over: once, to somebody who has just proved again who they are, and for a limited time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from confida_consent.rights.declared import PACKAGE
from confida_consent.rights.package import ACCESS, archive_name, destroy, newest_package, opened_request
from confida_consent.rights.package_review import VALID_DAYS, NotReady, stream_of
from confida_consent.rights.vocabulary import PackageState
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.storage.database import Row

# Whoever proved it longer ago may have left the machine to somebody else.
VERIFIED_WITHIN = timedelta(minutes=10)
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryGrant:
    """That whoever asks has proved, at this moment and by what is on file, to be the person of this request."""

    request_id: UUID
    verified_at: datetime


async def deliver_package(crm: Installation, grant: DeliveryGrant) -> tuple[str, AsyncIterator[bytes]]:
    """(file name, bytes) of a released package; from now on it counts as fetched, and nobody gets it a second time.

    Of two at the same moment exactly one gets it. Raises NotReady (also where the proof is too old), NotFound.
    """
    if not timedelta() <= now() - grant.verified_at <= VERIFIED_WITHIN:
        raise NotReady("not_verified")
    request = await opened_request(crm, ACCESS, grant.request_id)
    package = await newest_package(crm, ACCESS, grant.request_id)
    if package is None:
        raise NotReady("no_package")
    if package.row["state"] != PackageState.READY or await fetched_before(crm, package.row):
        raise NotReady("wrong_state")
    # Before it counts as fetched: what cannot be opened has not been handed over.
    pieces, moment = await stream_of(crm, package), now()
    async with crm.data.transaction():
        taken = await crm.data.fetch(
            "UPDATE rights_package SET state = ?, delivered_at = ? WHERE id = ? AND state = ? AND expires_at > ? RETURNING id",
            PackageState.DELIVERED, moment, package.row["id"], PackageState.READY, moment,
        )  # fmt: skip
        if not taken:
            raise NotReady("wrong_state")
        await record_event(crm, "package.delivered", target_id=grant.request_id, target_kind="request", serious=True)
        # Before the commit: a crash in between costs the person a question to us, and nobody gets it twice.
        await remember_fetched(crm, package.row["id"], moment)
    return archive_name(request.row["reference"]), pieces


def fact_name(package_id: UUID) -> str:
    return f"fetched {package_id.hex}"


async def remember_fetched(crm: Installation, package_id: UUID, moment: datetime) -> None:
    """Beside the keys, like every "no": a backup that is restored knows nothing of what was fetched since."""
    async with crm.keyring.database.transaction():
        # Counted like an order, so that copies of the keyring made before it are renewed.
        await crm.keyring.bump_orders()
        await crm.keyring.remember(fact_name(package_id), instant(moment))


async def fetched_before(crm: Installation, row: Row) -> bool:
    """Whether it was fetched later than its row says; then the row is of an older backup, and is put right."""
    number, _ = await crm.keyring.remembered(fact_name(row["id"])) or (0, "")
    if number <= (instant(row["delivered_at"]) if row["delivered_at"] else 0):
        return False
    await crm.data.fetch(
        "UPDATE rights_package SET state = ?, delivered_at = ? WHERE id = ?",
        PackageState.DELIVERED, datetime.fromtimestamp(number / MICROSECONDS, UTC), row["id"],
    )  # fmt: skip
    return True


def instant(moment: datetime) -> int:
    """Microseconds since 1970."""
    return round(moment.timestamp() * MICROSECONDS)


async def expire_packages(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: destroy archives whose time is over, fetched or not, and those that a closed request never released.

    What is left tells that there was an answer.
    """
    rows = await crm.data.fetch(
        "SELECT * FROM rights_package WHERE expires_at <= ? AND state IN (?, ?)",
        now(), PackageState.READY, PackageState.DELIVERED,
    )  # fmt: skip
    rows += await crm.data.fetch(
        "SELECT * FROM rights_package WHERE state = ? AND request_id IN (SELECT id FROM rights_request WHERE closed_at <= ?)",
        PackageState.REVIEW, now() - timedelta(days=VALID_DAYS),
    )  # fmt: skip
    for opened in await crm.door.open(ACCESS, PACKAGE, rows):
        await destroy(crm, opened)

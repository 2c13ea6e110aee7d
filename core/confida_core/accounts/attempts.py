"""How often somebody may try to sign in: per account, per address and in all, counted in the database.

An attempt is written down before the password is looked at and taken away when it succeeds. So a hundred attempts at once
count like a hundred in a row. There is no hard lock: nobody can lock a colleague out for good.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS, IN_ALL = 10, 30, 1000
# When the whole installation is under fire, whoever has failed already gets fewer tries; a first try always passes.
PER_ACCOUNT_UNDER_FIRE, PER_ADDRESS_UNDER_FIRE = 3, 5
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(minutes=15)
KEPT = timedelta(days=1)


class TooManyAttempts(Exception):
    """Refused without looking at the password; the same for accounts that exist and those that do not."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many log-ins")
        self.retry_seconds = max(1, int(retry_after.total_seconds()))


@dataclass(frozen=True, slots=True)
class Attempt:
    id: UUID
    account_mark: bytes


def mark(crm: Installation, value: str) -> bytes:
    return hmac.new(crm.keyring.hashing_key("log-in limits"), value.encode("utf-8", "replace"), "sha256").digest()


def network_of(address: str) -> str:
    """An IPv6 customer has a whole /64 to choose addresses from, so it counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


async def begin_attempt(crm: Installation, account: str, address: str) -> Attempt:
    """Write an attempt down. Raises TooManyAttempts, and then does not count it, so that waiting helps."""
    attempt = Attempt(new_id(), mark(crm, "account " + account.strip().casefold()))
    address_mark, moment = mark(crm, "address " + network_of(address)), now()
    await crm.data.fetch(
        "INSERT INTO login_attempt (id, at, account_mark, address_mark) VALUES (?, ?, ?, ?)",
        attempt.id, moment, attempt.account_mark, address_mark,
    )  # fmt: skip
    wait = await delay(crm, attempt, address_mark, moment)
    if wait > timedelta(0):
        await forget_attempt(crm, attempt)
        raise TooManyAttempts(wait)
    return attempt


async def delay(crm: Installation, attempt: Attempt, address_mark: bytes, moment: datetime) -> timedelta:
    """How long this attempt has to wait, given those before it; zero if it may go on."""
    since = moment - WINDOW
    counted = await crm.data.fetch(
        "SELECT (SELECT count(*) FROM login_attempt WHERE account_mark = ? AND at > ? AND id <> ?) AS by_account, "
        "(SELECT count(*) FROM login_attempt WHERE address_mark = ? AND at > ? AND id <> ?) AS by_address, "
        "(SELECT count(*) FROM login_attempt WHERE at > ?) AS in_all",
        attempt.account_mark, since, attempt.id, address_mark, since, attempt.id, since,
    )  # fmt: skip
    row = counted[0]
    under_fire = row["in_all"] > IN_ALL
    if row["by_address"] >= (PER_ADDRESS_UNDER_FIRE if under_fire else PER_ADDRESS):
        return WINDOW
    over = row["by_account"] - (PER_ACCOUNT_UNDER_FIRE if under_fire else PER_ACCOUNT)
    if over < 0:
        return timedelta(0)
    pause = min(FIRST_DELAY * float(2 ** min(over, 10)), LONGEST_DELAY)
    return await last_attempt(crm, attempt) + pause - moment


async def last_attempt(crm: Installation, attempt: Attempt) -> datetime:
    rows = await crm.data.fetch(
        "SELECT at FROM login_attempt WHERE account_mark = ? AND id <> ? ORDER BY at DESC LIMIT 1",
        attempt.account_mark, attempt.id,
    )  # fmt: skip
    found: datetime = rows[0]["at"] if rows else now()
    return found


async def forget_attempt(crm: Installation, attempt: Attempt) -> None:
    await crm.data.fetch("DELETE FROM login_attempt WHERE id = ?", attempt.id)


async def clear_attempts(crm: Installation, attempt: Attempt) -> None:
    """After a success the account starts at zero; the address keeps what it failed elsewhere."""
    await crm.data.fetch("DELETE FROM login_attempt WHERE account_mark = ?", attempt.account_mark)


async def remove_old_attempts(crm: Installation) -> int:
    """A job calls it."""
    removed = await crm.data.fetch("DELETE FROM login_attempt WHERE at <= ? RETURNING id", now() - KEPT)
    return len(removed)

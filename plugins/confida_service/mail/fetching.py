"""Reads mailboxes: what is new is taken in one by one, and how far that came is stored with each of them.

A crash therefore loses nothing and takes nothing in twice. A server that is away is asked again after pauses that grow from
half a minute to a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from confida_core.api import Access, DatabaseError, Installation, NotFound, Row, now
from confida_service.mail.accounts import login_of, open_account, own_addresses
from confida_service.mail.mailboxes import Batch, FetchedMail, Login, MailboxProblem, Position, fetch
from confida_service.mail.mailboxes import wait_for_mail as wait_at_server
from confida_service.mail.reading import read_head, read_mail, with_defect
from confida_service.mail.recognising import sort_of
from confida_service.mail.taking_in import Arrival, Taken, bare, take_in

# Renewed with every mail; after a crash another process goes on when it has run out.
LEASE = timedelta(minutes=3)
SHORTEST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
# Between two looks at a server that does not say when mail comes, and the longest that one is listened to at a time.
POLL_SECONDS = 60.0
IDLE_SECONDS = 540.0
LOOK_SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Read:
    """One visit to a mailbox. problem: a code, "" if it was read through."""

    taken: tuple[Taken, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known while a mailbox is read. own: addresses we send from. met: senders so far, by address."""

    own: frozenset[str]
    met: dict[str, UUID]


async def fetch_all(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: every mailbox whose time has come, also those that nobody listens to at the moment."""
    for account_id in await due_accounts(crm):
        with contextlib.suppress(NotFound):
            await read_account(crm, account_id)


async def due_accounts(crm: Installation) -> list[UUID]:
    rows = await crm.data.fetch(
        "SELECT id FROM service_mail_account WHERE state = 'running' AND (try_at IS NULL OR try_at <= ?) ORDER BY id",
        now(),
    )
    return [row["id"] for row in rows]


async def fetch_now(crm: Installation, access: Access, account_id: UUID) -> Read:
    """For somebody who waits. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    return await read_account(crm, account_id)


async def read_account(crm: Installation, account_id: UUID) -> Read:
    """Take in everything new of one mailbox; does nothing while another process is at it. Raises NotFound."""
    row = await leased(crm, account_id)
    if row is None:
        return Read((), "")
    taken: list[Taken] = []
    met: dict[str, UUID] = {}
    problem = ""
    try:
        login = await login_of(crm, (await open_account(crm, account_id)).content)
        own = await own_addresses(crm)
        position = Position(row["validity"], row["last_uid"], looked_since(row))
        more = True
        while more:
            batch = await asyncio.to_thread(fetch, login, position)
            for mail in batch.mails:
                taken.append(await take_one(crm, row, batch, mail, Surroundings(own, met)))
                position = Position(batch.validity, mail.uid, position.since)
            more = batch.more and bool(batch.mails)
            await renew(crm, account_id)
    except MailboxProblem as found:
        problem = found.code
    finally:
        await release(crm, account_id, problem)
    return Read(tuple(taken), problem)


def looked_since(row: Row) -> Any:
    """Where a server counts anew, mail is looked at from two days before the last visit on."""
    return (row["checked_at"] - timedelta(days=2)).date() if row["checked_at"] is not None else None


async def take_one(crm: Installation, row: Row, batch: Batch, fetched: FetchedMail, around: Surroundings) -> Taken:
    """One mail, and the mailbox's position with it. What cannot be stored as it was read is stored as it came."""
    raw = fetched.raw
    read = read_head if fetched.cut else read_mail
    mail = await asyncio.to_thread(read, raw) if len(raw) > 100_000 else read(raw)
    if fetched.cut:
        mail = with_defect(mail, "too_large")
    arrival = Arrival(
        account_id=row["id"],
        queue_id=row["queue_id"],
        raw=raw,
        mail=mail,
        sort=sort_of(mail, around.own),
        arrived=now(),
        met=around.met,
    )
    then = {"validity": batch.validity, "last_uid": fetched.uid, "leased_until": now() + LEASE}
    try:
        return await take_in(crm, arrival, then)
    except (DatabaseError, OSError):
        raise
    except Exception as error:
        # Whatever it is that this mail did to us: the next ones must not wait behind it, and it must not get lost.
        log.warning("mail_kept_raw", error=type(error).__name__)
        plain = Arrival(
            account_id=row["id"], queue_id=row["queue_id"], raw=raw, mail=bare(mail), sort=arrival.sort, arrived=now()
        )
        return await take_in(crm, plain, then)


async def leased(crm: Installation, account_id: UUID) -> Row | None:
    """The mailbox's row, for us alone until it is released or its lease runs out; None while somebody else has it."""
    rows = await crm.data.fetch(
        "UPDATE service_mail_account SET leased_until = ? WHERE id = ? AND state = 'running' "
        "AND (leased_until IS NULL OR leased_until < ?) RETURNING *",
        now() + LEASE, account_id, now(),
    )  # fmt: skip
    return rows[0] if rows else None


async def renew(crm: Installation, account_id: UUID) -> None:
    await crm.data.fetch("UPDATE service_mail_account SET leased_until = ? WHERE id = ?", now() + LEASE, account_id)


async def release(crm: Installation, account_id: UUID, problem: str) -> None:
    """Note how it went, and when to try again."""
    if not problem:
        await crm.data.fetch(
            "UPDATE service_mail_account SET leased_until = NULL, checked_at = ?, problem = '', failures = 0, try_at = NULL "
            "WHERE id = ?",
            now(), account_id,
        )  # fmt: skip
        return
    rows = await crm.data.fetch(
        "UPDATE service_mail_account SET leased_until = NULL, problem = ?, failures = failures + 1 WHERE id = ? RETURNING failures",
        problem, account_id,
    )  # fmt: skip
    if rows:
        pause = min(SHORTEST_PAUSE * 2 ** min(rows[0]["failures"] - 1, 10), LONGEST_PAUSE)
        await crm.data.fetch("UPDATE service_mail_account SET try_at = ? WHERE id = ?", now() + pause, account_id)


async def watch_mailboxes(crm: Installation, stop: asyncio.Event) -> None:
    """The listener: one task for each mailbox that is on, so that mail is here seconds after it came."""
    tasks: dict[UUID, asyncio.Task[None]] = {}
    try:
        while not stop.is_set():
            wanted = set(await due_accounts(crm))
            for account_id in wanted - tasks.keys():
                tasks[account_id] = asyncio.create_task(watch(crm, account_id, stop))
            for account_id in [key for key, task in tasks.items() if task.done()]:
                forget(tasks.pop(account_id))
            await pause(stop, LOOK_SECONDS)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


def forget(task: asyncio.Task[None]) -> None:
    """A watch that ended with an error is begun anew by the next look; its type is all that may be said of it."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("mailbox_watch_failed", error=type(error).__name__)


async def watch(crm: Installation, account_id: UUID, stop: asyncio.Event) -> None:
    """Read, then wait at the server until there is more; ends at a problem, after which the pauses of `release` hold."""
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        if (await read_account(crm, account_id)).problem:
            return
        try:
            opened = await open_account(crm, account_id)
        except NotFound:
            return
        if opened.row["state"] != "running":
            return
        try:
            login = await login_of(crm, opened.content)
            position = Position(opened.row["validity"], opened.row["last_uid"])
            if not await heard(login, position, stop):
                await pause(stop, max(0.0, POLL_SECONDS - (asyncio.get_running_loop().time() - began)))
        except MailboxProblem as found:
            await release(crm, account_id, found.code)
            return


async def heard(login: Login, position: Position, stop: asyncio.Event) -> bool:
    return await asyncio.to_thread(wait_at_server, login, position, IDLE_SECONDS, stop.is_set)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), timeout=seconds)

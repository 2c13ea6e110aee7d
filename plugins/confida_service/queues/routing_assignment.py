"""Who gets a ticket: nobody by itself, one after the other, or whoever has least to do; among those who can do what it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_core.api import Installation, active_accounts, now


async def next_assignee(crm: Installation, queue_id: UUID, tags: Sequence[str] = (), language: str = "") -> UUID | None:
    """Who of the queue gets the next ticket, and takes their turn; None where people take tickets themselves, or nobody is there.

    Must run inside the transaction that stores the ticket: it holds the queue until then, so that two tickets at once are
    given one after the other. Colleagues whose account is not active are passed over and keep their turn.
    """
    rows = await crm.data.fetch("SELECT assignment FROM service_queue WHERE id = ?", queue_id)
    if not rows or rows[0]["assignment"] == "manual":
        return None
    # A row that is written is held; SQLite has one writer at a time anyhow.
    await crm.data.fetch("UPDATE service_queue SET position = position WHERE id = ? RETURNING id", queue_id)
    here = {one.id for one in await active_accounts(crm)}
    members = await crm.data.fetch("SELECT * FROM service_queue_member WHERE queue_id = ?", queue_id)
    able = most_able([one for one in members if one["account_id"] in here], needed(tags, language))
    if not able:
        return None
    loads = await loads_of(crm, [one["account_id"] for one in able]) if rows[0]["assignment"] == "workload" else {}
    chosen = min(able, key=lambda one: turn(one, loads))
    await crm.data.fetch("UPDATE service_queue_member SET last_at = ? WHERE id = ? RETURNING id", now(), chosen["id"])
    account_id: UUID = chosen["account_id"]
    return account_id


def turn(member: Mapping[str, Any], loads: Mapping[UUID, int]) -> tuple[int, float, int]:
    """The least first: little to do, then long without a ticket."""
    last = member["last_at"]
    return loads.get(member["account_id"], 0), last.timestamp() if last else 0.0, member["id"].int


def needed(tags: Sequence[str], language: str) -> frozenset[str]:
    """Tags and the language as keys of skills."""
    words = {tag.casefold().strip() for tag in tags} | {language.casefold()}
    return frozenset(word.replace(" ", "-") for word in words if word)


def most_able(members: Sequence[Mapping[str, Any]], asked: Collection[str]) -> list[Mapping[str, Any]]:
    """Those who have most of what is asked; everybody where nobody has any of it."""
    counts = [len(set(str(one["skills"]).split()) & set(asked)) for one in members]
    best = max(counts, default=0)
    return [one for one, count in zip(members, counts, strict=True) if count == best]


async def loads_of(crm: Installation, accounts: Sequence[UUID]) -> dict[UUID, int]:
    """How many tickets wait for each of them."""
    marks = ", ".join("?" * len(accounts))
    rows = await crm.data.fetch(
        "SELECT assignee_id, count(*) AS tickets FROM service_ticket "
        f"WHERE state IN ('new', 'open', 'pending', 'on_hold') AND assignee_id IN ({marks}) GROUP BY assignee_id",
        *accounts,
    )
    return {row["assignee_id"]: row["tickets"] for row in rows}

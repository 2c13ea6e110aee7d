"""Writes the data set of the measurements: the rows that the functions of daily use would write, many to a transaction."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from confida_core.accounts.content import AccountContent
from confida_core.accounts.roles import Role
from confida_core.accounts.staff import insert_account
from confida_core.accounts.stored_settings import confirm_recovery_key
from confida_core.clock import now
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.people import create_many
from confida_core.contacts.records import CONTACT
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.interactions.content import InteractionDraft, checked, columns_of
from confida_core.interactions.interactions import INTERACTION
from confida_core.vault.access import system_access
from confida_core.vault.records import encode, wrap_place
from confida_core.vault.sealing import Key, place_of, seal
from tests.bench.people import contacts, drafts

USERS = 8
BATCH = 1_000
ACCESS = system_access("bench")
LINK = "INSERT INTO interaction_participant (id, interaction_id, contact_id, at, kind, state) VALUES (?, ?, ?, ?, ?, ?)"
WRAP = "INSERT INTO shared_key (id, key_id, subject_id, record_id, wrapped) VALUES (?, ?, ?, ?, ?)"
TOUCH = "UPDATE contact SET touched_at = ? WHERE id = ? AND (touched_at IS NULL OR touched_at < ?)"


async def fill(crm: Installation, contact_count: int, interaction_count: int) -> None:
    """Into a new installation: accounts, contacts, interactions, and the index over them."""
    started = time.perf_counter()
    await confirm_recovery_key(crm)
    users = [await make_user(crm, number) for number in range(USERS)]
    people = [new.id async for new in fill_contacts(crm, contact_count, users)]
    say(f"{contact_count:,} contacts", started)
    remaining = drafts(interaction_count, people, now(), users)
    while batch := list(islice(remaining, BATCH)):
        await write_interactions(crm, batch)
    say(f"{interaction_count:,} interactions", started)
    await crm.index.rebuild(ContactSource(crm))
    say("index", started)


def say(what: str, started: float) -> None:
    print(f"  {what} after {time.perf_counter() - started:.0f} s", flush=True)


async def make_user(crm: Installation, number: int) -> UUID:
    content = AccountContent(display_name=f"User {number}", email=f"user{number}@example.org")
    return await insert_account(crm, content, Role("owner"), password_hash="!")


async def fill_contacts(crm: Installation, amount: int, owners: Sequence[UUID]) -> Any:
    remaining = contacts(amount, now(), owners)
    while batch := list(islice(remaining, BATCH)):
        await create_many(crm, ACCESS, batch)
        for new in batch:
            yield new


async def write_interactions(crm: Installation, batch: Sequence[InteractionDraft]) -> None:
    """What `log_interaction` writes for each: row, key, wraps, links, last contact, feed."""
    await crm.keyring.ensure({person for draft in batch for person in draft.people}, INTERACTION.retention_class)
    moment = now()
    rows, wraps, links = [], [], []
    latest: dict[UUID, datetime] = {}
    async with crm.data.transaction():
        for draft in batch:
            row = {"id": new_id(), "created_by": ACCESS.actor.id, "created_at": moment, **columns_of(draft)}
            key, made = await wrapped_key(crm, row["id"], draft.people)
            wraps += made
            place = place_of(INTERACTION.name, row["id"], None, INTERACTION.retention_class, key.id)
            rows.append({**row, "edited": False, "version": 1, "sealed": seal(key, encode(checked(draft)), place)})
            links += [(new_id(), row["id"], one, row["at"], row["kind"], row["state"]) for one in draft.people]
            for person in draft.people:
                crm.feed.append(INTERACTION.name, row["id"], person)
                if row["state"] == "done" and row["at"] <= moment:
                    latest[person] = row["at"]
        names = list(rows[0])
        insert = f"INSERT INTO interaction ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        await crm.data.execute_many(insert, [tuple(row.values()) for row in rows])
        await crm.data.execute_many(WRAP, wraps)
        await crm.data.execute_many(LINK, links)
        await crm.data.execute_many(TOUCH, [(at, person, at) for person, at in latest.items()])
        for person in latest:
            crm.feed.append(CONTACT.name, person, person)


async def wrapped_key(crm: Installation, record_id: UUID, people: Sequence[UUID]) -> tuple[Key, list[tuple[Any, ...]]]:
    """A fresh key for a record about several people, and one wrap for each of them."""
    key_id, secret, wraps = new_id(), os.urandom(32), []
    for person in people:
        holder = await crm.keyring.current(person, INTERACTION.retention_class)
        sealed = seal(holder.wrap, secret, wrap_place(key_id, person, record_id))
        wraps.append((new_id(), key_id, person, record_id, sealed))
    return Key.shared(key_id, secret), wraps

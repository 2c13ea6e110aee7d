"""The index follows what is committed, whoever asks it to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.people import create_contact
from confida_core.vault.access import system_access

pytestmark = pytest.mark.anyio


async def test_index_follows_from_within_a_transaction_and_harms_nobody_who_waits(crm: Any) -> None:
    """The first of those who wait starts the reading for all; it must not be a part of that one's transaction."""
    content = ContactContent(display_name="Ada", emails=[EmailAddress(address="ada@example.org")])
    ada = await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)
    source = ContactSource(crm)

    async def within() -> None:
        async with crm.data.transaction():
            await crm.index.catch_up(source)

    await asyncio.gather(within(), crm.index.catch_up(source))

    assert await crm.index.run(lambda ask: ask.addressed("ada@example.org")) == [ada]

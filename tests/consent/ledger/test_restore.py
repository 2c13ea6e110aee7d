"""A restore puts the ledger back to an older state; it says so, and forgets no erasure."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from confida_consent.erasing import erase_evidence, finish_erasures
from confida_consent.events import record_event
from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.checkpoints import open_checkpoint, parse_verifier_key
from confida_consent.ledger.log import checkpoint, verifier_key
from confida_consent.ledger.openers import own_openings
from confida_core.backup.archive import back_up
from confida_core.backup.restore import restore
from confida_core.installation import open_installation
from confida_core.setup import upgrade
from tests.conftest import own_registry
from tests.consent.people import SYSTEM, add_contact, says

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(settings: Any) -> AsyncIterator[Any]:
    async with open_installation(settings, own_registry()) as crm:
        await upgrade(crm)
        yield crm


async def test_restored_ledger_names_the_lost_one_and_whoever_was_erased_since(settings: Any) -> None:
    async with opened(settings) as crm:
        ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
        for person in (ada, mats):
            await record_event(crm, SYSTEM, says(person, "given"))
        backup = await back_up(crm)
        await record_event(crm, SYSTEM, says(ada, "withdrawn"))
        await erase_evidence(crm, [ada])
        lost = open_checkpoint(await checkpoint(crm), [parse_verifier_key(await verifier_key(crm))])
        assert (await verify_stored(crm)).faults == []
    await restore(settings, own_registry(), backup.folder)
    async with opened(settings) as crm:
        assert await finish_erasures(crm) == 1
        report = await verify_stored(crm)
        assert (report.faults, report.generation, report.erased) == ([], 1, 1)
        assert report.kinds == {"consent": 2, "restore": 1, "erasure": 1}
        entries = [json.loads(opening.payload) for opening in (await own_openings(crm, 0, 100)).values() if opening]
        assert [(entry["type"], entry.get("kept"), entry.get("lost", {}).get("size")) for entry in entries] == [
            ("restore", 2, lost.size),
            ("erasure", None, None),
        ]

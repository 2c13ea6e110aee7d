"""The trash waits for whatever the person's rights still need of a contact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.rights import erasure, trash_guard
from confida_consent.rights.erasure import ErasureBlocked, erase_person, resume_erasures
from confida_consent.rights.erasure_rows import erasures
from confida_consent.rights.requests_deciding import withdraw
from confida_core.clock import now
from confida_core.contacts.states import restrict_contact, unrestrict_contact
from confida_core.contacts.trash import kept_from_purge, purge_trash, restore_contact, trash_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import system_access
from tests.consent.rights.requests_cast import INSIDE, asks, make_ada, officer, work

pytestmark = pytest.mark.anyio
ACCESS = system_access("tests")


async def trash_long_ago(crm: Any, *contact_ids: UUID) -> None:
    for one in contact_ids:
        await trash_contact(crm, ACCESS, one)
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE deleted_at IS NOT NULL", now() - timedelta(days=60))


async def there(crm: Any) -> set[UUID]:
    return {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")}


async def test_purge_waits_for_an_open_request(crm: Any) -> None:
    ada, zoe = await make_ada(crm), await make_ada(crm, "Zoe", "zoe@example.org")
    request = await asks(crm)
    await work(crm)
    await trash_long_ago(crm, ada, zoe)
    await purge_trash(crm, {})
    assert await there(crm) == {ada}
    assert await kept_from_purge(crm, [ada, zoe]) == {ada: trash_guard.REQUESTED}
    await withdraw(crm, officer(), request.id)
    await purge_trash(crm, {})
    assert await there(crm) == set()


async def test_purge_waits_for_a_restriction(crm: Any) -> None:
    ada = await make_ada(crm)
    await restrict_contact(crm, ACCESS, ada)
    await trash_long_ago(crm, ada)
    await purge_trash(crm, {})
    assert await there(crm) == {ada}
    await restore_contact(crm, ACCESS, ada)
    await unrestrict_contact(crm, ACCESS, ada)
    await trash_long_ago(crm, ada)
    await purge_trash(crm, {})
    assert await there(crm) == set()


async def test_erasure_stopped_by_a_hold_is_neither_purged_nor_taken_back(crm: Any, monkeypatch: Any) -> None:
    """The hold comes between the confirmation and the keys; what is lifted later is erased with its certificate."""
    ada = await make_ada(crm)
    confirm = erasure.confirm

    async def held_meanwhile(*args: Any, **more: Any) -> UUID:
        erasure_id = await confirm(*args, **more)
        await crm.orders.give("hold", ada)
        return erasure_id

    monkeypatch.setattr(erasure, "confirm", held_meanwhile)
    with pytest.raises(ErasureBlocked):
        await erase_person(crm, INSIDE, ada)
    with pytest.raises(InvalidContent) as refused:
        await restore_contact(crm, ACCESS, ada)
    assert refused.value.errors == {"": trash_guard.ERASING}
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE deleted_at IS NOT NULL", now() - timedelta(days=60))
    await purge_trash(crm, {})
    assert await there(crm) == {ada}
    await crm.orders.lift("hold", ada)
    # Even without the hold it is the erasure's to end, not the trash's: nobody would get a certificate.
    await purge_trash(crm, {})
    assert await there(crm) == {ada}
    await resume_erasures(crm, {})
    assert await there(crm) == set()
    (done,) = await erasures(crm, officer())
    assert (done.contact_id, done.done) == (ada, True)


async def test_request_made_while_the_trash_is_emptied_keeps_its_contact(crm: Any, monkeypatch: Any) -> None:
    from confida_core.contacts import trash

    ada = await make_ada(crm)
    await trash_long_ago(crm, ada)
    purge = trash.purge_due

    async def asked_first(*args: Any) -> None:
        request = await asks(crm, identifier="else@example.org")
        await crm.data.fetch("UPDATE rights_request SET contact_id = ? WHERE id = ?", ada, request.id)
        await purge(*args)

    monkeypatch.setattr(trash, "purge_due", asked_first)
    await purge_trash(crm, {})
    assert await there(crm) == {ada}

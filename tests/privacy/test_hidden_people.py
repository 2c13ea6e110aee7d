"""Restricted people and people in the trash are not found by a way round either."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_core.contacts.history import changes_of
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.trash import trash_contact
from confida_core.index.plan import Scope
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import update_interaction, visible_interaction
from confida_core.setup import upgrade
from confida_core.vault.access import Access, NotFound
from tests.core.interactions.cast import NOON, OLGA, access_of, log, make

pytestmark = pytest.mark.anyio


def rights() -> Access:
    return Access(actor=OLGA, purpose="data_subject_rights", where="test")


async def test_interaction_of_one_restricted_and_one_trashed_person_is_nobodys(crm: Any) -> None:
    """The first may not be opened, the second is not there: together they do not make a person whom one may see."""
    ada, mats = await make(crm), await make(crm, "Mats")
    interaction_id = await log(crm, ada, mats)
    await trash_contact(crm, access_of(), mats)
    await visible_interaction(crm, access_of(), interaction_id)
    await restrict_contact(crm, rights(), ada)
    with pytest.raises(NotFound):
        await visible_interaction(crm, access_of(), interaction_id)


async def move(crm: Any, interaction_id: UUID, person: UUID, subject: str) -> None:
    draft = InteractionDraft(kind="call", people=(person,), subject=subject, at=NOON)
    seen = (await visible_interaction(crm, access_of(), interaction_id)).row["version"]
    await update_interaction(crm, access_of(), interaction_id, draft, seen=seen)


async def told(crm: Any, contact_id: UUID) -> str:
    return repr([entry.changes for entry in await changes_of(crm, access_of(), contact_id)])


async def test_history_tells_nobody_what_was_written_about_somebody_else(crm: Any) -> None:
    """What was noted at the wrong person is moved to the right one; neither's history holds the other's words."""
    ada, mats = await make(crm), await make(crm, "Mats")
    interaction_id = await log(crm, ada, subject="first words")
    await move(crm, interaction_id, ada, "words about Ada")
    await move(crm, interaction_id, mats, "words about Mats")
    assert ("words about Mats" in await told(crm, ada), "words about Ada" in await told(crm, mats)) == (False, False)
    assert "words about Ada" in await told(crm, ada)


async def counted(crm: Any) -> tuple[int, bool]:
    await crm.index.catch_up(ContactSource(crm))
    found: tuple[int, bool] = crm.index.inline(lambda ask: ask.count(Scope(text="Lovelace")))
    return found


async def test_restriction_that_a_crash_kept_from_the_index_is_in_it_after_the_next_start(crm: Any) -> None:
    """The order stands beside the keys before the data are told; counts of a search would tell of the contact."""
    ada = await make(crm)
    assert await counted(crm) == (1, True)
    await crm.orders.give("restriction", ada)
    await upgrade(crm)
    assert await counted(crm) == (0, True)
    await crm.orders.lift("restriction", ada)
    await upgrade(crm)
    assert await counted(crm) == (1, True)
    position = await crm.feed.head()
    await upgrade(crm)
    assert await crm.feed.head() == position

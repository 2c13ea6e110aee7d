"""Two contacts and what they are to each other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from confida_core.contacts.content import ContactKind
from confida_core.contacts.history import changes_of
from confida_core.contacts.relationship_types import define_kind, relationship_kinds, retire_kind
from confida_core.contacts.relationships import (
    add_relationship,
    end_relationship,
    relationships_of,
    remove_relationship,
)
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.trash import purge_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import Forbidden, NotFound
from tests.core.contacts.cast import MATS, ZOE, access_of, make, make_ada

pytestmark = pytest.mark.anyio


async def employed(crm: Any) -> tuple[Any, Any, Any]:
    ada, office = await make_ada(crm), await make(crm, "Office", ContactKind.ORGANISATION)
    relationship = await add_relationship(
        crm, access_of(MATS), "works_at", ada, office, role="Analyst", started_on=date(2024, 1, 1)
    )
    return ada, office, relationship


async def seen_from(crm: Any, contact_id: Any) -> list[tuple[Any, ...]]:
    found = await relationships_of(crm, access_of(), contact_id)
    return [(one.label, one.other.content.display_name, one.role, one.started_on, one.ended_on) for one in found]


async def test_relationship_reads_from_both_sides(crm: Any) -> None:
    ada, office, _ = await employed(crm)
    start = date(2024, 1, 1)
    assert await seen_from(crm, ada) == [("works at", "Office", "Analyst", start, None)]
    assert await seen_from(crm, office) == [("employs", "Ada Lovelace", "Analyst", start, None)]


async def test_role_is_sealed_and_both_histories_tell(crm: Any) -> None:
    ada, office, _ = await employed(crm)
    row = (await crm.data.fetch("SELECT * FROM relationship"))[0]
    assert b"Analyst" not in bytes(row["sealed"])
    for own, other in ((ada, office), (office, ada)):
        entry = (await changes_of(crm, access_of(), own))[0]
        assert (entry.kind, entry.actor_id, entry.detail) == ("related", MATS.id, other.hex)


async def test_ended_relationship_stays_with_its_end(crm: Any) -> None:
    ada, _, relationship = await employed(crm)
    with pytest.raises(InvalidContent):
        await end_relationship(crm, access_of(), relationship, date(2023, 12, 31))
    await end_relationship(crm, access_of(), relationship, date(2025, 6, 30))
    assert [one[4] for one in await seen_from(crm, ada)] == [date(2025, 6, 30)]


async def test_removed_relationship_is_gone_with_its_key(crm: Any) -> None:
    ada, _, relationship = await employed(crm)
    await remove_relationship(crm, access_of(), relationship)
    assert await seen_from(crm, ada) == []
    assert await crm.data.fetch("SELECT id FROM shared_key WHERE record_id = ?", relationship) == []


async def test_what_cannot_be_is_refused(crm: Any) -> None:
    ada, office = await make_ada(crm), await make(crm, "Office")
    for arguments, field in (
        (("works_at", ada, ada), "other"),
        (("sings_with", ada, office), "type"),
    ):
        with pytest.raises(InvalidContent) as refused:
            await add_relationship(crm, access_of(), *arguments)
        assert list(refused.value.errors) == [field]
    with pytest.raises(Forbidden):
        await add_relationship(crm, access_of(ZOE), "works_at", ada, office)


async def test_hidden_contact_is_neither_shown_nor_related(crm: Any) -> None:
    ada, office, relationship = await employed(crm)
    await restrict_contact(crm, access_of(), office)
    assert await seen_from(crm, ada) == []
    with pytest.raises(NotFound):
        await end_relationship(crm, access_of(), relationship, date(2025, 1, 1))
    with pytest.raises(NotFound):
        await add_relationship(crm, access_of(), "works_at", ada, office)


async def test_erasing_one_ends_the_relationship_of_the_other(crm: Any) -> None:
    ada, office, _ = await employed(crm)
    await purge_contact(crm, ada)
    assert await seen_from(crm, office) == []
    assert await crm.data.fetch("SELECT id FROM relationship") == []


async def test_own_kind_is_offered_until_it_is_retired(crm: Any) -> None:
    ada, office = await make_ada(crm), await make(crm, "Office")
    key = await define_kind(crm, access_of(), forward="mentors", backward="is mentored by")
    await add_relationship(crm, access_of(), key, ada, office)
    assert [one[0] for one in await seen_from(crm, office)] == ["is mentored by"]
    await retire_kind(crm, access_of(), key)
    with pytest.raises(InvalidContent):
        await add_relationship(crm, access_of(), key, ada, office)
    assert [one[0] for one in await seen_from(crm, ada)] == ["mentors"]


async def test_kinds_need_settings_and_unique_names(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await define_kind(crm, access_of(MATS), forward="mentors")
    for taken in ("works at", "", "x" * 81):
        with pytest.raises(InvalidContent):
            await define_kind(crm, access_of(), forward=taken)
    with pytest.raises(NotFound):
        await retire_kind(crm, access_of(), "works_at")
    assert [kind.built_in for kind in await relationship_kinds(crm)] == [True] * 5

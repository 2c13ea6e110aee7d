"""Leads: written down, given to somebody, laid aside, taken up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import (
    Access,
    Forbidden,
    InteractionDraft,
    InvalidContent,
    NotFound,
    Scope,
    VersionConflict,
    log_interaction,
    new_id,
    now,
    read_condition,
    select_ids,
)
from confida_sales.leads.discarding import discard_lead, reopen_lead
from confida_sales.leads.inbox import LeadFilter, count_by_state, find_leads, list_leads, waiting_for
from confida_sales.leads.leads import (
    LeadDraft,
    assign_leads,
    change_lead,
    create_lead,
    visible_lead,
    work_on_lead,
)

pytestmark = pytest.mark.anyio
ADA = LeadDraft(
    name="Ada Lovelace", organisation="Analytical Engines", email="ada@example.org", phone="+49 30 90182 100",
    wanted="sealed-lead-wanted: two looms", note="sealed-lead-note", source="Website",
)  # fmt: skip


@pytest.fixture
def somebody(access: Access) -> Access:
    """As the web has it: what was read is written down once, with the answer."""
    return replace(access, deferred=True)


async def test_lead_of_nobody_known_makes_a_provisional_contact(crm: Any, somebody: Access) -> None:
    opened = await visible_lead(crm, somebody, await create_lead(crm, somebody, ADA))
    assert (opened.row["state"], opened.row["source"], opened.row["provisional"]) == ("new", "Website", True)
    assert (opened.content.organisation, opened.content.wanted) == (ADA.organisation, ADA.wanted)
    (contact,) = (await list_leads(crm, somebody, LeadFilter())).names.values()
    assert contact == "Ada Lovelace"


async def test_lead_is_sealed_handed_over_and_gone_with_its_provisional_contact(
    crm: Any, access: Access, assert_sealed: Any, assert_exported: Any, assert_erased: Any
) -> None:
    lead = await create_lead(crm, access, ADA)
    ada = (await visible_lead(crm, access, lead)).row["contact_id"]
    await assert_sealed("sealed-lead-wanted", "sealed-lead-note", "Analytical Engines")
    await assert_exported(ada, "sealed-lead-wanted", "sealed-lead-note", "Analytical Engines")
    await assert_erased(ada, "sealed-lead-wanted", "sealed-lead-note", "Analytical Engines")
    assert await crm.data.fetch("SELECT id FROM sales_lead") == []


async def test_lead_about_somebody_known_makes_no_contact(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    opened = await visible_lead(crm, access, await create_lead(crm, access, LeadDraft(contact_id=ada, wanted="A loom")))
    assert (opened.row["contact_id"], opened.row["provisional"]) == (ada, False)
    assert len(await crm.data.fetch("SELECT id FROM contact")) == 1


async def test_lead_of_a_company_alone_makes_an_organisation(crm: Any, access: Access) -> None:
    await create_lead(crm, access, LeadDraft(organisation="Analytical Engines", phone="+49 30 90182 100"))
    assert [row["kind"] for row in await crm.data.fetch("SELECT kind FROM contact")] == ["organisation"]


async def test_bad_lead_is_refused_whole(crm: Any, access: Access) -> None:
    for draft, field in (
        (LeadDraft(wanted="Something"), "name"),
        (replace(ADA, email="nonsense"), "email"),
        (replace(ADA, name="x" * 201), "name"),
        (replace(ADA, source="Somewhere"), "source"),
        (replace(ADA, wanted="x" * 20_001), "wanted"),
        (replace(ADA, organisation="x" * 201), "organisation"),
    ):
        with pytest.raises(InvalidContent) as refused:
            await create_lead(crm, access, draft)
        assert set(refused.value.errors) == {field}
    assert await crm.data.fetch("SELECT id FROM contact") == []


async def test_lead_of_a_hidden_or_trashed_contact_is_not_there(crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, ADA)
    ada = (await visible_lead(crm, access, lead)).row["contact_id"]
    assert len((await list_leads(crm, access, LeadFilter())).leads) == 1
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", now(), ada)
    with pytest.raises(NotFound):
        await visible_lead(crm, access, lead)
    assert [one async for one in shown(crm, access)] == []
    assert (await count_by_state(crm), await waiting_for(crm, access)) == ({}, 0)


async def shown(crm: Any, access: Access, **narrowed: Any) -> Any:
    found = await list_leads(crm, access, LeadFilter(**narrowed))
    for one in found.leads:
        yield one.content.wanted


async def test_readers_write_nothing(crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, ADA)
    reader = replace(access, actor=replace(access.actor, permissions=frozenset({"sales.read", "contacts.read"})))
    assert (await visible_lead(crm, reader, lead)).content.wanted == ADA.wanted
    for work in (
        create_lead(crm, reader, ADA),
        change_lead(crm, reader, lead, ADA, seen=1),
        work_on_lead(crm, reader, lead, seen=1),
        assign_leads(crm, reader, [lead], None),
        discard_lead(crm, reader, lead, seen=1, reason="junk"),
        reopen_lead(crm, reader, lead),
    ):
        with pytest.raises(Forbidden):
            await work


async def test_change_at_an_old_version_is_refused(crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, ADA)
    assert await change_lead(crm, access, lead, replace(ADA, wanted="Three looms"), seen=1) == 2
    with pytest.raises(VersionConflict):
        await change_lead(crm, access, lead, ADA, seen=1)
    assert (await visible_lead(crm, access, lead)).content.wanted == "Three looms"


async def test_whoever_works_on_a_lead_of_nobody_has_it(crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, ADA)
    await work_on_lead(crm, access, lead, seen=1)
    row = (await visible_lead(crm, access, lead)).row
    assert (row["state"], row["owner_id"]) == ("working", access.actor.id)


async def test_leads_are_assigned_in_three_statements_and_say_who_had_them(
    crm: Any, somebody: Access, queries: Any
) -> None:
    mats, zoe = new_id(), new_id()
    leads = [await create_lead(crm, somebody, replace(ADA, owner_id=owner)) for owner in (None, zoe, mats)]
    with queries() as asked:
        before = await assign_leads(crm, somebody, leads, mats)
    assert before == {leads[0]: None, leads[1]: zoe}
    found = await crm.data.fetch("SELECT DISTINCT owner_id FROM sales_lead")
    assert [row["owner_id"] for row in found] == [mats]
    with queries() as one:
        await assign_leads(crm, somebody, leads[:1], None)
    assert len(asked) == len(one)


async def planted(crm: Any, access: Access, owner: UUID) -> None:
    """Five leads, each a day older than the one before, named by what they want."""
    drafts = [
        LeadDraft(name="A", wanted="new mine", owner_id=access.actor.id),
        LeadDraft(name="B", wanted="new of nobody", source="Event"),
        LeadDraft(name="C", wanted="old of hers", owner_id=owner),
        LeadDraft(name="D", wanted="discarded"),
        LeadDraft(name="E", wanted="oldest", source="Event", owner_id=owner),
    ]
    for days, draft in zip((0, 1, 8, 9, 40), drafts, strict=True):
        lead = await create_lead(crm, access, draft)
        await crm.data.fetch("UPDATE sales_lead SET created_at = ? WHERE id = ?", now() - timedelta(days=days), lead)
        if draft.wanted == "discarded":
            await discard_lead(crm, access, lead, seen=1, reason="junk")


async def test_leads_are_filtered_by_state_owner_source_and_age(crm: Any, somebody: Access) -> None:
    zoe = new_id()
    await planted(crm, somebody, zoe)
    for narrowed, found in (
        ({}, ["new mine", "new of nobody", "old of hers", "oldest"]),
        ({"states": ()}, ["new mine", "new of nobody", "old of hers", "discarded", "oldest"]),
        ({"states": ("discarded",)}, ["discarded"]),
        ({"owner": "me"}, ["new mine"]),
        ({"owner": "nobody"}, ["new of nobody"]),
        ({"owner": str(zoe)}, ["old of hers", "oldest"]),
        ({"source": "Event"}, ["new of nobody", "oldest"]),
        ({"older_days": 7}, ["old of hers", "oldest"]),
        ({"older_days": 30, "states": ()}, ["oldest"]),
    ):
        assert [one async for one in shown(crm, somebody, **narrowed)] == found, narrowed
    assert await count_by_state(crm) == {"new": 4, "discarded": 1}
    assert await waiting_for(crm, somebody) == 2


async def test_pages_of_leads_meet_without_gap_in_both_directions(crm: Any, somebody: Access) -> None:
    await planted(crm, somebody, new_id())
    everything = LeadFilter(states=())
    first = await list_leads(crm, somebody, everything, limit=2)
    second = await list_leads(crm, somebody, everything, place=first.older, limit=2)
    third = await list_leads(crm, somebody, everything, place=second.older, limit=2)
    wanted = [[one.content.wanted for one in page.leads] for page in (first, second, third)]
    assert wanted == [["new mine", "new of nobody"], ["old of hers", "discarded"], ["oldest"]]
    assert (first.newer, third.older) == (None, None)
    back = await list_leads(crm, somebody, everything, place=third.newer, backwards=True, limit=2)
    assert [one.row["id"] for one in back.leads] == [one.row["id"] for one in second.leads]
    assert (back.newer is None, back.older is None) == (False, False)


@pytest.mark.parametrize("count", [1, 3])
async def test_list_asks_as_much_for_three_leads_as_for_one(
    crm: Any, somebody: Access, queries: Any, count: int
) -> None:
    for number in range(count):
        await create_lead(crm, somebody, LeadDraft(name=f"Person {number}"))
    with queries() as asked:
        found = await list_leads(crm, somebody, LeadFilter())
    assert (len(found.leads), len(asked)) == (count, 2)


async def test_discarded_lead_takes_its_unused_contact_along_and_brings_it_back(crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, ADA)
    staff = replace(access, actor=replace(access.actor, permissions=access.actor.permissions - {"contacts.delete"}))
    assert await discard_lead(crm, staff, lead, seen=1, reason="junk", note="sealed-why", with_contact=True) is True
    ada = (await visible_lead(crm, staff, lead, trashed=True)).row
    assert (ada["state"], ada["discard_reason"], ada["contact_deleted_at"] is None) == ("discarded", "junk", False)
    await reopen_lead(crm, staff, lead)
    again = await visible_lead(crm, staff, lead)
    assert (again.row["state"], again.row["discard_reason"], again.content.discard_note) == ("working", "", "")


async def test_contact_that_is_known_from_elsewhere_stays_when_a_lead_is_discarded(
    crm: Any, access: Access, contact: Any
) -> None:
    known = await create_lead(crm, access, LeadDraft(contact_id=await contact("Mats Berg")))
    assert await discard_lead(crm, access, known, seen=1, reason="no_need", with_contact=True) is False
    first = await create_lead(crm, access, ADA)
    ada = (await visible_lead(crm, access, first)).row["contact_id"]
    await create_lead(crm, access, LeadDraft(contact_id=ada, wanted="Another thing"))
    talked = await create_lead(crm, access, LeadDraft(name="Zoe Talkative"))
    spoken = (await visible_lead(crm, access, talked)).row["contact_id"]
    assert await discard_lead(crm, access, first, seen=1, reason="no_need", with_contact=True) is False
    await log_interaction(crm, access, InteractionDraft(kind="note", body="Called", people=(spoken,)))
    assert await discard_lead(crm, access, talked, seen=1, reason="no_need", with_contact=True) is False
    assert await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NOT NULL") == []


async def test_contact_that_was_trashed_for_another_reason_does_not_come_back_with_its_lead(
    crm: Any, access: Access
) -> None:
    lead = await create_lead(crm, access, ADA)
    ada = (await visible_lead(crm, access, lead)).row["contact_id"]
    await discard_lead(crm, access, lead, seen=1, reason="junk")
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", now() + timedelta(hours=1), ada)
    staff = replace(access, actor=replace(access.actor, permissions=access.actor.permissions - {"contacts.delete"}))
    with pytest.raises(NotFound):
        await reopen_lead(crm, staff, lead)
    assert await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL") == []
    await reopen_lead(crm, access, lead)
    assert (await visible_lead(crm, staff, lead)).row["state"] == "working"


async def test_lead_is_discarded_once_and_for_a_reason(crm: Any, access: Access) -> None:
    lead = await create_lead(crm, access, ADA)
    for reason in ("", "because"):
        with pytest.raises(InvalidContent):
            await discard_lead(crm, access, lead, seen=1, reason=reason)
    await discard_lead(crm, access, lead, seen=1, reason="other")
    with pytest.raises(InvalidContent):
        await discard_lead(crm, access, lead, seen=2, reason="other")
    with pytest.raises(InvalidContent):
        await work_on_lead(crm, access, lead, seen=2)


async def test_leads_are_found_by_contact_company_and_wish(crm: Any, access: Access) -> None:
    await create_lead(crm, access, ADA)
    await create_lead(crm, access, LeadDraft(name="Mats Berg", wanted="A printing press"))
    for text, names in (
        ("lovelace", ["Ada Lovelace"]),
        ("press", ["Mats Berg"]),
        ("analytical", ["Ada Lovelace"]),
        ("zz", []),
    ):
        assert [name for _, name in await find_leads(crm, access, text, 5)] == names


async def test_contacts_are_filtered_by_the_states_of_their_leads(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    await contact("Mats Berg")
    lead = await create_lead(crm, access, LeadDraft(contact_id=ada))

    async def having(state: str) -> list[UUID]:
        condition = read_condition({"field": "sales.lead", "op": "has", "value": state}, crm.registry.index_fields)
        return await select_ids(crm, access, Scope(condition=condition))

    assert (await having("new"), await having("discarded")) == ([ada], [])
    await discard_lead(crm, access, lead, seen=1, reason="junk")
    assert (await having("new"), await having("discarded")) == ([], [ada])

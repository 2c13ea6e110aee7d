"""A lead becomes a contact, where they work, and an opportunity: all at once, once, and back again if it was a slip."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import (
    Access,
    InvalidContent,
    NotFound,
    Opened,
    PhoneNumber,
    VersionConflict,
    new_id,
    relationships_of,
    visible_contact,
)
from confida_sales.content import LeadContent
from confida_sales.leads.conversion import Conversion, Converted, convert_lead
from confida_sales.leads.discarding import discard_lead
from confida_sales.leads.leads import LeadDraft, create_lead, visible_lead, work_on_lead
from confida_sales.leads.likeness import organisations_like, people_like
from confida_sales.leads.taking_back import take_back_conversion
from confida_sales.opportunities.opportunities import (
    OpportunityDraft,
    change_opportunity,
    draft_of,
    visible_opportunity,
)
from confida_sales.opportunities.pipelines import USUAL, ShownPipeline, pipeline, save_pipeline

pytestmark = pytest.mark.anyio
ADA = LeadDraft(
    name="Ada Lovelace", organisation="Analytical Engines", email="ada@engines.example.org", phone="+493090182100",
    wanted="Two looms", source="Website",
)  # fmt: skip
LOOMS = OpportunityDraft(title="Two looms", value=5_000_00, source="Website")


@pytest.fixture
async def usual(crm: Any, access: Access) -> ShownPipeline:
    return await pipeline(crm, await save_pipeline(crm, access, "New customers", USUAL))


def chosen(usual: ShownPipeline, **more: Any) -> Conversion:
    given: dict[str, Any] = {"pipeline_id": usual.id, "stage_id": usual.stages[0].id, "opportunity": LOOMS} | more
    return Conversion(**given)


async def ids_of(crm: Any, table: str, where: str = "1 = 1") -> list[UUID]:
    return [row["id"] for row in await crm.data.fetch(f"SELECT id FROM {table} WHERE {where}")]


async def lead_of(crm: Any, access: Access, lead: UUID) -> Opened[LeadContent]:
    return await visible_lead(crm, access, lead)


async def test_conversion_makes_contact_organisation_relationship_and_opportunity(
    crm: Any, access: Access, usual: ShownPipeline
) -> None:
    lead = await create_lead(crm, access, ADA)
    ada = (await lead_of(crm, access, lead)).row["contact_id"]
    made = await convert_lead(crm, access, lead, chosen(usual, organisation_name="Analytical Engines"), seen=1)
    opportunity = await visible_opportunity(crm, access, made.opportunity_id)
    assert (opportunity.row["contact_id"], opportunity.content.title, opportunity.row["value"]) == (
        ada, "Two looms", 5_000_00,
    )  # fmt: skip
    (works,) = await relationships_of(crm, access, ada)
    assert (works.label, works.other.content.display_name) == ("works at", "Analytical Engines")
    row = (await lead_of(crm, access, lead)).row
    assert (row["state"], row["contact_id"], row["opportunity_id"]) == ("converted", ada, made.opportunity_id)
    assert (row["owner_id"], row["moved_from_id"]) == (access.actor.id, None)


async def test_second_click_finds_what_the_first_made(crm: Any, access: Access, usual: ShownPipeline) -> None:
    lead = await create_lead(crm, access, ADA)
    choice = chosen(usual, organisation_name="Analytical Engines")
    once, twice = await asyncio.gather(*(convert_lead(crm, access, lead, choice, seen=1) for _ in range(2)))
    assert once == twice == await convert_lead(crm, access, lead, choice, seen=1)
    counted = [len(await ids_of(crm, table)) for table in ("sales_opportunity", "contact", "relationship")]
    assert counted == [1, 2, 1]


async def test_conversion_that_fails_leaves_everything_as_it_was(
    crm: Any, access: Access, contact: Any, usual: ShownPipeline
) -> None:
    known = await contact("Ada King", email="ada@example.org")
    lead = await create_lead(crm, access, ADA)
    # The opportunity is the last thing that is made, and this stage asks for what is not given.
    unfit = chosen(
        usual, person_id=known, organisation_name="Analytical Engines", stage_id=usual.stages[2].id,
        opportunity=replace(LOOMS, value=0),
    )  # fmt: skip
    with pytest.raises(InvalidContent) as refused:
        await convert_lead(crm, access, lead, unfit, seen=1)
    assert set(refused.value.errors) == {"value", "close_on"}
    assert [len(await ids_of(crm, table)) for table in ("sales_opportunity", "contact", "relationship")] == [0, 2, 0]
    row = (await lead_of(crm, access, lead)).row
    assert (row["state"], row["version"]) == ("new", 1)
    assert [mail.address for mail in (await visible_contact(crm, access, known)).content.emails] == ["ada@example.org"]


async def test_existing_person_takes_the_place_of_the_provisional_one(
    crm: Any, access: Access, contact: Any, usual: ShownPipeline
) -> None:
    known = await contact("Ada King", email="ada@example.org")
    lead = await create_lead(crm, access, ADA)
    provisional = (await lead_of(crm, access, lead)).row["contact_id"]
    made = await convert_lead(crm, access, lead, chosen(usual, person_id=known), seen=1)
    assert made == Converted(contact_id=known, opportunity_id=made.opportunity_id)
    content = (await visible_contact(crm, access, known)).content
    assert [mail.address for mail in content.emails] == ["ada@example.org", "ada@engines.example.org"]
    assert content.phones == [PhoneNumber(number="+493090182100")]
    assert await ids_of(crm, "contact", "deleted_at IS NOT NULL") == [provisional]
    # The lead is sealed under the key of whom it is about now, so that it goes with them and with nobody else.
    assert ((await lead_of(crm, access, lead)).content.wanted, (await lead_of(crm, access, lead)).people) == (
        "Two looms", (known,),
    )  # fmt: skip


async def test_nothing_is_added_to_an_existing_person_where_nobody_wants_it(
    crm: Any, access: Access, contact: Any, usual: ShownPipeline
) -> None:
    known = await contact("Ada King", email="ada@example.org")
    lead = await create_lead(crm, access, ADA)
    await convert_lead(crm, access, lead, chosen(usual, person_id=known, add_new=False), seen=1)
    opened = await visible_contact(crm, access, known)
    assert (len(opened.content.emails), opened.row["version"]) == (1, 1)


async def test_provisional_contact_with_other_leads_stays_beside(
    crm: Any, access: Access, contact: Any, usual: ShownPipeline
) -> None:
    known = await contact("Ada King")
    lead = await create_lead(crm, access, ADA)
    provisional = (await lead_of(crm, access, lead)).row["contact_id"]
    await create_lead(crm, access, LeadDraft(contact_id=provisional, wanted="Something else"))
    made = await convert_lead(crm, access, lead, chosen(usual, person_id=known), seen=1)
    assert (made.contact_id, made.left_behind) == (known, True)
    assert await ids_of(crm, "contact", "deleted_at IS NOT NULL") == []


async def test_known_relationship_is_not_made_twice(
    crm: Any, access: Access, contact: Any, usual: ShownPipeline
) -> None:
    engines = await contact("Analytical Engines", kind="organisation")
    for _ in range(2):
        known = (await ids_of(crm, "contact", "kind = 'person'"))[:1]
        draft = LeadDraft(contact_id=known[0]) if known else ADA
        lead = await create_lead(crm, access, draft)
        await convert_lead(crm, access, lead, chosen(usual, organisation_id=engines), seen=1)
    assert len(await ids_of(crm, "relationship")) == 1


async def test_slip_is_taken_back(crm: Any, access: Access, contact: Any, usual: ShownPipeline) -> None:
    known = await contact("Ada King")
    lead = await create_lead(crm, access, ADA)
    provisional = (await lead_of(crm, access, lead)).row["contact_id"]
    choice = chosen(usual, person_id=known, organisation_name="Analytical Engines")
    await convert_lead(crm, access, lead, choice, seen=1)
    assert await take_back_conversion(crm, access, lead) == provisional
    again = await lead_of(crm, access, lead)
    assert (again.row["state"], again.row["opportunity_id"], again.people) == ("working", None, (provisional,))
    assert (await ids_of(crm, "sales_opportunity", "outcome <> 'deleted'"), await ids_of(crm, "relationship")) == (
        [],
        [],
    )
    trashed = await ids_of(crm, "contact", "deleted_at IS NOT NULL AND kind = 'organisation'")
    assert (len(trashed), await ids_of(crm, "contact", "deleted_at IS NOT NULL")) == (1, trashed)
    # And it can be converted again.
    await convert_lead(crm, access, lead, chosen(usual), seen=again.row["version"])


async def test_conversion_that_was_worked_on_is_not_taken_back(crm: Any, access: Access, usual: ShownPipeline) -> None:
    lead = await create_lead(crm, access, ADA)
    made = await convert_lead(crm, access, lead, chosen(usual), seen=1)
    opportunity = await visible_opportunity(crm, access, made.opportunity_id)
    await change_opportunity(crm, access, made.opportunity_id, replace(draft_of(opportunity), value=1), seen=1)
    with pytest.raises(InvalidContent):
        await take_back_conversion(crm, access, lead)
    assert (await lead_of(crm, access, lead)).row["state"] == "converted"


async def test_conversion_is_taken_back_once(crm: Any, access: Access, usual: ShownPipeline) -> None:
    lead = await create_lead(crm, access, ADA)
    with pytest.raises(InvalidContent):
        await take_back_conversion(crm, access, lead)
    await convert_lead(crm, access, lead, chosen(usual), seen=1)
    await take_back_conversion(crm, access, lead)
    with pytest.raises(InvalidContent):
        await take_back_conversion(crm, access, lead)


async def test_conversion_at_an_old_version_or_of_a_closed_lead_is_refused(
    crm: Any, access: Access, usual: ShownPipeline
) -> None:
    lead = await create_lead(crm, access, ADA)
    await work_on_lead(crm, access, lead, seen=1)
    with pytest.raises(VersionConflict):
        await convert_lead(crm, access, lead, chosen(usual), seen=1)
    await discard_lead(crm, access, lead, seen=2, reason="junk")
    with pytest.raises(InvalidContent):
        await convert_lead(crm, access, lead, chosen(usual), seen=3)
    assert await ids_of(crm, "sales_opportunity") == []


async def test_person_is_no_organisation_and_nobody_is_nobody(
    crm: Any, access: Access, contact: Any, usual: ShownPipeline
) -> None:
    lead, mats = await create_lead(crm, access, ADA), await contact("Mats Berg")
    with pytest.raises(InvalidContent):
        await convert_lead(crm, access, lead, chosen(usual, organisation_id=mats), seen=1)
    for nobody in ({"organisation_id": new_id()}, {"person_id": new_id()}):
        with pytest.raises(NotFound):
            await convert_lead(crm, access, lead, chosen(usual, **nobody), seen=1)
    assert (await lead_of(crm, access, lead)).row["state"] == "new"


async def test_stage_of_another_pipeline_is_refused(crm: Any, access: Access, usual: ShownPipeline) -> None:
    other = await pipeline(crm, await save_pipeline(crm, access, "Grants", USUAL))
    lead = await create_lead(crm, access, ADA)
    with pytest.raises(NotFound):
        await convert_lead(crm, access, lead, chosen(usual, stage_id=other.stages[0].id), seen=1)


async def test_people_and_organisations_are_offered_with_reasons(crm: Any, access: Access, contact: Any) -> None:
    await contact("Ada King", email="ada@engines.example.org")
    await contact("Ada Lovelace")
    await contact("Mats Berg", email="mats@engines.example.org")
    await contact("Analytical Engines Ltd", kind="organisation")
    await contact("Difference Works", kind="organisation", email="post@engines.example.org")
    await contact("Zoe Works", kind="organisation")
    ada = (await lead_of(crm, access, await create_lead(crm, access, ADA))).row["contact_id"]
    opened = await visible_contact(crm, access, ada)
    people = await people_like(crm, access, opened.content, "person", ada)
    assert sorted((one.contact.content.display_name, one.reasons) for one in people) == [
        ("Ada King", ("the same e-mail address",)),
        ("Ada Lovelace", ("the same name",)),
    ]
    found = await organisations_like(crm, access, "Analytical Engines", opened.content)
    assert sorted((one.contact.content.display_name, one.reasons) for one in found) == [
        ("Analytical Engines Ltd", ("a similar name",)),
        ("Difference Works", ("the same mail domain",)),
    ]

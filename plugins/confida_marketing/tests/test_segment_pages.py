"""Pages of segments: written with groups of conditions and what they come to, seen, used, thrown away; lists of people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_marketing.segments.kept import every_segment
from confida_marketing.segments.members import members_of
from confida_marketing.tests.test_segments import INSIDE, condition, made, people, said, within

pytestmark = pytest.mark.anyio
LIST = "/x/marketing/segments"
TYPED = {
    "name": "Boats", "purpose": "newsletter", "channel": "email", "kind": "living", "match": "all", "group-a-how": "any",
    "filter-a-0-field": "tags", "filter-a-0-op": "has", "filter-a-0-value": "boat", "filter-a-123456789-field": "tags",
    "filter-a-123456789-op": "has", "filter-a-123456789-value": "ship", "group-b-how": "none",
    "filter-b-0-field": "consent.state", "filter-b-0-op": "has", "filter-b-0-value": "Newsletter (E-mail): refused",
}  # fmt: skip


async def only(crm: Any, name: str) -> UUID:
    (found,) = [one.id for one in (await every_segment(crm)).values() if one.name == name]
    return UUID(str(found))


async def test_segment_is_written_counted_used_and_thrown_away(
    client: Any, crm: Any, contact: Any, as_role: Any
) -> None:
    cast = await people(crm, contact, "Ada", "Olga", "Zoe")
    await said(crm, cast["Ada"])
    await said(crm, cast["Zoe"], kind="refused")
    empty = (await client.get(LIST)).text
    assert ("No segments yet" in empty, "Birthday within a month" in empty, "Donors" in empty) == (True, True, False)
    seen = (await client.fragment("POST", f"{LIST}/new", data=TYPED | {"_do": "count"})).text
    assert ("<strong>1</strong>" in seen, "of 2 whom it fits" in seen, "They have not consented." in seen) == (
        True,
        True,
        True,
    )
    assert ("Ada" in seen, "Olga" in seen) == (True, False)
    longer = await client.post(f"{LIST}/new", data=TYPED | {"_add": "group"})
    assert longer.text.count('class="condition-group"') == 3
    shorter = await client.post(f"{LIST}/new", data=TYPED | {"_remove": "group-b"})
    assert shorter.text.count('class="condition-group"') == 1
    wrong = await client.post(
        f"{LIST}/new", data=TYPED | {"name": "", "filter-a-0-field": "touched", "filter-a-0-op": "within_last_days"}
    )
    assert (wrong.status_code, 'value="boat" dir' in wrong.text) == (422, True)
    nameless = await client.post(f"{LIST}/new", data=TYPED | {"name": " ", "purpose": "agreement"})
    assert (nameless.status_code, nameless.text.count('aria-invalid="true"')) == (422, 2)
    await client.post(f"{LIST}/new", data=TYPED)
    boats = await only(crm, "Boats")
    shown = (await client.get(f"{LIST}/{boats}")).text
    words = "(tagged boat or tagged ship), none of: “Newsletter (E-mail): refused”"
    assert (words in shown, "nothing yet" in shown) == (True, True)
    edited = (await client.get(f"{LIST}/{boats}/edit")).text
    assert (edited.count('class="condition-group"'), 'value="Newsletter (E-mail): refused"' in edited) == (2, True)
    await made(crm, "Sailors", condition(within(boats)))
    kept = await client.post(f"{LIST}/{boats}/delete", data={"version": "1"})
    assert kept.headers["location"] == f"{LIST}/{boats}"
    stale = await client.post(f"{LIST}/{boats}/edit", data=TYPED | {"name": "Ships", "version": "7"})
    assert (stale.status_code, 'value="Ships"' in stale.text) == (409, True)
    await client.post(f"{LIST}/{boats}/edit", data=TYPED | {"name": "Ships", "version": "1"})
    sailors = await only(crm, "Sailors")
    assert "in segment “Ships”" in (await client.get(f"{LIST}/{sailors}")).text
    gone = await client.post(f"{LIST}/{sailors}/delete", data={"version": "1"})
    assert gone.headers["location"] == LIST
    assert (await client.get(f"{LIST}/{sailors}")).status_code == 404
    assert "Take out" in (await client.get(f"{LIST}?which=trash")).text
    await client.post(f"{LIST}/{sailors}/restore")
    await client.post(f"{LIST}/{sailors}/copy")
    assert "Copy of Sailors" in (await client.get(LIST)).text
    reader = await as_role("readonly")
    assert ((await reader.get(f"{LIST}/{boats}")).status_code, (await reader.get(f"{LIST}/new")).status_code) == (
        200,
        404,
    )


async def test_lists_of_people_are_filled_by_name_from_a_choice_and_from_a_segment(
    client: Any, crm: Any, contact: Any, as_program: Any
) -> None:
    cast = await people(crm, contact, "Ada", "Olga", "Zoe")
    await said(crm, cast["Ada"], cast["Olga"])
    ada, olga, zoe = cast.values()
    boats = await made(crm, "Boats", condition('{"field": "tags", "op": "has", "value": "boat"}'))
    fixed = {"name": "Guests", "purpose": "newsletter", "channel": "email", "kind": "fixed", "source": str(boats)}
    assert "Begin with the people of" in (await client.get(f"{LIST}/new?kind=fixed")).text
    await client.post(f"{LIST}/new", data=fixed)
    guests = await only(crm, "Guests")
    here = f"{LIST}/{guests}/people"
    # Zoe, who was never asked, is not in the segment.
    assert [name in (await client.get(here)).text for name in cast] == [True, True, False]
    assert "Zoe" in (await client.fragment("POST", here, data={"q": "zoe"})).text
    await client.post(f"{here}/add", data={"ids": [str(zoe), str(ada)]})
    assert await members_of(crm, INSIDE, guests) == [ada, olga]
    await client.post(f"{here}/remove", data={"ids": str(ada)})
    assert await members_of(crm, INSIDE, guests) == [olga]
    await client.post(f"{here}/{ada}/again")
    await client.post(f"{here}/take", data={"source": str(boats)})
    assert await members_of(crm, INSIDE, guests) == [ada, olga]
    assert (await client.get(f"{LIST}/{boats}/people")).status_code == 404
    assert f'formaction="{LIST}/chosen"' in (await client.get("/contacts")).text
    offered = (await client.post(f"{LIST}/chosen", data={"ids": [str(zoe)]})).text
    assert ("Zoe" in offered, "Guests" in offered) == (True, True)
    await client.post(f"{LIST}/chosen", data={"ids": [str(zoe)], "_do": "put", "name": "Ticked"})
    ticked = await only(crm, "Ticked")
    assert len(await crm.data.fetch("SELECT id FROM marketing_segment_member WHERE segment_id = ?", ticked)) == 1
    await client.get(f"{LIST}/{guests}")
    program = await as_program("marketing.read")
    answer = (await program.get("/api/v1/x/marketing/segments")).json()
    found = {one["name"]: (one["living"], one["matching"], one["allowed"]) for one in answer["items"]}
    assert found == {"Boats": (True, None, None), "Guests": (False, 3, 2), "Ticked": (False, None, None)}


async def test_pages_of_segments_ask_as_often_for_three_as_for_one(
    client: Any, crm: Any, contact: Any, queries: Any
) -> None:
    cast = await people(crm, contact, "Ada")
    await said(crm, cast["Ada"])
    counted = []
    for names in (("One",), ("Two", "Three")):
        for name in names:
            await made(crm, name, condition('{"field": "tags", "op": "has", "value": "boat"}'))
        await client.get(LIST)
        with queries() as asked:
            await client.get(LIST)
        counted.append(len(asked))
    assert counted[0] == counted[1]

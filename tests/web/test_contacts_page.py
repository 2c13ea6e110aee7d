"""The page of one contact, its states, its history and its readers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_core.contacts.content import EmailAddress, PhoneNumber, PostalAddress
from confida_core.contacts.people import visible_contact
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.trash import trash_contact
from confida_core.ids import new_id
from confida_core.vault.access import NotFound, system_access
from tests.web.people import make

pytestmark = pytest.mark.anyio


async def test_page_shows_what_is_known(client: Any, crm: Any) -> None:
    contact_id = await make(
        crm,
        "Ada Lovelace",
        emails=[EmailAddress(address="ada@example.org", label="work")],
        phones=[PhoneNumber(number="+4930901820")],
        addresses=[PostalAddress(street="12 High Street", postal_code="AB1 2CD", locality="Town", country="GB")],
        note="Owns an engine",
    )
    page = await client.get(f"/contacts/{contact_id}")
    assert page.status_code == 200
    shown = ["ada@example.org", "030 901820", "12 High Street", "United Kingdom", "Owns an engine"]
    assert [word for word in shown if word not in page.text] == []
    assert page.text.index("Town") < page.text.index("AB1 2CD")


@pytest.mark.parametrize("hidden", ["missing", "forbidden", "restricted", "trashed"])
async def test_hidden_contacts_look_alike(as_role: Any, crm: Any, hidden: str) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    path = f"/contacts/{contact_id}"
    if hidden == "missing":
        path = f"/contacts/{new_id()}"
    if hidden == "forbidden":
        path = f"/contacts/{contact_id}/reads"
    if hidden == "restricted":
        await restrict_contact(crm, system_access("test"), contact_id)
    if hidden == "trashed":
        await trash_contact(crm, system_access("test"), contact_id)
    mats = await as_role("staff")
    answer = await mats.get(path)
    nothing = await mats.get(f"/contacts/{new_id()}")
    assert (answer.status_code, "Ada" in answer.text) == (404, False)
    # Each page ends in a comment of random length.
    texts = [re.sub(r"<!-- \S* -->\s*$", "", one.text).replace(one.url.path, "") for one in (answer, nothing)]
    assert texts[0] == texts[1]


async def test_archive_and_back(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    await client.post(f"/contacts/{contact_id}/archive")
    assert "Take out of the archive" in (await client.get(f"/contacts/{contact_id}")).text
    assert f"/contacts/{contact_id}" in (await client.get("/contacts?archived=yes")).text
    await client.post(f"/contacts/{contact_id}/unarchive")
    assert f"/contacts/{contact_id}" in (await client.get("/contacts")).text


async def test_restriction_shows_to_those_who_may_lift_it_and_forbids_the_form(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    assert (await client.post(f"/contacts/{contact_id}/restrict")).status_code == 303
    page = await client.get(f"/contacts/{contact_id}")
    assert (page.status_code, "Processing is restricted" in page.text) == (200, True)
    assert (await client.get(f"/contacts/{contact_id}/edit")).status_code == 404
    assert f"/contacts/{contact_id}" not in (await client.get("/contacts")).text
    reads = await crm.door.read_log.of(contact_id)
    assert reads[0].purpose == "data_subject_rights"
    await client.post(f"/contacts/{contact_id}/unrestrict")
    assert (await client.get(f"/contacts/{contact_id}/edit")).status_code == 200


async def test_trash_and_back(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    gone = await client.post(f"/contacts/{contact_id}/delete")
    assert gone.headers["location"] == "/contacts"
    page = (await client.get(f"/contacts/{contact_id}")).text
    assert ("In the trash since" in page, f"{contact_id}/edit" in page) == (True, False)
    assert f"/contacts/{contact_id}" in (await client.get("/contacts/trash")).text
    await client.post(f"/contacts/{contact_id}/restore")
    assert "In the trash since" not in (await client.get(f"/contacts/{contact_id}")).text


async def test_staff_may_not_delete_or_restrict(as_role: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    mats = await as_role("staff")
    answers = [
        await mats.post(f"/contacts/{contact_id}/{verb}") for verb in ("delete", "restrict", "unrestrict", "restore")
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (await mats.get("/contacts/trash")).status_code == 404
    assert (await visible_contact(crm, system_access("test"), contact_id)).row["deleted_at"] is None


async def test_history_says_who_changed_what(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    fields = {"version": "1", "display_name": "Ada King", "kind": "person"}
    await client.post(f"/contacts/{contact_id}/edit", data=fields)
    page = (await client.get(f"/contacts/{contact_id}/history")).text
    assert [word for word in ("Olga", "changed this contact", "Ada Lovelace", "Ada King") if word not in page] == []
    changes = page.partition('<table class="changes">')[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">([^<]+)</th>', changes) == ["Name as it is shown"]


async def test_readers_are_named_with_their_purpose(client: Any, as_role: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    mats = await as_role("staff")
    await mats.get(f"/contacts/{contact_id}")
    page = await client.get(f"/contacts/{contact_id}/reads")
    words = ("Mats0", "the contact&#39;s page", "Looking after contacts")
    assert (page.status_code, [word for word in words if word not in page.text]) == (200, [])


async def test_relationship_is_added_by_name_and_ended(client: Any, crm: Any) -> None:
    ada, office = await make(crm, "Ada Lovelace"), await make(crm, "Engine Office", "organisation")
    fields = {"type": "works_at", "other": "engine off", "role": "Analyst", "since": "2024-01-31"}
    answer = await client.fragment("POST", f"/contacts/{ada}/relationships", data=fields)
    assert (answer.status_code, "Engine Office" in answer.text) == (200, True)
    page = (await client.get(f"/contacts/{office}")).text
    assert [word for word in ("Ada Lovelace", "works here", "Analyst") if word not in page] == []
    history = (await client.get(f"/contacts/{ada}/history")).text
    assert ("added a relationship" in history, "Engine Office" in history) == (True, True)
    end = re.search(r'action="(/contacts/[^"]+/end)"', page)
    assert end is not None
    assert (await client.post(end[1])).status_code == 303
    assert "until" in (await client.get(f"/contacts/{ada}")).text or "–" in (await client.get(f"/contacts/{ada}")).text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"other": "Nobody"}, "Nobody of this name"),
        ({"other": "Twin"}, "Several contacts fit"),
        ({"other": "Ada"}, "not related to itself"),
        ({"other": "Office", "type": "sings_with"}, "Choose what they are"),
        ({"other": "Office", "since": "2024-02-30"}, "no date"),
        ({"other": "Office", "since": "2024-02-02", "until": "2024-01-01"}, "before the beginning"),
    ],
)
async def test_relationship_that_cannot_be_says_why(
    client: Any, crm: Any, fields: dict[str, str], message: str
) -> None:
    ada = await make(crm, "Ada")
    for name in ("Office", "Twin One", "Twin Two"):
        await make(crm, name)
    answer = await client.post(f"/contacts/{ada}/relationships", data={"type": "works_at", **fields})
    assert (answer.status_code, message in answer.text) == (422, True)
    assert await crm.data.fetch("SELECT id FROM relationship") == []


async def test_page_of_a_messy_name_opens(client: Any, crm: Any) -> None:
    for name in ("Ж" * 200, "יעל כהן־לוי", "<script>alert(1)</script>", "🌻"):
        contact_id = await make(crm, name)
        page = await client.get(f"/contacts/{contact_id}")
        assert (page.status_code, "<script>alert" in page.text) == (200, False)


async def test_bad_addresses_are_not_found(client: Any) -> None:
    for path in ("/contacts/1", "/contacts/not-an-id", "/contacts/%F0%9F%8C%BB"):
        assert (await client.get(path)).status_code == 404


async def test_purged_contact_is_gone_from_its_page(client: Any, crm: Any) -> None:
    from confida_core.contacts.trash import purge_contact

    contact_id = await make(crm, "Ada")
    await purge_contact(crm, contact_id)
    assert (await client.get(f"/contacts/{contact_id}")).status_code == 404
    with pytest.raises(NotFound):
        await visible_contact(crm, system_access("test"), contact_id)

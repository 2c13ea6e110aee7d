"""What is held of somebody who is in, and what they say is right: proposed side by side, never changed at once."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from confida_consent.controller import Controller, save_controller
from confida_consent.rights.declared import REQUEST
from confida_consent.tokens import make_token
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber, PostalAddress
from confida_core.contacts.people import create_contact, visible_contact
from confida_core.vault.access import system_access
from tests.consent.rights.requests_cast import INSIDE
from tests.web.client import Browser, token_in
from tests.web.portal.people import ADDRESS, session_of, work_off
from tests.web.portal.requesting import only_request

pytestmark = pytest.mark.anyio
EDIT = "/my/details/edit"
ADA = ContactContent(
    display_name="Ada Lovelace",
    emails=[EmailAddress(address=ADDRESS, label="home")],
    phones=[PhoneNumber(number="+447700900123"), PhoneNumber(number="+447700900124")],
    addresses=[PostalAddress(street="1 Low Street", postal_code="10115", locality="Berlin", country="DE")],
    language="en",
    note="Talks too much.",
)


@pytest.fixture
async def ada(crm: Any) -> UUID:
    await save_controller(crm, system_access("tests"), Controller(name="Example House", country="DE"))
    return await create_contact(crm, system_access("tests"), ContactKind.PERSON, ADA)


async def filled(browser: Browser, inside: dict[str, str], **changes: str) -> dict[str, str]:
    page = (await browser.get(EDIT, headers=inside)).text
    fields = {
        "name": "Ada Lovelace", "email0": ADDRESS, "email1": "", "phone0": "+447700900123", "phone1": "+447700900124",
        "phone2": "", "street0": "1 Low Street", "postal_code0": "10115", "locality0": "Berlin", "region0": "",
        "country0": "DE", "street1": "", "postal_code1": "", "locality1": "", "region1": "", "country1": "",
        "language": "en", "remark": "",
    }  # fmt: skip
    assert all(f'name="{name}"' in page for name in fields)
    return {"_csrf": token_in(page), **fields, **changes}


async def test_person_sees_what_is_held_and_stands_in_the_read_log(stranger: Browser, crm: Any, ada: UUID) -> None:
    page = (await stranger.get("/my/details", headers=await session_of(crm, ada))).text
    assert all(text in page for text in ("Ada Lovelace", ADDRESS, "+447700900123", "1 Low Street\n10115 Berlin\nDE"))
    assert "Talks too much." not in page
    reads = await crm.door.read_log.of(ada)
    assert [(one.actor_id, one.purpose, one.place) for one in reads] == [
        (ada, "data_subject_rights", "GET /my/details")
    ]


@pytest.mark.parametrize("path", ["/my/details", EDIT])
async def test_details_are_for_a_session_only(stranger: Browser, crm: Any, ada: UUID, path: str) -> None:
    link = await make_token(crm, ada, "preferences")
    assert (await stranger.get(path)).headers["location"] == f"/my/?next={path}"
    assert (await stranger.get(f"/my/p/{link}/details")).status_code == 404
    assert (await stranger.post(EDIT, data={"name": "Eve"})).status_code == 404
    await crm.data.fetch("DELETE FROM contact WHERE id = ?", ada)
    assert (await stranger.get(path, headers=await session_of(crm, ada))).headers["location"] == f"/my/?next={path}"


async def test_person_whose_data_are_restricted_still_sees_them(stranger: Browser, crm: Any, ada: UUID) -> None:
    await crm.orders.give("restriction", ada)
    assert ADDRESS in (await stranger.get("/my/details", headers=await session_of(crm, ada))).text


async def test_correction_is_proposed_side_by_side(stranger: Browser, crm: Any, ada: UUID) -> None:
    inside = await session_of(crm, ada)
    changes = {
        "name": "Ada King", "email1": "king@example.org", "phone1": "", "locality0": "Potsdam", "language": "de",
        "remark": "I have moved.",
    }  # fmt: skip
    answer = await stranger.post(EDIT, data=await filled(stranger, inside, **changes), headers=inside)
    row = await only_request(crm)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/my/requests/{row['reference']}?done=sent")
    assert (row["kind"], row["contact_id"], row["verified_at"] is not None) == ("rectification", ada, True)
    [opened] = await crm.door.open(INSIDE, REQUEST, [row])
    street = "1 Low Street\n10115 {}\nDE".format
    assert [(one.field, one.held, one.wanted) for one in opened.content.corrections] == [
        ("name", "Ada Lovelace", "Ada King"),
        ("email", "", "king@example.org"),
        ("phone", "+447700900124", ""),
        ("address", street("Berlin"), street("Potsdam")),
        ("language", "en", "de"),
    ]
    assert ("name: Ada Lovelace -> Ada King" in opened.content.message, "I have moved." in opened.content.message) == (
        True,
        True,
    )
    held = (await visible_contact(crm, system_access("tests"), ada)).content
    assert (held.display_name, held.emails) == ("Ada Lovelace", ADA.emails)
    await work_off(crm)
    assert "Being worked on" in (await stranger.get(f"/my/requests/{row['reference']}", headers=inside)).text


async def test_nothing_is_sent_where_nothing_differs(stranger: Browser, crm: Any, ada: UUID) -> None:
    inside = await session_of(crm, ada)
    answer = await stranger.post(EDIT, data=await filled(stranger, inside), headers=inside)
    assert answer.headers["location"] == "/my/details?done=same"
    assert await crm.data.fetch("SELECT id FROM rights_request") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"email0": "no address"}, "email0"), ({"country0": "Germany"}, "country0"), ({"language": "?"}, "language"),
     ({"phone0": "1" * 65}, "phone0"), ({"name": "x" * 201}, "name")],
)  # fmt: skip
async def test_correction_that_cannot_be_stored_is_told_by_its_field(
    stranger: Browser, crm: Any, ada: UUID, changes: dict[str, str], field: str
) -> None:
    inside = await session_of(crm, ada)
    data = await filled(stranger, inside, **changes, remark="Keep this.")
    answer = await stranger.post(EDIT, data=data, headers=inside)
    assert (answer.status_code, f'href="#{field}"' in answer.text, "Keep this." in answer.text) == (422, True, True)
    assert await crm.data.fetch("SELECT id FROM rights_request") == []


async def test_form_without_the_token_of_the_session_changes_nothing(stranger: Browser, crm: Any, ada: UUID) -> None:
    inside = await session_of(crm, ada)
    data = {**await filled(stranger, inside, name="Eve"), "_csrf": "x"}
    assert (await stranger.post(EDIT, data=data, headers=inside)).status_code == 403
    assert await crm.data.fetch("SELECT id FROM rights_request") == []


async def proposed(browser: Browser, crm: Any, ada: UUID, **changes: str) -> str:
    """The page of a correction, for staff."""
    inside = await session_of(crm, ada)
    await browser.post(EDIT, data=await filled(browser, inside, **changes), headers=inside)
    await work_off(crm)
    return f"/requests/{(await only_request(crm))['id']}"


async def held(crm: Any, ada: UUID) -> ContactContent:
    return (await visible_contact(crm, system_access("tests"), ada)).content


async def test_staff_accept_corrections_one_by_one(
    stranger: Browser, client: Browser, as_role: Any, crm: Any, ada: UUID
) -> None:
    changes = {
        "email0": "king@example.org", "email1": "second@example.org", "phone1": "", "locality0": "Potsdam",
        "street1": "2 High Street", "language": "de", "name": "Ada King",
    }  # fmt: skip
    href = await proposed(stranger, crm, ada, **changes)
    officer = await as_role("privacy_officer")
    assert f"{href}/step/correct" in (await officer.get(href)).text
    page = (await officer.get(f"{href}/step/correct")).text
    assert "E-mail: ada@example.org → king@example.org" in page
    places = re.findall(r'name="corrections" value="(\d)"', page)
    assert places == ["0", "1", "2", "3", "4", "5", "6"]
    assert (await officer.post(f"{href}/step/correct", data={})).status_code == 422
    answer = await officer.post(f"{href}/step/correct", data={"corrections": places[1:]})
    assert answer.status_code == 303
    now = await held(crm, ada)
    assert (now.display_name, now.language, now.note) == ("Ada Lovelace", "de", "Talks too much.")
    assert [(one.address, one.label) for one in now.emails] == [
        ("king@example.org", "home"),
        ("second@example.org", ""),
    ]
    assert [one.number for one in now.phones] == ["+447700900123"]
    assert [(one.street, one.locality) for one in now.addresses] == [("1 Low Street", "Potsdam"), ("2 High Street", "")]
    again = await client.post(f"{href}/step/correct", data={"corrections": places})
    assert (again.status_code, "has changed since" in again.text) == (422, True)
    assert (await held(crm, ada)) == now


@pytest.mark.parametrize("role", ["staff", "readonly"])
async def test_nobody_else_accepts_corrections(stranger: Browser, as_role: Any, crm: Any, ada: UUID, role: str) -> None:
    href = await proposed(stranger, crm, ada, name="Ada King")
    browser = await as_role(role)
    assert (await browser.post(f"{href}/step/correct", data={"corrections": "0"})).status_code == 404
    assert (await held(crm, ada)).display_name == "Ada Lovelace"

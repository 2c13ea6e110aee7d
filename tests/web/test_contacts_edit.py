"""A contact made and changed through its form, by one person and by two at once."""

from __future__ import annotations

import base64
import io
import json
import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from confida_core.contacts.content import Birthday, ContactContent, EmailAddress
from confida_core.contacts.custom_fields import define_field
from confida_core.contacts.people import visible_contact
from confida_core.contacts.teams import save_team
from confida_core.contacts.trash import purge_contact
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor, system_access
from confida_core.vault.keyring import Keyring
from confida_core.vault.suppressions import suppress
from tests.cases import in_one_installation
from tests.web.people import make

pytestmark = pytest.mark.anyio

WHOLE = {
    "kind": "person",
    "display_name": "Ada Lovelace",
    "name-given": "Ada",
    "name-family": "Lovelace",
    "emails-0-address": "Ada@Example.org",
    "emails-0-label": "work",
    "emails-7-address": "",
    "phones-3-number": "030 901820",
    "phones-3-label": "home",
    "addresses-0-street": "12 High Street\nBack door",
    "addresses-0-locality": "Leipzig",
    "addresses-0-postal_code": "04109",
    "addresses-0-country": "DE",
    "links-0-url": "www.example.org",
    "birthday-day": "10",
    "birthday-month": "12",
    "birthday-year": "",
    "language": "de",
    "tags": "donor, press, donor",
    "note": "Line one\r\nLine two",
}


async def content_of(crm: Any, contact_id: Any) -> ContactContent:
    content: ContactContent = (await visible_contact(crm, system_access("test"), contact_id)).content
    return content


async def created(client: Any, crm: Any, **fields: Any) -> UUID:
    answer = await client.post("/contacts/new", data={**WHOLE, **fields})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


def errors_in(html: str) -> list[str]:
    return re.findall(r'<li><a href="#([^"]+)">', html)


async def test_form_becomes_content(client: Any, crm: Any) -> None:
    contact_id = await created(client, crm)
    content = await content_of(crm, contact_id)
    assert content.emails == [EmailAddress(address="Ada@example.org", label="work")]
    assert [(one.number, one.label) for one in content.phones] == [("+4930901820", "home")]
    assert [(one.street, one.locality, one.country) for one in content.addresses] == [
        ("12 High Street\nBack door", "Leipzig", "DE")
    ]
    assert [one.url for one in content.links] == ["https://www.example.org"]
    assert (content.birthday, content.tags, content.note) == (
        Birthday(day=10, month=12),
        ["donor", "press"],
        "Line one\nLine two",
    )


async def test_stored_contact_fills_its_form_and_saves_back_equal(client: Any, crm: Any) -> None:
    contact_id = await created(client, crm)
    before = await content_of(crm, contact_id)
    form = (await client.get(f"/contacts/{contact_id}/edit")).text
    fields = {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)
    }
    fields |= {
        name: unescape(value) for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', form)
    }
    chosen = re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S)
    for name, options in chosen:
        found = re.search(r'value="([^"]*)" selected', options)
        fields[name] = found[1] if found else ""
    fields = {
        name: value for name, value in fields.items() if "__n__" not in name and name not in {"q", "picture-remove"}
    }
    answer = await client.post(
        f"/contacts/{contact_id}/edit", data={k: v for k, v in fields.items() if not k.startswith("_")}
    )
    assert answer.status_code == 303
    opened = await visible_contact(crm, system_access("test"), contact_id)
    assert (opened.content, opened.row["version"]) == (before, 1)


@in_one_installation(
    ("fields", "wrong"),
    [
        ({"emails-0-address": "no address"}, ["emails-0-address"]),
        ({"emails-0-address": "", "emails-5-address": "a@b@c"}, ["emails-0-address"]),
        ({"links-0-url": "javascript:alert(1)"}, ["links-0-url"]),
        ({"birthday-day": "31", "birthday-month": "2"}, ["birthday"]),
        ({"birthday-day": "x"}, ["birthday"]),
        ({"display_name": "x" * 201}, ["display_name"]),
        ({"tags": "y" * 201}, ["tags"]),
        ({"language": "not a language"}, ["language"]),
        ({"addresses-0-country": "Atlantis"}, ["addresses-0-country"]),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    client: Any, crm: Any, fields: dict[str, str], wrong: list[str]
) -> None:
    answer = await client.fragment("POST", "/contacts/new", data={**WHOLE, **fields})
    assert (answer.status_code, errors_in(answer.text)) == (422, wrong)
    assert 'value="Ada"' in answer.text
    assert await crm.data.fetch("SELECT id FROM contact") == []


async def test_empty_form_asks_for_a_name(client: Any) -> None:
    answer = await client.post("/contacts/new", data={"kind": "person"})
    assert (answer.status_code, errors_in(answer.text)) == (422, ["display_name"])


async def test_row_is_added_and_removed_without_script(client: Any, crm: Any) -> None:
    added = await client.fragment("POST", "/contacts/new", data={**WHOLE, "_add": "emails"})
    assert (added.status_code, 'name="emails-1-address"' in added.text) == (200, True)
    removed = await client.fragment("POST", "/contacts/new", data={**WHOLE, "_remove": "emails-0"})
    assert 'value="Ada@Example.org"' not in removed.text
    assert await crm.data.fetch("SELECT id FROM contact") == []


async def test_likely_duplicate_is_named_before_anything_is_stored(client: Any, crm: Any) -> None:
    contact_id = await created(client, crm)
    answer = await client.post("/contacts/new", data={**WHOLE, "display_name": "A. L."})
    assert (answer.status_code, f'href="/contacts/{contact_id}"' in answer.text) == (422, True)
    assert await created(client, crm, display_name="A. L.", add_anyway="yes") != contact_id


async def test_two_browsers_save_and_the_second_sees_the_first(client: Any, as_role: Any, crm: Any) -> None:
    contact_id = await created(client, crm)
    mats = await as_role("staff")
    first = await mats.post(f"/contacts/{contact_id}/edit", data={**WHOLE, "version": "1", "nickname": "Countess"})
    assert first.status_code == 303
    late = {**WHOLE, "version": "1", "nickname": "Enchantress", "job_title": "Analyst"}
    second = await client.post(f"/contacts/{contact_id}/edit", data=late)
    assert second.status_code == 409
    assert [word for word in ("Countess", "Enchantress", "Mats0") if word not in second.text] == []
    suggested = dict(re.findall(r'name="choice-([^"]+)" value="(mine|theirs)" checked', second.text))
    assert suggested == {"nickname": "mine", "job_title": "mine"}
    assert (await content_of(crm, contact_id)).nickname == "Countess"
    carried = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', second.text)
    }
    carried.pop("_csrf")
    answer = await client.post(
        f"/contacts/{contact_id}/edit", data={**carried, "choice-nickname": "theirs", "choice-job_title": "mine"}
    )
    assert answer.status_code == 303
    content = await content_of(crm, contact_id)
    assert (content.nickname, content.job_title, carried["version"]) == ("Countess", "Analyst", "2")


async def test_untouched_field_of_the_late_form_takes_the_stored_value(client: Any, as_role: Any, crm: Any) -> None:
    contact_id = await created(client, crm)
    mats = await as_role("staff")
    await mats.post(f"/contacts/{contact_id}/edit", data={**WHOLE, "version": "1", "nickname": "Countess"})
    late = {**WHOLE, "version": "1", "nickname": "", "job_title": "Analyst"}
    second = await client.post(f"/contacts/{contact_id}/edit", data=late)
    suggested = dict(re.findall(r'name="choice-([^"]+)" value="(mine|theirs)" checked', second.text))
    assert (second.status_code, suggested) == (409, {"nickname": "theirs", "job_title": "mine"})


async def test_custom_fields_of_each_type_are_filled_in(client: Any, crm: Any) -> None:
    for label, kind in (("Motto", "text"), ("Size", "number"), ("Joined", "date"), ("Vegan", "boolean")):
        await define_field(crm, system_access("test"), label=label, type=kind)
    for label, kind in (("Colour", "choice"), ("Days", "set")):
        await define_field(crm, system_access("test"), label=label, type=kind, choices=["red", "blue"])
    fields = {
        "custom-motto": "Onwards",
        "custom-size": "4,5",
        "custom-joined": "2024-02-29",
        "custom-vegan": "true",
        "custom-colour": "blue",
        "custom-days": ["blue", "red"],
    }
    contact_id = await created(client, crm, **fields)
    assert (await content_of(crm, contact_id)).custom == {
        "motto": "Onwards",
        "size": 4.5,
        "joined": "2024-02-29",
        "vegan": True,
        "colour": "blue",
        "days": ["red", "blue"],
    }
    page = (await client.get(f"/contacts/{contact_id}")).text
    assert [word for word in ("Onwards", "2024-02-29", "red, blue") if word not in page] == []
    refused = await client.post(
        "/contacts/new", data={**WHOLE, **fields, "custom-size": "many", "custom-colour": "pink"}
    )
    assert (refused.status_code, errors_in(refused.text)) == (422, ["custom-colour", "custom-size"])


async def test_contact_is_handed_to_a_colleague_and_a_team(client: Any, crm: Any, as_role: Any) -> None:
    mats = (await as_role("staff")).account_id
    east = await save_team(crm, TEAM_MAKER, name="East")
    assert '<select id="team"' in (await client.get("/contacts/new?kind=person")).text
    contact_id = await created(client, crm, owner=str(mats), team=str(east))
    assert await care(crm, contact_id) == (mats, east)
    edit = f"/contacts/{contact_id}/edit"
    assert f'<option value="{east}" selected>East</option>' in (await client.get(edit)).text
    assert (await client.post(edit, data={**WHOLE, "version": "1", "note": "More"})).status_code == 303
    assert await care(crm, contact_id) == (mats, east)
    assert (await client.post(edit, data={**WHOLE, "version": "2", "owner": "", "team": ""})).status_code == 303
    assert await care(crm, contact_id) == (None, None)
    assert "East" in (await client.get(f"/contacts/{contact_id}/history")).text


@pytest.mark.parametrize("field", ["owner", "team"])
async def test_care_of_nobody_known_is_refused(client: Any, crm: Any, field: str) -> None:
    for value in (str(new_id()), "nobody"):
        assert (await client.post("/contacts/new", data={**WHOLE, field: value})).status_code == 422
    assert await crm.data.fetch("SELECT id FROM contact") == []


async def test_saving_keeps_an_owner_whose_account_was_closed(client: Any, crm: Any, as_role: Any) -> None:
    mats = (await as_role("staff")).account_id
    contact_id = await created(client, crm, owner=str(mats))
    await crm.data.fetch("UPDATE account SET state = 'disabled' WHERE id = ?", mats)
    page = (await client.get(f"/contacts/{contact_id}/edit")).text
    assert len(re.findall(f'<option value="{mats}" selected>', page)) == 1


TEAM_MAKER = Access(
    actor=Actor(id=new_id(), permissions=frozenset({"settings.manage"})), purpose="relationship", where="test"
)


async def care(crm: Any, contact_id: UUID) -> tuple[UUID | None, UUID | None]:
    row = (await crm.data.fetch("SELECT owner_id, team_id FROM contact WHERE id = ?", contact_id))[0]
    return row["owner_id"], row["team_id"]


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, "PNG")
    return target.getvalue()


async def test_picture_is_set_shown_and_removed(client: Any, crm: Any) -> None:
    answer = await client.post("/contacts/new", data=WHOLE, files={"picture": ("me.png", png(), "image/png")})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    shown = await client.get(f"{address}/picture")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    await client.post(f"{address}/edit", data={**WHOLE, "version": "1", "picture-remove": "yes"})
    assert (await client.get(f"{address}/picture")).status_code == 404
    assert await crm.data.fetch("SELECT id FROM sealed_file") == []


async def test_what_is_no_picture_is_refused_at_its_field(client: Any, crm: Any) -> None:
    answer = await client.post(
        "/contacts/new", data=WHOLE, files={"picture": ("me.png", b"GIF89a nothing", "image/png")}
    )
    assert (answer.status_code, errors_in(answer.text)) == (422, ["picture"])
    assert list((crm.settings.home / "files").glob("??/*")) == []


@pytest.mark.parametrize("role", ["readonly", "privacy_officer"])
async def test_those_who_only_read_get_no_form(as_role: Any, crm: Any, role: str) -> None:
    contact_id = await make(crm, "Ada")
    mats = await as_role(role)
    answers = [
        await mats.get("/contacts/new"),
        await mats.post("/contacts/new", data=WHOLE),
        await mats.get(f"/contacts/{contact_id}/edit"),
        await mats.post(f"/contacts/{contact_id}/edit", data={**WHOLE, "version": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (await content_of(crm, contact_id)).display_name == "Ada"


def toast_of(answer: Any) -> str:
    """The sentence that the next page shows."""
    content = answer.cookies["__Host-toast"].strip('"').rpartition(".")[2]
    return str(json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))["message"])


async def test_form_says_that_an_address_is_suppressed_and_saves_it(client: Any, crm: Any) -> None:
    said = "An address of it is on the suppression list: no marketing will be sent to it."
    contact_id = await created(client, crm)
    await suppress(crm, "email", "ada@example.org")
    answer = await client.post("/contacts/new", data={**WHOLE, "add_anyway": "1"})
    assert toast_of(answer) == f"The contact is saved. {said}"
    changed = {**WHOLE, "version": "1", "nickname": "Countess"}
    answer = await client.post(f"/contacts/{contact_id}/edit", data=changed)
    assert toast_of(answer) == f"The contact is saved. {said}"
    changed = {**changed, "version": "2", "emails-0-address": "other@example.org"}
    answer = await client.post(f"/contacts/{contact_id}/edit", data=changed)
    assert toast_of(answer) == "The contact is saved."


async def test_contact_erased_while_it_is_saved_is_not_found(client: Any, crm: Any, monkeypatch: Any) -> None:
    contact_id = await created(client, crm)
    ensure, waiting = Keyring.ensure, [contact_id]

    async def late(keyring: Keyring, subjects: Any, retention_class: str) -> None:
        if waiting and contact_id in subjects:
            await purge_contact(crm, waiting.pop())
        await ensure(keyring, subjects, retention_class)

    monkeypatch.setattr(Keyring, "ensure", late)
    answer = await client.post(f"/contacts/{contact_id}/edit", data={**WHOLE, "version": "1", "nickname": "Countess"})
    assert (answer.status_code, waiting) == (404, [])

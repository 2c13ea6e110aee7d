"""The page on which an administrator says who is responsible for the data."""

from __future__ import annotations

import re
from dataclasses import asdict
from html import unescape
from typing import Any

import pytest

from confida_consent.controller import Controller, read_controller
from confida_core.accounts.audit import list_events
from confida_core.vault.access import system_access
from tests.consent.receipts.test_controller import EXAMPLE

pytestmark = pytest.mark.anyio
PATH = "/settings/organisation"


def shown(html: str) -> dict[str, str]:
    """What stands in the form."""
    inputs = re.findall(r'<input id="([a-z_]+)" name="\1"[^>]*? value="([^"]*)"', html)
    areas = re.findall(r'<textarea id="([a-z_]+)"[^>]*>([^<]*)</textarea>', html)
    chosen = re.findall(r'<select id="([a-z_]+)".*?</select>', html, re.DOTALL)
    selects = [
        (name, "".join(re.findall(r'<option value="(\w*)" selected>', html.partition(f'<select id="{name}"')[2].partition("</select>")[0])))
        for name in chosen
    ]  # fmt: skip
    return {name: unescape(value) for name, value in (*inputs, *areas, *selects)}


async def test_organisation_is_saved_shown_again_and_noted(client: Any, crm: Any) -> None:
    assert (await client.post(PATH, data=asdict(EXAMPLE))).status_code == 303
    assert await read_controller(crm) == EXAMPLE
    assert Controller(**shown((await client.get(PATH)).text)) == EXAMPLE
    kinds = [(event.kind, event.actor_id) for event in await list_events(crm, system_access("test"), kind="settings")]
    assert kinds == [("settings.organisation_changed", client.account_id)]


async def test_organisation_is_refused_with_what_was_typed(client: Any, crm: Any) -> None:
    typed = asdict(EXAMPLE) | {"email": "office", "website": "nowhere", "name": ""}
    answer = await client.post(PATH, data=typed)
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == ["name", "email", "website"]
    assert shown(answer.text) == typed
    assert (await read_controller(crm)).street == ""


async def test_form_tells_what_people_still_have_to_be_told(client: Any) -> None:
    before = (await client.get(PATH)).text
    # Pages of new installations know the country from the settings, and themselves as website.
    assert re.findall(r'id="([a-z_]+)-hint">Still missing\.', before) == [
        "street",
        "locality",
        "email",
        "phone",
        "authority",
    ]
    await client.post(PATH, data=asdict(EXAMPLE))
    assert "Still missing." not in (await client.get(PATH)).text


async def test_authorities_of_the_own_country_come_first_and_bring_their_page(client: Any, crm: Any) -> None:
    options = re.findall(
        r'<option value="([^"]+)">([^<]+)</option>',
        (await client.get(PATH)).text.partition("<datalist")[2].partition("</datalist>")[0],
    )
    assert ([label for _, label in options[:17]], len(options)) == (["Germany"] * 17, 48)
    chosen = unescape(options[3][0])
    await client.post(PATH, data=asdict(EXAMPLE) | {"authority": chosen, "authority_contact": ""})
    assert (await read_controller(crm)).authority_contact == "https://www.datenschutz-berlin.de"


async def test_bad_input_is_refused_or_kept_as_text(client: Any) -> None:
    texts = ["\0", "x" * 500, "\ud800".encode("utf-8", "surrogatepass"), "<script>", "=1+1", "\u202e"]
    for field in ("name", "street", "country", "phone", "authority"):
        answers = [(await client.post(PATH, data={"name": "Example", field: text})).status_code for text in texts]
        assert set(answers) <= {303, 400, 422}
        assert "<script>" not in (await client.get(PATH)).text


async def test_organisation_is_for_administrators(as_role: Any) -> None:
    found = []
    for role in ("staff", "privacy_officer", "administrator"):
        mats = await as_role(role)
        found.append(((await mats.get(PATH)).status_code, (await mats.post(PATH, data={"name": "A"})).status_code))
    assert found == [(404, 404), (404, 404), (200, 303)]

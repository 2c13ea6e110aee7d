"""Files for somebody else: who is left out is said first, the file comes after, and everybody in it is in the register."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_consent.events import record_event
from confida_core.outbound.disclosures import disclosures_of
from confida_core.vault.access import system_access
from tests.cases import in_one_installation
from tests.consent.people import add_contact, person, says

pytestmark = pytest.mark.anyio

OTHER = {
    "format": "csv", "scope": "all", "reason": "Printing", "use": "other", "recipient": "Print House",
    "purpose": "newsletter", "channel": "email",
}  # fmt: skip
ACCESS = system_access("test")


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', text)
    assert found is not None
    return found[1]


async def test_figures_come_first_and_then_the_file(crm: Any, client: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    await record_event(crm, person(ada), says(ada, "given"))
    first = await client.post("/export", data=OTHER)
    assert (first.status_code, first.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ("1 contact will be in the file." in first.text, "1 is left out." in first.text) == (True, True)
    assert await crm.data.fetch("SELECT id FROM export_run") == []
    assert await crm.data.fetch("SELECT id FROM outbound_message") == []
    file = await client.post("/export", data={**OTHER, "seen": seen(first.text)})
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert ("ada@example.org" in file.text, "mats@example.org" in file.text) == (True, False)
    [disclosure] = await disclosures_of(crm, ACCESS, ada)
    assert (disclosure.recipient, disclosure.purpose, disclosure.made_by) == (
        "Print House",
        "newsletter",
        client.account_id,
    )
    assert await disclosures_of(crm, ACCESS, mats) == []
    rows = await crm.data.fetch("SELECT contact_id, state, path FROM outbound_message")
    assert [(row["contact_id"], row["state"], row["path"]) for row in rows] == [(mats, "refused", "export")]


async def test_whoever_changes_the_form_sees_new_figures(crm: Any, client: Any) -> None:
    await add_contact(crm)
    first = await client.post("/export", data=OTHER)
    changed = await client.post("/export", data={**OTHER, "channel": "post", "seen": seen(first.text)})
    assert changed.headers["content-type"] == "text/html; charset=utf-8"
    assert await crm.data.fetch("SELECT id FROM export_run") == []


@in_one_installation("field", ["recipient", "purpose", "channel"])
async def test_what_is_missing_is_named(crm: Any, client: Any, field: str) -> None:
    answer = await client.post("/export", data={**OTHER, field: ""})
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)


async def test_form_comes_back_as_it_was_filled_in(crm: Any, client: Any) -> None:
    text = (await client.post("/export", data={**OTHER, "archived": "yes", "recipient": "<Print> House"})).text
    for part in (
        'name="format" value="csv" checked',
        'name="use" value="other" checked',
        'name="archived" value="yes" checked',
        'value="&lt;Print&gt; House"',
        '<option value="newsletter" selected>',
        '<option value="email" selected>',
    ):
        assert part in text

"""The facts of an existing customer: noted where the law asks for them, and never shown as a consent."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.gate import may
from tests.cases import in_one_installation
from tests.web.consents.test_recording import told
from tests.web.people import make

pytestmark = pytest.mark.anyio
FACTS = ["sale", "similar", "told"]


async def note(client: Any, contact_id: Any, **fields: Any) -> Any:
    typed = {
        "purpose": "customer_offers",
        "channel": "email",
        "facts": FACTS,
        "detail": "Order 4711",
        "day": "",
    } | fields
    return await client.post(f"/contacts/{contact_id}/consents/customer", data=typed)


async def test_noted_facts_let_us_write_on_our_interest_and_are_no_consent(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    assert (await may(crm, ada, "customer_offers", "email")).reason == "law_asks_facts"
    page = (await client.get(f"/contacts/{ada}")).text
    assert f"/contacts/{ada}/consents/customer?purpose=customer_offers&amp;channel=email" in page
    assert (await note(client, ada)).status_code == 303
    answer = await may(crm, ada, "customer_offers", "email")
    assert (answer.allowed, answer.basis, answer.reason) == (True, "legitimate_interest", "existing_customer")
    shown = (await client.get(f"/contacts/{ada}")).text
    assert "They are an existing customer" in shown
    assert "They consented." not in shown
    history = (await client.get(f"/contacts/{ada}/consents")).text
    assert ["Noted as a customer" in history, "Said yes" in history] == [True, False]


@in_one_installation(
    ("fields", "field"),
    [
        ({"facts": ["sale"]}, "facts"),
        ({"facts": []}, "facts"),
        ({"detail": " "}, "detail"),
        ({"day": "2999-01-01"}, "day"),
    ],
)
async def test_missing_fact_is_named_and_nothing_is_noted(
    client: Any, crm: Any, fields: dict[str, Any], field: str
) -> None:
    ada = await make(crm, "Ada")
    answer = await note(client, ada, **fields)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert await told(crm, ada) == []


async def test_way_for_which_only_consent_helps_says_so(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    page = await client.get(f"/contacts/{ada}/consents/customer?purpose=customer_offers&channel=phone")
    assert (page.status_code, "no other facts will do" in page.text) == (200, True)
    assert (await note(client, ada, channel="phone")).status_code == 422
    assert (await note(client, ada, channel="profiling")).status_code == 404
    assert (await note(client, ada, purpose="nonsense")).status_code == 404


async def test_broken_file_of_rules_hides_nothing_that_was_said(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    folder = crm.settings.home / "rules"
    folder.mkdir()
    (folder / "de.toml").write_text("nonsense")
    pages = {
        path: await client.get(path)
        for path in (f"/contacts/{ada}", f"/contacts/{ada}/consents", "/consents/suppressions")
    }
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(pages, 200)
    assert "cannot be read, so nothing is sent on its ground" in pages[f"/contacts/{ada}/consents"].text
    form = await client.get(f"/contacts/{ada}/consents/customer?purpose=customer_offers&channel=email")
    assert form.status_code == 409

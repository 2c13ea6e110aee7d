"""Whatever is sent to the public side: an answer below 500, in its own layout, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.tokens import make_token
from tests.web.client import Browser
from tests.web.portal.people import event_count, make_person, session_of

pytestmark = pytest.mark.anyio
LONG = "x" * 100_000
FORM = "application/x-www-form-urlencoded"

REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "bad percent": ("GET", "/my?a=%zz", {}),
    "languages": ("GET", "/my?lang=de&lang=en&lang=%00x", {}),
    "long language": ("GET", f"/my?lang={LONG[:4000]}", {}),
    "cookie of letters": ("GET", "/my/consents", {"headers": {"cookie": "__Host-my=äöü; __Host-language=%%%".encode()}}),
    "cookie twice": ("GET", "/my/consents", {"headers": {"cookie": "__Host-my=a; __Host-my=b"}}),
    "long cookie": ("GET", "/my/consents", {"headers": {"cookie": f"__Host-my={LONG[:5000]}"}}),
    "languages of thousands": ("GET", "/my", {"headers": {"accept-language": ",".join(["de;q=0.1"] * 3_000)}}),
    "link with other letters": ("GET", "/my/p/ä%20;<b>", {}),
    "link of nothing": ("GET", "/my/p/", {}),
    "link climbing": ("GET", "/my/p/../../contacts", {}),
    "receipt of no id": ("GET", "/my/receipts/x", {}),
    "file outside": ("GET", "/my/receipts/00000000-0000-7000-8000-000000000000/..%2f..%2fconfida.db", {}),
    "address as file": ("POST", "/my", {"files": {"email": ("x", b"a@example.org")}}),
    "address with NUL": ("POST", "/my", {"content": b"email=a%00@example.org", "headers": {"content-type": FORM}}),
    "surrogate": ("POST", "/my", {"content": b"email=%ed%a0%80@example.org", "headers": {"content-type": FORM}}),
    "long address": ("POST", "/my", {"data": {"email": f"{LONG}@example.org"}}),
    "JSON": ("POST", "/my", {"json": {"email": "ada@example.org"}}),
    "no body": ("POST", "/my/code", {}),
    "long code": ("POST", "/my/code", {"data": {"code": LONG}}),
    "digits of another script": ("POST", "/my/code", {"data": {"code": "١٢٣٤٥٦٧٨"}}),
    "purposes by the thousand": ("POST", "/my/subscribe", {"data": {"email": "a@example.org", "purpose": ["x"] * 900}}),
    "notice of no id": (
        "POST", "/my/subscribe", {"data": {"email": "a@example.org", "purpose": "newsletter", "notice-newsletter": "x"}},
    ),
    "name of control characters": ("POST", "/my/subscribe", {"data": {"email": "a@example.org", "name": "\x01\x02"}}),
    "unknown unsubscribing": ("POST", f"/my/unsubscribe/{LONG[:300]}", {"data": {"List-Unsubscribe": "One-Click"}}),
    "request as JSON": ("POST", "/my/requests", {"json": {"kind": "access"}}),
    "request of nothing": ("POST", "/my/requests", {}),
    "request with NUL": ("POST", "/my/requests", {"content": b"kind=access&name=a%00", "headers": {"content-type": FORM}}),
    "request of files": ("POST", "/my/requests", {"files": [("kind", ("x", b"access"))] * 60}),
    "mandates by the dozen": ("POST", "/my/requests", {"files": [("mandate_file", ("x", b"y"))] * 12}),
    "request of long words": ("POST", "/my/requests", {"data": {"kind": LONG, "identifier": LONG, "country": LONG}}),
    "page of a request with other letters": ("GET", "/my/requests/ä%20;<b>", {}),
    "page of a request, climbing": ("GET", "/my/requests/../../contacts", {}),
    "code without a cookie": ("POST", "/my/requests/x/code", {"data": {"code": "12345678"}}),
    "correction of nobody": ("POST", "/my/details/edit", {"data": {"email0": "a@example.org"}}),
    "unknown method": ("PUT", "/my", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
async def test_answer_is_below_500_in_the_own_layout(stranger: Browser, crm: Any, name: str) -> None:
    method, path, given = REQUESTS[name]
    answer = await stranger.request(method, path, **given)
    assert answer.status_code < 500
    assert "<script" not in answer.text
    assert answer.headers["referrer-policy"] == ("same-origin" if path.endswith("contacts") else "no-referrer")
    assert await event_count(crm) == 0


async def test_form_of_one_person_does_nothing_with_the_link_of_another(stranger: Browser, crm: Any) -> None:
    """A link is a link: what counts is whose it is, not who else is signed in beside it."""
    ada, mats = await make_person(crm), await make_person(crm, "Mats", "mats@example.org")
    link = f"/my/p/{await make_token(crm, ada, 'preferences')}"
    await stranger.post(f"{link}/withdraw-all", headers=await session_of(crm, mats))
    rows = await crm.data.fetch("SELECT DISTINCT subject_id FROM consent_event")
    assert [row["subject_id"] for row in rows] == [ada]


async def test_person_whose_data_are_restricted_still_gets_in_and_withdraws(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    await crm.orders.give("restriction", ada)
    inside = await session_of(crm, ada)
    page = await stranger.get("/my/consents", headers=inside)
    assert (page.status_code, "<bdi>Ada Lovelace</bdi>" in page.text) == (200, True)
    link = f"/my/p/{await make_token(crm, ada, 'preferences')}"
    assert (await stranger.post(f"{link}/withdraw-all")).status_code == 303
    assert await event_count(crm) == 6


async def test_person_who_is_gone_is_nobody(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside, link = await session_of(crm, ada), f"/my/p/{await make_token(crm, ada, 'preferences')}"
    await crm.data.fetch("DELETE FROM contact WHERE id = ?", ada)
    assert (await stranger.get("/my/consents", headers=inside)).headers["location"] == "/my/?next=/my/consents"
    assert (await stranger.get(link)).status_code == 404
    assert (await stranger.post(f"{link}/withdraw-all")).status_code == 404

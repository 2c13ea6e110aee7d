"""The pages about tokens of programs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from confida_core.accounts.api_tokens import token_grant
from confida_core.clock import now
from tests.cases import in_one_installation

pytestmark = pytest.mark.anyio

FORM = {"label": "Our website", "purpose": "relationship", "scopes": ["contacts.read", "contacts.write"], "days": "90"}


def token_in(html: str) -> str:
    found = re.search(r"cfd_[0-9A-Za-z]{49}", html)
    return found[0] if found else ""


async def test_token_is_made_shown_once_and_revoked(client: Any, crm: Any) -> None:
    made = await client.post("/account/tokens", data=FORM)
    assert made.status_code == 200
    secret = token_in(made.text)
    grant = await token_grant(crm, secret)
    assert grant is not None
    assert (grant.actor.id, grant.purpose) == (client.account_id, "relationship")
    assert grant.scopes == {"contacts.read", "contacts.write"}
    listed = (await client.get("/account/tokens")).text
    assert ("Our website" in listed, token_in(listed)) == (True, "")
    revoked = await client.post(f"/account/tokens/{grant.token_id}/revoke")
    assert (revoked.status_code, revoked.headers["location"]) == (303, "/account/tokens")
    assert await token_grant(crm, secret) is None
    assert "Our website" not in (await client.get("/account/tokens")).text


async def test_making_one_needs_the_password_again(client: Any, crm: Any) -> None:
    await crm.data.fetch("UPDATE session SET fresh_at = ?", now() - timedelta(minutes=6))
    for answer in (await client.get("/account/tokens/new"), await client.post("/account/tokens", data=FORM)):
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login/fresh")
    assert (await crm.data.fetch("SELECT count(*) AS n FROM api_token"))[0]["n"] == 0


async def test_form_offers_what_this_person_may_hand_on_and_the_api_can_use(client: Any, as_role: Any) -> None:
    offered = []
    for browser in (client, await as_role("staff"), await as_role("privacy_officer")):
        html = (await browser.get("/account/tokens/new")).text
        scopes = re.findall(r'name="scopes" value="([^"]+)"', html)
        purposes = re.findall(r'<option value="([a-z_]+)"', html)
        found = ("contacts.delete" in scopes, "requests.read" in scopes, "data_subject_rights" in purposes)
        offered.append(found)
        assert not {"accounts.manage", "system.manage", "settings.manage", "exchange.export"} & set(scopes)
        assert {"contacts.read", "interactions.read", "consents.read"} <= set(scopes)
    assert offered == [(True, True, True), (False, False, False), (False, True, True)]


@in_one_installation(
    ("changes", "sentence"),
    [
        ({"label": ""}, "what uses this token"),
        ({"scopes": []}, "what the token may do"),
        ({"scopes": ["accounts.manage"]}, "what the token may do"),
        ({"purpose": "operation"}, "one of the purposes"),
        ({"days": "1000"}, "between 1 and 365"),
        ({"days": "ninety"}, "between 1 and 365"),
    ],
)
async def test_wrong_form_comes_back_with_what_was_typed(client: Any, crm: Any, changes: Any, sentence: str) -> None:
    answer = await client.post("/account/tokens", data={**FORM, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert changes.get("label", "Our website") in answer.text
    assert (await crm.data.fetch("SELECT count(*) AS n FROM api_token"))[0]["n"] == 0


async def test_administrators_see_and_revoke_everybodys(client: Any, as_role: Any, crm: Any) -> None:
    mats = await as_role("staff")
    secret = token_in((await mats.post("/account/tokens", data=FORM)).text)
    html = (await client.get("/users/tokens")).text
    assert ("Our website" in html, "Mats0" in html) == (True, True)
    grant = await token_grant(crm, secret)
    assert grant is not None
    zoe = await as_role("staff")
    assert (await zoe.get("/users/tokens")).status_code == 404
    assert (await zoe.post(f"/account/tokens/{grant.token_id}/revoke")).status_code == 404
    assert await token_grant(crm, secret) is not None
    assert (await client.post(f"/users/tokens/{grant.token_id}/revoke")).status_code == 303
    assert await token_grant(crm, secret) is None


async def test_token_opens_no_page_and_a_cookie_no_api(client: Any, stranger: Any, crm: Any) -> None:
    secret = token_in((await client.post("/account/tokens", data=FORM)).text)
    bearer = {"authorization": f"Bearer {secret}"}
    assert (await stranger.get("/contacts", headers=bearer)).status_code == 303
    assert (await stranger.get("/api/v1/contacts", headers=bearer)).status_code == 200
    assert (await client.get("/api/v1/contacts")).status_code == 401

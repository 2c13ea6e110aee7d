"""Idempotency keys and quotas over HTTP, and what a token may do at the moment it is used."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from confida_core.accounts.api_tokens import new_secret
from confida_core.accounts.staff import change_role, disable_account
from confida_core.vault.access import SYSTEM, Access
from confida_web.security.limits import WRONG_TOKENS
from tests.web.people import make
from tests.web.rest.programs import program, program_of

pytestmark = pytest.mark.anyio

CONTACTS = "/api/v1/contacts"
INSIDE = Access(actor=SYSTEM, purpose="security", where="test")


async def count(crm: Any) -> int:
    return int((await crm.data.fetch("SELECT count(*) AS n FROM contact"))[0]["n"])


async def test_request_sent_twice_is_carried_out_once_and_shown_as_it_is_now(olga: Any, crm: Any) -> None:
    body, headers = {"display_name": "Ada"}, {"idempotency-key": "k1"}
    first = await olga.post(CONTACTS, json=body, headers=headers)
    again = await olga.post(CONTACTS, json=body, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert [again.headers[name] for name in ("location", "etag")] == [
        first.headers[name] for name in ("location", "etag")
    ]
    changed = await olga.change(first.headers["location"], {"nickname": "Countess"}, first.json()["etag"])
    assert (await olga.post(CONTACTS, json=body, headers=headers)).json() == changed.json()
    assert await count(crm) == 1


async def test_same_key_for_another_body_or_address_is_refused(olga: Any, crm: Any) -> None:
    headers = {"idempotency-key": "k1"}
    await olga.post(CONTACTS, json={"display_name": "Ada"}, headers=headers)
    for address, body in ((CONTACTS, {"display_name": "Zoe"}), ("/api/v1/organisations", {"display_name": "Ada"})):
        refused = await olga.post(address, json=body, headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert await count(crm) == 1


async def test_request_that_was_refused_can_be_mended_under_the_same_key(olga: Any, crm: Any) -> None:
    headers = {"idempotency-key": "k1"}
    refused = await olga.post(CONTACTS, json={"emails": [{"address": "nowhere"}]}, headers=headers)
    assert refused.status_code == 422
    assert (await olga.post(CONTACTS, json={"display_name": "Ada"}, headers=headers)).status_code == 201
    assert await count(crm) == 1


async def test_of_several_at_once_one_makes_and_none_makes_a_double(olga: Any, crm: Any) -> None:
    body, headers = {"display_name": "Ada"}, {"idempotency-key": "k1"}
    answers = await asyncio.gather(*(olga.post(CONTACTS, json=body, headers=headers) for _ in range(8)))
    statuses = {answer.status_code for answer in answers}
    assert {201} <= statuses <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert await count(crm) == 1


async def test_what_was_erased_meanwhile_is_gone_and_not_made_again(olga: Any, crm: Any) -> None:
    body, headers = {"display_name": "Ada"}, {"idempotency-key": "k1"}
    made = await olga.post(CONTACTS, json=body, headers=headers)
    await olga.delete(made.headers["location"], headers={"if-match": "*"})
    again = await olga.post(CONTACTS, json=body, headers=headers)
    assert (again.status_code, "Ada" in again.text) == (410, False)
    assert await count(crm) == 1


async def test_repeated_request_of_a_token_that_may_no_longer_write_is_refused(app: Any, crm: Any, olga: Any) -> None:
    async with await program(app, crm, "staff", name="Mats") as mats:
        body, headers = {"display_name": "Ada"}, {"idempotency-key": "k1"}
        assert (await mats.post(CONTACTS, json=body, headers=headers)).status_code == 201
        await change_role(crm, INSIDE, mats.account_id, "readonly")
        assert (await mats.post(CONTACTS, json=body, headers=headers)).status_code == 404


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "a\tb"])
async def test_unusable_key_is_refused(olga: Any, crm: Any, key: str) -> None:
    answer = await olga.post(CONTACTS, json={"display_name": "Ada"}, headers={"idempotency-key": key})
    assert (answer.status_code, await count(crm)) == (400, 0)


async def test_every_answer_says_what_is_left_and_the_last_one_when_to_come_back(olga: Any, crm: Any) -> None:
    crm.settings = crm.settings.model_copy(update={"api_requests_per_minute": 3})
    answers = [
        await olga.get(f"{CONTACTS}{end}") for end in ("", "?limit=0", "/01930000-0000-7000-8000-000000000001", "")
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 404, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"token";q=3;w=60'}
    assert answers[3].headers["retry-after"] == "20"
    assert answers[3].json()["type"].endswith("#problem-too-many-requests")


async def test_network_of_wrong_tokens_is_told_to_wait_and_right_ones_pass(app: Any, olga: Any) -> None:
    async with program_of(app, new_secret()) as wrong:
        answers = [(await wrong.get(CONTACTS)).status_code for _ in range(WRONG_TOKENS + 1)]
    assert answers == [401] * WRONG_TOKENS + [429]
    assert (await olga.get(CONTACTS)).status_code == 200


async def test_change_of_role_and_end_of_account_count_at_once(app: Any, crm: Any, olga: Any) -> None:
    ada = await make(crm, "Ada")
    async with await program(app, crm, "staff", name="Mats") as mats:
        address = f"{CONTACTS}/{ada}"
        etag = (await mats.get(address)).json()["etag"]
        await change_role(crm, INSIDE, mats.account_id, "readonly")
        assert (await mats.change(address, {"nickname": "x"}, etag)).status_code == 404
        assert (await mats.get(address)).status_code == 200
        await disable_account(crm, INSIDE, mats.account_id)
        assert (await mats.get(address)).status_code == 401


async def test_reads_of_a_program_stand_in_the_read_log_with_account_and_purpose(crm: Any, olga: Any) -> None:
    ada = await make(crm, "Ada")
    await olga.get(f"{CONTACTS}/{ada}")
    [read] = await crm.door.read_log.of(ada)
    assert (read.actor_id, read.purpose, read.place) == (
        olga.account_id,
        "relationship",
        "GET /api/v1/contacts/{item_id}",
    )

"""Set-up pages of service: mailboxes, queues, ready answers and checklists."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import pytest
from tests.dovecot import PASSWORD, Dovecot

from confida_core.api import Access
from confida_service.answering.canned import canned_answers, filled
from confida_service.answering.checklists import checklists
from confida_service.mail.accounts import accounts
from confida_service.queues.queues import members_of, queues

pytestmark = pytest.mark.anyio
BASE = "/x/service/settings"


async def test_mailbox_that_does_not_answer_is_not_saved_and_nothing_typed_is_lost(
    crm: Any, access: Access, client: Any
) -> None:
    typed = {
        "address": "help@example.org", "label": "Help", "host": "localhost", "port": "1", "security": "none",
        "username": "help", "password": "secret-word", "folder": "INBOX",
    }  # fmt: skip
    for change, field in (
        ({}, "host"),
        ({"port": "x"}, "port"),
        ({"address": "help"}, "address"),
        ({"password": ""}, "password"),
    ):
        answer = await client.post(f"{BASE}/mailboxes/new", data=typed | change)
        assert (answer.status_code, f'id="{field}-error"' in answer.text, "secret-word" in answer.text) == (
            422, True, False,
        ), field  # fmt: skip
        assert 'value="Help"' in answer.text
    assert await accounts(crm, access) == []


async def test_mailbox_is_tried_looked_into_paused_and_removed(
    crm: Any, access: Access, client: Any, dovecot: Dovecot
) -> None:
    user = secrets.token_hex(6)
    typed = {
        "address": "help@example.org", "label": "Help", "host": "127.0.0.1", "port": str(dovecot.port), "security": "none",
        "username": user, "password": "wrong", "folder": "INBOX", "whole": "yes",
    }  # fmt: skip
    dovecot.deliver(user, b"From: ada@example.org\nSubject: A lamp\nMessage-ID: <1@example.org>\n\nIt is dark.\n")
    refused = await client.post(f"{BASE}/mailboxes/new", data=typed)
    assert (refused.status_code, 'id="password-error"' in refused.text) == (422, True)
    assert (await client.post(f"{BASE}/mailboxes/new", data=typed | {"password": PASSWORD})).status_code == 303
    [one] = await accounts(crm, access)
    page = f"{BASE}/mailboxes/{one.id}"
    shown = (await client.get(page)).text
    assert (f'value="{user}"' in shown, PASSWORD in shown) == (True, False)
    assert (await client.post(f"{page}/look")).status_code == 303
    assert "A lamp" in (await client.get("/x/service/tickets")).text
    # An empty password leaves the old one.
    data = typed | {"password": "", "label": "Desk", "version": str(one.version)}
    assert (await client.post(page, data=data)).status_code == 303
    for verb, state in (("pause", "paused"), ("resume", "running")):
        await client.post(f"{page}/{verb}")
        [kept] = await accounts(crm, access)
        assert (kept.label, kept.state) == ("Desk", state)
    assert "Is read" in (await client.get(f"{BASE}/mailboxes")).text
    await client.post(f"{page}/remove")
    assert (await accounts(crm, access), (await client.get(page)).status_code) == ([], 404)


async def test_queue_is_made_with_its_people_and_taken_out_of_use(crm: Any, access: Access, client: Any) -> None:
    own = str(client.account_id)
    data = {"name": "Returns", "assignment": "manual", "members": [own], f"skills-{own}": "German, lamps"}
    assert (await client.post(f"{BASE}/queues/new", data=data)).status_code == 303
    [one] = await queues(crm)
    assert [(row["account_id"], row["skills"]) for row in await members_of(crm, one.id)] == [
        (client.account_id, "german lamps")
    ]
    assert (await client.post(f"{BASE}/queues/{one.id}", data={"name": " ", "assignment": "manual"})).status_code == 422
    await client.post(f"{BASE}/queues/{one.id}", data={"name": "Back", "assignment": "manual"})
    assert ([each.name for each in await queues(crm)], await members_of(crm, one.id)) == (["Back"], [])
    await client.post(f"{BASE}/queues/{one.id}/archive")
    assert [each.name for each in await queues(crm, archived=True)] == ["Back"]
    assert (await client.get(f"{BASE}/queues")).status_code == 200


async def test_ready_answers_and_checklists_are_kept_changed_and_removed(crm: Any, client: Any) -> None:
    data = {"name": "Hello", "text": "Dear {name}"}
    wrong = await client.post(f"{BASE}/answers/new", data=data | {"text": "Dear {iban}"})
    assert (wrong.status_code, "There is no field {iban}." in wrong.text) == (422, True)
    await client.post(f"{BASE}/answers/new", data=data)
    [one] = await canned_answers(crm)
    await client.post(f"{BASE}/answers/{one.id}", data=data | {"name": "Hi"})
    assert [(each.name, each.text) for each in await canned_answers(crm)] == [("Hi", "Dear {name}")]
    steps = {"name": "Lamps", "kind": "fault", "steps": "Ask\n\n Send  it \nAsk"}
    await client.post(f"{BASE}/checklists/new", data=steps)
    [kept] = await checklists(crm)
    assert (kept.kind, kept.steps) == ("fault", ("Ask", "Send it"))
    assert [await checklists(crm, "question"), len(await checklists(crm, "fault"))] == [[], 1]
    for page in (
        f"answers/{one.id}",
        f"checklists/{kept.id}",
        "answers",
        "checklists",
        "answers/new",
        "checklists/new",
    ):
        assert (await client.get(f"{BASE}/{page}")).status_code == 200
    await client.post(f"{BASE}/answers/{one.id}/remove")
    await client.post(f"{BASE}/checklists/{kept.id}/remove")
    assert (await canned_answers(crm), await checklists(crm)) == ([], [])


async def test_only_who_manages_service_sets_it_up(client: Any, as_role: Any) -> None:
    staff = await as_role("staff")
    for page in (
        "mailboxes",
        "mailboxes/new",
        "queues",
        "queues/new",
        "answers",
        "checklists",
        f"queues/{UUID(int=1)}",
    ):
        assert (await staff.get(f"{BASE}/{page}")).status_code == 404
    assert (await client.get(f"{BASE}/mailboxes")).status_code == 200


def test_fields_are_filled_in_once() -> None:
    assert filled("{name} {other} {number}", {"name": "{number}", "number": "#1"}) == "{number} {other} #1"

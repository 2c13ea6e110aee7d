"""Purposes, suppressions, the ledger and asking again, as administrators arrange them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_consent.gate import may
from confida_consent.purposes import purpose_of
from confida_consent.repermission import JOB, ask_batch
from confida_core.contacts.content import EmailAddress
from confida_core.vault.suppressions import suppressed
from confida_web.consents.ledger import check_ledger
from tests.cases import in_one_installation
from tests.web.consents.test_recording import record, told
from tests.web.people import make

pytestmark = pytest.mark.anyio

EVENTS = {
    "key": "invitations",
    "basis": "consent",
    "category": "marketing",
    "channels": ["email", "post"],
    "text-0-language": "en",
    "text-0-title": "Invitations",
    "text-0-description": "We invite you to our evenings.",
    "validity": "P12M",
    "listed": "yes",
}


async def save(client: Any, path: str = "/consents/purposes/new", **fields: Any) -> Any:
    return await client.post(path, data=EVENTS | fields)


async def test_new_purpose_is_in_force_and_a_change_is_its_next_version(client: Any, crm: Any) -> None:
    assert (await save(client)).headers["location"] == "/consents/purposes/invitations"
    changed = await save(client, "/consents/purposes/invitations", **{"text-0-title": "Evenings", "compatible": "yes"})
    assert changed.status_code == 303
    purpose = (await purpose_of(crm, "invitations")).declared
    assert (purpose.version, purpose.texts["en"].title, purpose.channels) == (2, "Evenings", ("email", "post"))
    assert "Evenings" in (await client.get("/consents/purposes")).text


@in_one_installation(
    ("fields", "field"),
    [
        ({"key": "newsletter"}, "key"),
        ({"key": "Not A Key"}, "key"),
        ({"basis": "legitimate_interest", "balancing_note": ""}, "balancing_note"),
        ({"basis": "whim"}, "basis"),
        ({"channels": []}, "channels"),
        ({"validity": "two years"}, "validity"),
        ({"text-0-title": ""}, "text-0-title"),
        ({"text-1-language": "de", "text-1-title": "Einladungen"}, "text-1-description"),
        ({"text-1-title": "Einladungen", "text-1-description": "Abende"}, "text-1-language"),
    ],
)
async def test_wrong_purpose_names_the_field_and_loses_nothing(
    client: Any, crm: Any, fields: dict[str, Any], field: str
) -> None:
    answer = await save(client, **fields)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert "We invite you to our evenings." in answer.text
    assert await crm.data.fetch("SELECT id FROM consent_purpose") == []


async def test_each_language_has_its_own_sentences_on_how_long_and_why(client: Any, crm: Any) -> None:
    german = {
        "text-1-language": "de",
        "text-1-title": "Einladungen",
        "text-1-description": "Wir laden Sie ein.",
        "text-1-retention": "Bis Sie <b>widerrufen</b>, zu 100 %.",
        "text-1-balancing_note": "Sie dürfen damit rechnen.",
    }
    assert (await save(client, **german)).status_code == 303
    stored = (await purpose_of(crm, "invitations")).declared
    assert stored.retention_in("de") == "Bis Sie <b>widerrufen</b>, zu 100 %."
    form = (await client.get("/consents/purposes/invitations")).text
    assert "Bis Sie &lt;b&gt;widerrufen&lt;/b&gt;, zu 100 %." in form
    assert "Sie dürfen damit rechnen." in form


async def test_language_rows_come_and_go_and_the_notice_is_previewed(client: Any, crm: Any) -> None:
    more = await save(client, _add="texts")
    assert (more.status_code, 'name="text-1-language"' in more.text) == (200, True)
    german = {"text-1-language": "de", "text-1-title": "Einladungen", "text-1-description": "Wir laden Sie ein."}
    fewer = await save(client, **german, _remove="texts-1")
    assert ('name="text-1-language"' in fewer.text, "We invite you" in fewer.text) == (False, True)
    preview = await save(client, **german, _preview="yes")
    assert [text in preview.text for text in ("What people will read", "Ihre Einwilligung")] == [True, True]
    assert await crm.data.fetch("SELECT id FROM consent_notice") == []


async def test_purpose_of_the_program_takes_languages_and_nothing_else(client: Any, crm: Any) -> None:
    french = {"text-0-language": "fr", "text-0-title": "Lettre", "text-0-description": "Nos nouvelles."}
    answer = await client.post("/consents/purposes/newsletter", data={**french, "basis": "contract"})
    assert answer.status_code == 303
    purpose = (await purpose_of(crm, "newsletter")).declared
    assert (purpose.texts["fr"].title, purpose.basis) == ("Lettre", "consent")


async def test_retired_purpose_stops_everything_until_it_is_taken_up_again(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    await record(client, ada)
    assert (await client.post("/consents/purposes/newsletter/retire")).status_code == 303
    assert (await may(crm, ada, "newsletter", "email")).reason == "retired_purpose"
    assert (await client.post("/consents/purposes/newsletter/restore")).status_code == 303
    assert (await may(crm, ada, "newsletter", "email")).allowed


async def test_unknown_purpose_is_not_found(client: Any) -> None:
    assert (await client.get("/consents/purposes/nonsense")).status_code == 404
    assert (await save(client, "/consents/purposes/nonsense")).status_code == 404


async def test_notice_is_given_back_to_the_byte(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    await record(client, ada)
    row = (await crm.data.fetch("SELECT id, content, sha256 FROM consent_notice"))[0]
    page = (await client.get(f"/consents/notices/{row['id']}")).text
    assert bytes(row["sha256"]).hex() in page
    assert (await client.get(f"/consents/notices/{row['id']}/bytes")).content == bytes(row["content"])
    assert (await client.get(f"/consents/notices/{ada}")).status_code == 404


async def suppressions(client: Any, action: str, **fields: str) -> Any:
    data = {"action": action, "channel": "email", "address": "Ada@Example.org", "purpose": "", "reason": ""} | fields
    return await client.post("/consents/suppressions", data=data)


async def test_address_goes_on_the_list_is_found_and_comes_off_with_a_reason(client: Any, crm: Any) -> None:
    assert "It is not on the list." in (await suppressions(client, "check")).text
    assert (await suppressions(client, "add")).status_code == 303
    assert await suppressed(crm, "email", "ada@example.org")
    assert "It is on the list since" in (await suppressions(client, "check", address="ada@example.org")).text
    assert 'href="#reason"' in (await suppressions(client, "lift")).text
    assert await suppressed(crm, "email", "ada@example.org")
    assert (await suppressions(client, "lift", reason="asked_by_person")).status_code == 303
    assert not await suppressed(crm, "email", "ada@example.org")
    kinds = [row["kind"] for row in await crm.data.fetch("SELECT kind FROM audit_event ORDER BY id")]
    assert [kind for kind in kinds if kind.startswith("suppression")] == ["suppression.added", "suppression.lifted"]


@in_one_installation(
    ("fields", "field"),
    [
        ({"action": "add", "address": ""}, "address"),
        ({"action": "add", "address": "no address"}, "address"),
        ({"action": "add", "channel": "profiling"}, "channel"),
        ({"action": "add", "purpose": "nonsense"}, "purpose"),
        ({"action": "lift", "reason": "mistake"}, "address"),
        ({"action": "lift", "reason": "because"}, "reason"),
        ({"action": "import"}, "file"),
        ({"action": "import", "register": "nonsense"}, "register"),
    ],
)
async def test_wrong_suppression_names_the_field(client: Any, fields: dict[str, str], field: str) -> None:
    answer = await suppressions(client, **fields)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)


async def test_whole_list_is_brought_and_counted_and_the_file_is_gone(client: Any, crm: Any) -> None:
    content = b"ada@example.org\ngrace@example.org\nno address\nada@example.org\n"
    data = {"_csrf": client.csrf_token, "action": "import", "channel": "email", "purpose": ""}
    answer = await client.post("/consents/suppressions", data=data, files={"file": ("list.txt", content, "text/plain")})
    assert answer.status_code == 303
    assert [await suppressed(crm, "email", one) for one in ("ada@example.org", "grace@example.org")] == [True, True]
    page = (await client.get("/consents/suppressions")).text
    assert ("ada@example.org" in page, '<td class="number">2</td>' in page) == (False, True)
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []


async def test_ledger_is_checked_by_a_job_and_a_change_is_named(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada")
    await record(client, ada)
    assert (await client.post("/consents/ledger")).status_code == 303
    assert "Checking every entry" in (await client.get("/consents/ledger")).text
    await check_ledger(crm, {})
    assert "All 1 entries are as they were written." in (await client.get("/consents/ledger")).text
    await crm.data.fetch("UPDATE consent_event SET channel = 'sms' WHERE subject_id = ?", ada)
    await check_ledger(crm, {})
    assert "One thing is not as written." in (await client.get("/consents")).text


async def ask(client: Any, **fields: str) -> Any:
    return await client.post("/consents/ask", data={"who": "all", "purpose": "newsletter", "channel": "email"} | fields)


async def test_asking_many_counts_first_and_never_asks_who_said_no(client: Any, crm: Any) -> None:
    people = [
        await make(crm, name, emails=[EmailAddress(address=f"{name}@example.org")]) for name in ("ada", "grace", "noor")
    ]
    await record(client, people[1], answer="no")
    await record(client, people[2])
    counted = (await ask(client)).text
    assert [text in counted for text in ("Ask 1 person", "they said no before", "they agree already")] == [True] * 3
    assert await crm.data.fetch("SELECT id FROM job WHERE key = ?", JOB) == []
    started = await ask(client, confirm="yes")
    assert started.status_code == 303
    assert "0 of 1 people" in (await client.get(started.headers["location"])).text
    await work_off(crm)
    report = (await client.get(started.headers["location"])).text
    assert "1 person was asked." in report
    assert [await told(crm, one) for one in people] == [
        [("newsletter", "email", "requested")], [("newsletter", "email", "refused")], [("newsletter", "email", "given")],
    ]  # fmt: skip


async def work_off(crm: Any) -> None:
    """Run the waiting jobs that ask, as a worker would."""
    from confida_core.jobs.queue import job_of

    for row in await crm.data.fetch("SELECT * FROM job WHERE key = ? AND state = 'waiting'", JOB):
        await ask_batch(crm, job_of(row).arguments)
        await crm.data.fetch("UPDATE job SET state = 'done' WHERE id = ?", row["id"])


async def test_those_that_end_soon_are_asked_although_they_agree(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada", emails=[EmailAddress(address="ada@example.org")])
    await record(client, ada)
    row = f"{ada}:newsletter:email"
    shown = await client.post("/consents/ask", data={"ids": row})
    assert (shown.status_code, "The 1 you chose" in shown.text) == (200, True)
    assert "Ask 1 person" in (await ask(client, who="chosen", ids=row)).text


@pytest.mark.parametrize(("fields", "field"), [({"who": "nonsense"}, "who"), ({"purpose": "agreement"}, "purpose")])
async def test_wrong_question_names_the_field(client: Any, fields: dict[str, str], field: str) -> None:
    answer = await ask(client, **fields)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert (await client.get(f"/consents/ask/{UUID(int=7)}")).status_code == 404


async def test_one_person_is_asked_once_and_never_after_a_no(client: Any, crm: Any) -> None:
    ada = await make(crm, "Ada", emails=[EmailAddress(address="ada@example.org")])
    path = f"/contacts/{ada}/consents/ask"
    assert (await client.post(path, data={"purpose": "newsletter", "channel": "email"})).status_code == 303
    await record(client, ada, answer="no")
    refused = await client.post(path, data={"purpose": "newsletter", "channel": "email"})
    assert (refused.status_code, "They are not asked: they said no before." in refused.text) == (422, True)
    wrong = await client.post(path, data={"purpose": "newsletter", "channel": "phone"})
    assert (wrong.status_code, 'href="#channel"' in wrong.text) == (422, True)


async def test_link_opens_the_persons_own_page_and_is_shown_once(client: Any, stranger: Any, crm: Any) -> None:
    import re

    ada = await make(crm, "Ada")
    page = await client.post(f"/contacts/{ada}/consents/link")
    link = re.search(r'data-copy="[^"]*(/my/p/[^"]+)"', page.text)
    assert link is not None
    assert (await stranger.get(link[1])).status_code == 200
    assert link[1] not in (await client.get(f"/contacts/{ada}/consents")).text


@in_one_installation(
    "fields", [{"channels": ["pigeon"]}, {"basis": "x"}, {"validity": "P"}, {"text-0-language": 'x"y'}]
)
async def test_preview_of_a_purpose_that_is_not_sound_shows_the_form_again(client: Any, fields: dict[str, Any]) -> None:
    assert (await save(client, **fields, _preview="yes")).status_code == 200


@pytest.mark.parametrize("key", ["consent_confirmation", "data_subject_request"])
async def test_what_the_law_asks_for_is_not_retired(client: Any, crm: Any, key: str) -> None:
    answer = await client.post(f"/consents/purposes/{key}/retire")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/consents/purposes/{key}")
    assert not (await purpose_of(crm, key)).retired

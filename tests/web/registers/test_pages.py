"""Every page of the registers, as an officer uses it: empty and filled, with and without htmx, and refused to others."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.rights.breaches import list_breaches
from confida_consent.rights.holds import held, list_holds, today_of
from confida_consent.rights.retention import retention_country, switched_on
from confida_core.clock import now
from confida_core.contacts.content import EmailAddress
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.disclosures import Handover, record_disclosures
from confida_core.vault.access import system_access
from tests.cases import in_one_installation
from tests.web.people import make

pytestmark = pytest.mark.anyio
INSIDE = system_access("tests", "data_subject_rights")
PAGES = (
    "/registers",
    "/registers/retention",
    "/registers/holds",
    "/registers/processing",
    "/registers/disclosures",
    "/registers/breaches",
    "/registers/breaches/new",
    "/registers/affected",
    "/registers/reads",
)


async def ada(crm: Any, name: str = "Ada Lovelace") -> UUID:
    return await make(crm, name, emails=[EmailAddress(address=f"{name.split(maxsplit=1)[0].lower()}@example.org")])


async def hand_over(crm: Any, contact_id: UUID, recipient: str = "Printers Ltd") -> None:
    handover = Handover(purpose="newsletter", channel="post", path="export", recipient=recipient, fields=("Name",))
    await record_disclosures(crm, INSIDE, {contact_id: Verdict(allowed=True, basis="consent")}, handover)


@in_one_installation("path", PAGES)
async def test_page_is_there_when_nothing_is_in_it(client: Any, path: str) -> None:
    page = await client.get(path)
    assert (page.status_code, "<h1" in page.text) == (200, True)


async def test_others_see_none_of_them(as_role: Any, crm: Any) -> None:
    contact_id = await ada(crm)
    for role in ("staff", "readonly"):
        mats = await as_role(role)
        paths = (*PAGES, f"/contacts/{contact_id}/hold", f"/contacts/{contact_id}/restricted")
        assert {(await mats.get(path)).status_code for path in paths} == {404}
        assert "/registers" not in (await mats.get("/")).text


# Retention


async def test_country_is_chosen_and_a_rule_switched_on_and_off(client: Any, crm: Any) -> None:
    assert "Nobody has chosen yet" in (await client.get("/registers/retention")).text
    wrong = await client.post("/registers/retention/country", data={"country": "XX"})
    assert (wrong.status_code, "Choose whose rules" in wrong.text) == (422, True)
    assert (await client.post("/registers/retention/country", data={"country": "DE"})).status_code == 303
    assert await retention_country(crm) == "DE"
    assert "OWiG" in (await client.get("/registers/retention")).text
    await client.post("/registers/retention/requests/switch", data={"on": "yes"})
    assert await switched_on(crm) == {"requests"}
    await client.post("/registers/retention/requests/switch", data={"on": "no"})
    assert await switched_on(crm) == frozenset()
    assert (await client.post("/registers/retention/contacts/switch", data={"on": "yes"})).status_code == 404
    assert (await client.get("/registers/retention/nothing")).status_code == 404


async def test_what_falls_due_is_shown_by_name_and_counts_as_read(client: Any, crm: Any) -> None:
    contact_id = await ada(crm)
    await crm.data.fetch("UPDATE contact SET created_at = ?", now() - timedelta(days=9_000))
    await client.post("/registers/retention/country", data={"country": "DE"})
    page = await client.get("/registers/retention/contacts")
    assert "Ada Lovelace" in page.text
    assert [read.purpose for read in await crm.door.read_log.of(contact_id)] == ["data_subject_rights"]
    assert "Nothing falls due" in (await client.get("/registers/retention/requests?days=365")).text


async def test_own_file_with_faults_is_named_and_nothing_breaks(client: Any, crm: Any) -> None:
    await client.post("/registers/retention/country", data={"country": "DE"})
    (crm.settings.home / "retention").mkdir()
    (crm.settings.home / "retention" / "de.toml").write_text("country = 3", "utf-8")
    page = await client.get("/registers/retention")
    assert (page.status_code, "de.toml" in page.text) == (200, True)
    assert (await client.get("/registers/retention/contacts")).status_code == 404
    assert (await client.get("/registers")).status_code == 200
    assert (await client.get("/registers/processing")).status_code == 200


# Holds


async def test_hold_is_given_reviewed_and_lifted_from_the_pages(client: Any, crm: Any) -> None:
    contact_id = await ada(crm)
    assert f"/contacts/{contact_id}/hold" in (await client.get(f"/contacts/{contact_id}")).text
    empty = await client.post(f"/contacts/{contact_id}/hold", data={"name": ""})
    assert (empty.status_code, "Say why the data must be kept." in empty.text) == (422, True)
    day = (today_of(crm) + timedelta(days=30)).isoformat()
    words = {"name": "Case 7", "reason": "A claim.", "owner": "Olga", "review_on": day}
    assert (await client.post(f"/contacts/{contact_id}/hold", data=words)).status_code == 303
    assert await held(crm, contact_id) is True
    assert "Under a legal hold" in (await client.get(f"/contacts/{contact_id}")).text
    page = (await client.get("/registers/holds")).text
    assert ("Case 7" in page, "Ada Lovelace" in page) == (True, True)
    (found,) = await list_holds(crm, INSIDE)
    await client.post(f"/registers/holds/{found.id}/review", data={"review_on": "2020-01-01"})
    assert (await list_holds(crm, INSIDE))[0].review_on == found.review_on
    await client.post(f"/registers/holds/{found.id}/lift")
    assert await held(crm, contact_id) is False
    assert "Lifted" in (await client.get("/registers/holds")).text


# Restriction


async def restricted(crm: Any) -> UUID:
    from confida_core.contacts.states import restrict_contact

    contact_id = await ada(crm)
    await restrict_contact(crm, INSIDE, contact_id)
    return contact_id


async def test_restricted_contact_opens_with_a_ground_only(as_role: Any, crm: Any) -> None:
    contact_id, officer = await restricted(crm), await as_role("privacy_officer")
    for path in ("", "/history", "/consents", "/reads"):
        answer = await officer.get(f"/contacts/{contact_id}{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/contacts/{contact_id}/restricted")
    question = await officer.get(f"/contacts/{contact_id}/restricted")
    assert (question.status_code, "Lovelace" in question.text) == (200, False)
    assert (await officer.post(f"/contacts/{contact_id}/restricted", data={"ground": ""})).status_code == 422
    await officer.post(f"/contacts/{contact_id}/restricted", data={"ground": "legal_claims"})
    assert "Ada Lovelace" in (await officer.get(f"/contacts/{contact_id}")).text
    other = await as_role("privacy_officer")
    assert (await other.get(f"/contacts/{contact_id}")).status_code == 303


async def test_restriction_is_lifted_once_the_person_was_told(as_role: Any, crm: Any) -> None:
    contact_id, officer = await restricted(crm), await as_role("privacy_officer")
    first = await officer.post(f"/contacts/{contact_id}/unrestrict")
    assert first.headers["location"] == f"/contacts/{contact_id}/restricted"
    assert crm.orders.restricted(contact_id)
    assert (await officer.post(f"/contacts/{contact_id}/restricted/told", data={"told_by": "post"})).status_code == 303
    assert "That the person was told" in (await officer.get(f"/contacts/{contact_id}/restricted")).text
    await officer.post(f"/contacts/{contact_id}/unrestrict")
    assert not crm.orders.restricted(contact_id)
    assert (await officer.get(f"/contacts/{contact_id}/restricted")).status_code == 404


# Processing and disclosures


async def test_register_of_processing_is_shown_and_taken_along(client: Any) -> None:
    page = (await client.get("/registers/processing")).text
    assert ("Newsletter" in page, "birthday" in page, "AES-256-GCM" in page) == (True, True, True)
    table = await client.get("/registers/processing.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="register-of-processing.csv"'
    linked = await client.get("/registers/processing.jsonld")
    assert (linked.headers["content-type"].split(";")[0], linked.json()["@type"]) == (
        "application/ld+json",
        "dpv:RecordsOfActivities",
    )


async def test_disclosures_are_filtered_and_taken_along(client: Any, crm: Any) -> None:
    first, second = await ada(crm), await ada(crm, "Grace Hopper")
    await hand_over(crm, first)
    await hand_over(crm, second, "Senders GmbH")
    page = (await client.get("/registers/disclosures")).text
    assert all(word in page for word in ("Ada Lovelace", "Grace Hopper", "Printers Ltd", "Senders GmbH"))
    one = (await client.get("/registers/disclosures?recipient=printers")).text
    assert ("Ada Lovelace" in one, "Grace Hopper" in one) == (True, False)
    assert "Nothing matches" in (await client.get("/registers/disclosures?until=2020-01-01")).text
    assert "Grace Hopper" not in (await client.get(f"/registers/disclosures?contact={first}")).text
    table = await client.get("/registers/disclosures.csv?recipient=senders")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row[1], row[3]) for row in rows[1:]] == [("Grace Hopper", "Senders GmbH")]
    # The whole list, one that was looked through for a recipient, and the table.
    assert len(await crm.door.read_log.of(second)) == 3


@in_one_installation("query", ["since=x", "until=9999-12-31", "contact=x", "before=x", "purpose=none"])
async def test_filter_that_makes_no_sense_is_no_error(client: Any, query: str) -> None:
    for path in ("/registers/disclosures", "/registers/disclosures.csv"):
        assert (await client.get(f"{path}?{query}")).status_code == 200


# Breaches


async def test_breach_goes_from_its_record_to_its_end(client: Any, crm: Any) -> None:
    today = now().date().isoformat()
    empty = await client.post("/registers/breaches/new", data={"title": "", "day": today})
    assert (empty.status_code, "Give it a name" in empty.text) == (422, True)
    words = {"title": "Lost laptop", "day": today, "time": "00:00", "facts": "In a train.", "risk": "risk"}
    made = await client.post("/registers/breaches/new", data=words)
    href = made.headers["location"]
    assert "hours are left" in (await client.get(href)).text
    assert "Lost laptop" in (await client.get("/registers/breaches")).text
    assert "1 clock running" in (await client.get("/registers")).text
    assert (await client.post(f"{href}/close")).status_code == 422
    more = {**words, "consequences": "None known.", "measures": "Wiped.", "version": "1"}
    assert (await client.post(href, data=more)).status_code == 303
    assert (await client.post(href, data=more)).status_code == 409
    letter = (await client.get(f"{href}/letter")).text
    assert ("In a train." in letter, "Wiped." in letter) == (True, True)
    assert (await client.post(f"{href}/told", data={"text": ""})).status_code == 422
    await client.post(f"{href}/told", data={"whom": "authority", "text": "All of it."})
    assert (await client.post(f"{href}/close")).headers["location"] == "/registers/breaches"
    (found,) = await list_breaches(crm, INSIDE)
    assert found.closed_at is not None
    closed = (await client.get(href)).text
    assert ("<form" in closed.split("<main")[1], "In a train." in closed) == (False, True)


async def test_whose_data_it_is_is_asked_for_each_kind_of_theft(client: Any, crm: Any) -> None:
    contact_id = await ada(crm)
    await client.get(f"/contacts/{contact_id}")
    since = (now() - timedelta(days=1)).date().isoformat()
    asked = {
        "account": {"account": str(client.account_id), "since_day": since},
        "person_key": {"person": f"http://localhost/contacts/{contact_id}"},
        "unlock_key": {},
        "backup": {"taken": (now() + timedelta(days=1)).date().isoformat()},
    }
    for kind, words in asked.items():
        page = await client.post("/registers/affected", data={"kind": kind, **words})
        assert (page.status_code, "Ada Lovelace" in page.text, "birthday" in page.text) == (200, True, True), kind
    for kind in (*asked, "file", "", "x"):
        if kind != "unlock_key":
            assert (await client.post("/registers/affected", data={"kind": kind})).status_code == 422, kind


# Who looked at what


async def test_colleagues_and_what_each_looked_at(client: Any, crm: Any) -> None:
    contact_id = await ada(crm)
    await client.get(f"/contacts/{contact_id}")
    page = await client.get("/registers/reads")
    assert f"/registers/reads/{client.account_id}" in page.text
    own = await client.get(f"/registers/reads/{client.account_id}")
    assert ("the contact&#39;s page" in own.text, own.status_code) == (True, 200)
    assert (await client.get(f"/registers/reads/{contact_id}")).status_code == 404
    assert (await client.post("/registers/reads", data={"hour": "5", "day": "x"})).status_code == 422
    assert (await client.post("/registers/reads", data={"hour": "50", "day": "100"})).status_code == 303
    assert 'value="50"' in (await client.get("/registers/reads")).text


def test_every_event_of_ours_has_words() -> None:
    from confida_consent.rights.registers.bulk_reads import WINDOWS
    from confida_consent.rights.restriction import GROUNDS, OPENED, TOLD, TOLD_BY
    from confida_web.administration.words import in_words

    kinds = [OPENED + ground for ground in GROUNDS] + [TOLD + way for way in TOLD_BY]
    kinds += [kind for kind, _ in WINDOWS.values()]
    own_names = {kind: kind.replace("_", " ").replace(".", ": ").capitalize() for kind in kinds}
    assert [kind for kind in kinds if in_words(kind) == own_names[kind]] == []

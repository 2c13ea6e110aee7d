"""Retention: rules as data, what falls due by them, what keeps it all the same, and what a run ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import record_event as record_consent
from confida_consent.records import EVENT
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.holds import today_of
from confida_consent.rights.retention import (
    KeptUntil,
    choose_country,
    kept_until,
    retention_country,
    rules,
    switch_rule,
    switched_on,
)
from confida_consent.rights.retention_checks import retention_findings
from confida_consent.rights.retention_due import due_now, due_soon
from confida_consent.rights.retention_rules import (
    InvalidRetention,
    countries,
    own_retention_faults,
    read_retention,
)
from confida_consent.rights.retention_run import list_runs, run_retention
from confida_core.clock import now
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.storage.sealed_files import receive_file
from confida_core.vault.access import Forbidden, NotFound, system_access
from tests.consent.people import SYSTEM, add_contact, says
from tests.consent.rights.requests_cast import asks
from tests.consent.rights.test_holds import hold, officer, there

pytestmark = pytest.mark.anyio

OWN = """
country = "DE"
name = "Germany, our way"

[[rules]]
key = "contacts"
class = "relationship"
label = "Contacts"
period = "P2Y"
start = "last_contact"
action = "erase"
citation = "Our own rule."
reviewed_on = 2026-11-22

[[rules]]
key = "proof"
class = "evidence"
label = "Proof"
period = "P3Y"
start = "last_event"
action = "erase_evidence"
citation = "Our own rule."
reviewed_on = 2026-11-22

[[rules]]
key = "requests"
class = "request"
label = "Requests"
period = "P3Y"
start = "end_of_calendar_year_of_closed"
action = "erase"
citation = "Our own rule."
reviewed_on = 2026-11-22

[[rules]]
key = "reads"
class = "read_log"
label = "Reads"
period = "P1Y"
start = "created"
action = "erase"
citation = "Our own rule."
reviewed_on = 2026-11-22
"""


def write_own(crm: Any, text: str = OWN, name: str = "de.toml") -> None:
    folder = crm.settings.home / "retention"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")


async def go_by(crm: Any, *on: str) -> None:
    write_own(crm)
    await choose_country(crm, officer(), "DE")
    for key in on:
        await switch_rule(crm, officer(), key, on=True)


async def age(crm: Any, contact_id: UUID, days: int) -> None:
    await crm.data.fetch(
        "UPDATE contact SET created_at = ?, touched_at = NULL WHERE id = ?", now() - timedelta(days=days), contact_id
    )


async def counts(crm: Any, **more: Any) -> dict[str, tuple[int, int]]:
    return {one.rule.key: (one.count, one.kept) for one in (await due_now(crm, officer(), **more)).rules}


# The rules themselves


def test_every_country_that_comes_with_the_program_is_sound_and_cites_the_law(settings: Any) -> None:
    found = countries(settings)
    assert {"DE", "AT", "FR", "GB", "NL"} <= set(found)
    for country in found.values():
        assert {rule.retention_class for rule in country.rules} >= {"relationship", "evidence", "request"}
        assert all(rule.citation and rule.reviewed_on for rule in country.rules)


@pytest.mark.parametrize(
    ("country", "retention_class", "started", "until"),
    [
        ("DE", "bookkeeping", date(2025, 3, 1), date(2033, 12, 31)),
        ("DE", "bookkeeping_books", date(2025, 3, 1), date(2035, 12, 31)),
        ("DE", "bookkeeping_letters", date(2025, 12, 31), date(2031, 12, 31)),
        ("FR", "bookkeeping", date(2025, 3, 1), date(2035, 12, 31)),
        ("GB", "bookkeeping", date(2025, 3, 1), date(2031, 12, 31)),
        ("AT", "relationship", date(2024, 2, 29), date(2027, 2, 28)),
    ],
)
def test_last_day_follows_the_rule(
    settings: Any, country: str, retention_class: str, started: date, until: date
) -> None:
    rule = countries(settings)[country].of_class(retention_class)
    assert rule is not None
    assert rule.until(started) == until


def test_due_day_is_the_first_after_the_last_one(settings: Any) -> None:
    for country in countries(settings).values():
        for rule in country.rules:
            cut = rule.due_before(date(2026, 11, 22))
            assert rule.until(cut - timedelta(days=1)) < date(2026, 11, 22) <= rule.until(cut)


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('period = "P2Y"', 'period = "2 years"', "Rule contacts: period is a duration such as P3Y or P18M."),
        ('start = "last_event"', 'start = "closed"', "Rule proof: start is of last_event for this class"),
        ('action = "erase_evidence"', 'action = "erase"', "Rule proof: action is of erase_evidence, review"),
        ('key = "proof"', 'key = "contacts"', "There is more than one rule with the key contacts."),
        ('class = "evidence"', 'class = "relationship"', "There is more than one rule with the class relationship."),
        ('country = "DE"', 'country = "FR"', "It says that it is about FR"),
        ('label = "Proof"', 'label = " "', "Rule proof: label and citation are needed."),
        ("reviewed_on = 2026-11-22", "reviewed = 2026-11-22", "Object contains unknown field"),
    ],
)
def test_file_with_a_fault_is_refused_and_the_fault_named(wrong: str, right: str, sentence: str) -> None:
    with pytest.raises(InvalidRetention) as refused:
        read_retention("de.toml", "DE", OWN.replace(wrong, right, 1))
    assert sentence in str(refused.value)


async def test_own_file_takes_the_place_of_ours_and_its_faults_are_named(crm: Any) -> None:
    await choose_country(crm, officer(), "DE")
    write_own(crm)
    found = await rules(crm)
    assert found is not None
    assert found.name == "Germany, our way"
    write_own(crm, OWN.replace("P2Y", "P0Y"))
    write_own(crm, OWN, "germany.toml")
    with pytest.raises(InvalidRetention):
        await rules(crm)
    assert own_retention_faults(crm.settings) == [
        "de.toml: Rule contacts: period is a duration such as P3Y or P18M.",
        "germany.toml: The name must be a country's two letters.",
    ]


# Choosing


async def test_without_a_choice_there_is_no_rule_and_nothing_is_due(crm: Any) -> None:
    ada = await add_contact(crm)
    await age(crm, ada, 9_000)
    assert await retention_country(crm) == ""
    found = await due_now(crm, officer())
    assert (found.country, found.rules) == ("", ())
    assert await kept_until(crm, REQUEST, ada) == KeptUntil(ground=REQUEST.keeps)
    await run_retention(crm, {})
    assert await there(crm, ada)


async def test_country_without_rules_cannot_be_chosen(crm: Any) -> None:
    with pytest.raises(InvalidContent) as refused:
        await choose_country(crm, officer(), "XX")
    assert list(refused.value.errors) == ["country"]


async def test_rules_of_another_country_are_off(crm: Any) -> None:
    await go_by(crm, "contacts")
    assert await switched_on(crm) == {"contacts"}
    await choose_country(crm, officer(), "FR")
    assert await switched_on(crm) == frozenset()


async def test_choosing_and_switching_need_a_permission(crm: Any) -> None:
    await go_by(crm)
    weak = officer(frozenset({"registers.read"}))
    with pytest.raises(Forbidden):
        await choose_country(crm, weak, "FR")
    with pytest.raises(Forbidden):
        await switch_rule(crm, weak, "contacts", on=True)
    with pytest.raises(Forbidden):
        await due_now(crm, officer(frozenset()))
    with pytest.raises(NotFound):
        await switch_rule(crm, officer(), "unheard_of", on=True)


# What falls due


async def test_contact_nobody_dealt_with_is_due_the_day_after_its_last(crm: Any) -> None:
    await go_by(crm)
    ada = await add_contact(crm)
    await crm.data.fetch("UPDATE contact SET created_at = ?", datetime.combine(today_of(crm), datetime.min.time(), UTC))
    last = today_of(crm).replace(year=today_of(crm).year + 2)
    assert (await counts(crm, by=last))["contacts"] == (0, 0)
    found = await due_now(crm, officer(), by=last + timedelta(days=1))
    assert [(one.id, one.until, one.kept) for one in found.rules[0].items] == [(ada, last, "")]


@pytest.mark.parametrize("kept", ["hold", "restriction", "request"])
async def test_contact_that_must_stay_is_shown_with_the_reason_and_stays(crm: Any, kept: str) -> None:
    await go_by(crm, "contacts")
    ada = await add_contact(crm)
    await age(crm, ada, 900)
    if kept == "hold":
        await hold(crm, ada)
    elif kept == "restriction":
        await restrict_contact(crm, system_access("tests"), ada)
    else:
        await asks(crm)
        await crm.data.fetch("UPDATE rights_request SET contact_id = ?", ada)
    found = await due_now(crm, officer())
    assert [one.kept for one in found.rules[0].items] == [kept]
    await run_retention(crm, {})
    assert await there(crm, ada)
    runs = {run.rule: (run.due, run.ended, run.held, run.failed) for run in await list_runs(crm, officer())}
    assert runs == {"contacts": (1, 0, 1, 0)}


async def test_word_about_consent_counts_as_contact(crm: Any) -> None:
    await go_by(crm)
    ada = await add_contact(crm)
    await age(crm, ada, 900)
    assert (await counts(crm))["contacts"] == (1, 0)
    await record_consent(crm, SYSTEM, says(ada, "refused"))
    assert (await counts(crm))["contacts"] == (0, 0)


async def test_what_is_due_soon_is_due_by_that_day(crm: Any) -> None:
    await go_by(crm)
    ada = await add_contact(crm)
    await age(crm, ada, 720)
    assert (await counts(crm))["contacts"] == (0, 0)
    soon = await due_soon(crm, officer(), 30)
    assert [one.id for one in soon.rules[0].items] == [ada]


# Carrying it out


async def test_nothing_is_ended_as_long_as_the_rule_is_off(crm: Any) -> None:
    await go_by(crm)
    ada = await add_contact(crm)
    await age(crm, ada, 900)
    await run_retention(crm, {})
    assert await there(crm, ada)
    assert await list_runs(crm, officer()) == []


async def test_run_erases_who_is_due_and_nobody_else_and_reports(crm: Any) -> None:
    await go_by(crm, "contacts")
    old, new = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    await age(crm, old, 900)
    await run_retention(crm, {})
    assert not await there(crm, old)
    assert await there(crm, new)
    assert await crm.keyring.destroyed([old], "relationship") == {old}
    (run,) = await list_runs(crm, officer())
    assert (run.rule, run.due, run.ended, run.held, run.failed) == ("contacts", 1, 1, 0, 0)
    await run_retention(crm, {})
    assert [one.due for one in await list_runs(crm, officer())] == [0, 1]


async def test_run_ends_proof_of_people_who_are_gone(crm: Any) -> None:
    await go_by(crm, "proof")
    gone, here = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    for one in (gone, here):
        await record_consent(crm, SYSTEM, says(one, "refused"))
    await crm.data.fetch("UPDATE consent_event SET recorded_at = ?", now() - timedelta(days=4 * 366))
    await crm.data.fetch("DELETE FROM contact WHERE id = ?", gone)
    assert (await counts(crm))["proof"] == (1, 0)
    await run_retention(crm, {})
    rows = await crm.data.fetch("SELECT subject_id FROM consent_event")
    assert [row["subject_id"] for row in rows] == [here]


async def test_run_ends_the_file_of_a_request_with_its_key_and_everything_in_it(crm: Any) -> None:
    await go_by(crm, "requests")
    request = await asks(crm)
    await crm.data.fetch("UPDATE rights_request SET closed_at = ?", datetime(2021, 12, 31, 12, tzinfo=UTC))
    assert (await counts(crm, by=date(2024, 12, 31)))["requests"] == (0, 0)
    assert (await counts(crm, by=date(2025, 1, 1)))["requests"] == (1, 0)
    await run_retention(crm, {})
    for table in ("rights_request", "rights_step", "rights_letter", "rights_package"):
        assert await crm.data.fetch(f"SELECT id FROM {table}") == []
    assert await crm.keyring.destroyed([request.id], "request") == {request.id}


async def test_run_ends_the_mandate_of_a_request_in_backups_too(crm: Any) -> None:
    await go_by(crm, "requests")

    async def pieces() -> Any:
        yield b"I may ask for Ada."

    file = await receive_file(crm, "mandate.txt", pieces())
    request = await asks(crm, mandate="For Ada", mandate_files=[file])
    await crm.data.fetch("UPDATE rights_request SET closed_at = ?", datetime(2021, 12, 31, 12, tzinfo=UTC))
    await run_retention(crm, {})
    assert await crm.data.fetch("SELECT id FROM sealed_file") == []
    assert await crm.keyring.destroyed([request.id], "relationship") == {request.id}


async def test_run_ends_old_lines_of_the_read_log_only(crm: Any) -> None:
    await go_by(crm, "reads")
    ada = await add_contact(crm)
    for days in (400, 10):
        await crm.data.fetch(
            "INSERT INTO read_entry (id, at, actor_id, purpose, place, subjects, spread) VALUES (?, ?, ?, ?, ?, ?, ?)",
            new_id(), now() - timedelta(days=days), new_id(), "relationship", "tests", ada.bytes, False,
        )  # fmt: skip
    assert len(await crm.door.read_log.of(ada)) == 2
    assert (await counts(crm))["reads"] == (1, 0)
    await run_retention(crm, {})
    assert len(await crm.door.read_log.of(ada)) == 1
    assert len(await crm.data.fetch("SELECT id FROM read_subject")) == 1


# Until when


async def test_open_request_has_no_last_day_and_a_closed_one_has(crm: Any) -> None:
    await go_by(crm)
    ada = await add_contact(crm)
    await asks(crm)
    await crm.data.fetch("UPDATE rights_request SET contact_id = ?", ada)
    assert (await kept_until(crm, REQUEST, ada)).until is None
    await crm.data.fetch("UPDATE rights_request SET closed_at = ?", datetime(2024, 5, 1, 12, tzinfo=UTC))
    assert await kept_until(crm, REQUEST, ada) == KeptUntil(
        ground=REQUEST.keeps, until=date(2027, 12, 31), citation="Our own rule."
    )
    (row,) = await crm.data.fetch("SELECT * FROM rights_request")
    assert (await kept_until(crm, REQUEST, row)).until == date(2027, 12, 31)


async def test_proof_is_kept_for_its_period_after_the_newest_event(crm: Any) -> None:
    await go_by(crm)
    ada = await add_contact(crm)
    for _ in range(2):
        await record_consent(crm, SYSTEM, says(ada, "refused"))
    today = today_of(crm)
    assert (await kept_until(crm, EVENT, ada)).until == today.replace(year=today.year + 3)


# What doctor says


async def test_doctor_names_the_missing_choice_faults_and_reviews(crm: Any) -> None:
    async def said() -> list[tuple[str, str]]:
        return [(one.name, one.state) for one in await retention_findings(crm)]

    assert await said() == [("Retention", "warning")]
    await go_by(crm)
    assert await said() == [("Retention", "good")]
    write_own(crm, "country = 3")
    await hold(crm, await add_contact(crm))
    await crm.data.fetch("UPDATE rights_hold SET review_on = ?", today_of(crm))
    assert await said() == [("Retention", "bad"), ("Legal holds", "warning")]

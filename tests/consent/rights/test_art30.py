"""The register of processing is drawn up from what is installed, and says what Art. 30(1) asks for (RG-1)."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from confida_consent import hooks as consent_hooks
from confida_consent.controller import Controller, save_controller
from confida_consent.hookspecs import ConsentHooks
from confida_consent.own_purposes import NEWSLETTER
from confida_consent.purposes import retire_purpose, save_purpose
from confida_consent.rights.registers.processing import (
    NO_RULE,
    STAFF,
    period_in_words,
    processing_register,
)
from confida_consent.rights.registers.processing_formats import csv_of, jsonld_of
from confida_consent.rights.retention import choose_country, switch_rule
from confida_consent.rights.retention_rules import countries
from confida_core import hooks as core_hooks
from confida_core.declarations import PluginInfo, PurposeDeclaration
from confida_core.hookspecs import CoreHooks, hookimpl
from confida_core.registry import load_registry
from confida_core.vault.access import Access, Actor, Forbidden, system_access
from tests.consent.people import MANAGING, staff
from tests.consent.receipts.rdf import DPV, graph_of, unknown_terms
from tests.consent.rights.test_holds import officer

pytestmark = pytest.mark.anyio
HOUSE = Controller(
    name="Example House", country="DE", storage_country="DE", officer="Olga", officer_email="o@example.org"
)


async def drawn_up(crm: Any) -> Any:
    return await processing_register(crm, officer())


async def test_every_record_of_every_plugin_stands_under_its_purpose(crm: Any) -> None:
    register = await drawn_up(crm)
    shown = {group.key: one.key.removeprefix("door.") for one in register.activities for group in one.data}
    assert shown == {name: record.purpose for name, record in crm.registry.records.items()}
    fields = {group.key: set(group.fields) for one in register.activities for group in one.data}
    assert "birthday" in fields["contact"]


async def test_purposes_people_decide_on_stand_with_basis_recipients_and_limit(crm: Any) -> None:
    found = {one.key: one for one in (await drawn_up(crm)).activities}
    newsletter = found["newsletter"]
    assert (newsletter.title, newsletter.basis_label, newsletter.limit) == (
        "Newsletter",
        "Consent",
        NEWSLETTER.retention,
    )
    assert found["door.security"].people == (STAFF,)


async def test_new_purpose_and_a_retired_one_change_the_register_at_once(crm: Any) -> None:
    own = replace(NEWSLETTER, key="volunteers", recipients=("Helpers Ltd",))
    await save_purpose(crm, staff(MANAGING), own)
    found = {one.key: one for one in (await drawn_up(crm)).activities}
    assert "Helpers Ltd" in found["volunteers"].recipients
    await retire_purpose(crm, staff(MANAGING), "volunteers")
    found = {one.key: one for one in (await drawn_up(crm)).activities}
    assert found["volunteers"].retired is True


class Newcomer:
    """A plugin with a purpose of its own."""

    @staticmethod
    @hookimpl
    def plugin_info() -> PluginInfo:
        return PluginInfo(key="newcomer", name="Newcomer", summary="For this test.")

    @staticmethod
    @hookimpl
    def purposes() -> list[PurposeDeclaration]:
        return [PurposeDeclaration(key="newcomer.raffle", label="Drawing lots", basis="consent")]


async def test_plugin_that_is_enabled_changes_the_register(crm: Any) -> None:
    before = await drawn_up(crm)
    crm.registry = load_registry(
        (), built_in=[core_hooks, consent_hooks, Newcomer], specifications=(CoreHooks, ConsentHooks)
    )
    after = await drawn_up(crm)
    new = {one.key for one in after.activities} - {one.key for one in before.activities}
    assert (new, len(after.plugins) - len(before.plugins)) == ({"door.newcomer.raffle"}, 1)


async def test_limits_follow_the_rules_that_were_chosen(crm: Any) -> None:
    def limit(register: Any, key: str) -> Any:
        return next(group for one in register.activities for group in one.data if group.key == key)

    assert limit(await drawn_up(crm), "contact").limit == NO_RULE
    await choose_country(crm, officer(), "DE")
    found = limit(await drawn_up(crm), "rights_request")
    assert found.limit == "3 years from the end of the year in which it was closed; then looked at."
    assert "OWiG" in found.citation
    await switch_rule(crm, officer(), "requests", on=True)
    found = limit(await drawn_up(crm), "rights_request")
    assert found.limit == "3 years from the end of the year in which it was closed; ended by itself."


def test_every_period_is_said_in_words(settings: Any) -> None:
    said = {period_in_words(rule) for country in countries(settings).values() for rule in country.rules}
    assert {
        "3 years from the end of the year of the last contact",
        "3 years from the last contact",
        "3 years from when it was written down",
    } <= said


@pytest.mark.parametrize(
    ("country", "transfers"),
    [
        ("DE", ()),
        ("US", ("Stored in US, outside the European Economic Area: name the safeguard (GDPR Art. 45, 46).",)),
    ],
)
async def test_storage_outside_the_eea_is_a_transfer(crm: Any, country: str, transfers: tuple[str, ...]) -> None:
    await save_controller(crm, system_access("tests"), replace(HOUSE, storage_country=country))
    assert (await drawn_up(crm)).transfers == transfers


async def test_jsonld_uses_no_word_that_the_vocabularies_do_not_know(crm: Any) -> None:
    await save_controller(crm, system_access("tests"), HOUSE)
    await save_purpose(
        crm, staff(MANAGING), replace(NEWSLETTER, key="volunteers", special_category=True, recipients=("H",))
    )
    register = await drawn_up(crm)
    graph = graph_of(jsonld_of(crm, register))
    assert unknown_terms(graph) == set()
    processes = list(graph.subjects(predicate=None, object=None))
    assert processes
    whole = json.loads(jsonld_of(crm, register))
    assert whole["@type"] == "dpv:RecordsOfActivities"
    assert len(whole["dpv:hasProcess"]) == len(register.activities)


async def test_unknown_word_is_noticed_by_the_check(crm: Any) -> None:
    text = jsonld_of(crm, await drawn_up(crm)).replace(b"dpv:RecordsOfActivities", b"dpv:RegisterOfEverything")
    assert unknown_terms(graph_of(text)) == {f"{DPV}RegisterOfEverything"}


async def test_table_has_one_line_for_each_activity_and_runs_no_formula(crm: Any) -> None:
    own = replace(NEWSLETTER, key="volunteers", recipients=("=1+1",))
    await save_purpose(crm, staff(MANAGING), own)
    register = await drawn_up(crm)
    rows = list(csv.reader(io.StringIO(csv_of(register).decode("utf-8-sig"))))
    assert len(rows) == 1 + len(register.activities)
    line = next(row for row in rows if row[7].startswith("'="))
    assert line[0] == "Newsletter"


async def test_register_needs_its_permission(crm: Any) -> None:
    nobody = Access(actor=Actor(id=officer().actor.id, permissions=frozenset()), purpose="security", where="tests")
    with pytest.raises(Forbidden):
        await processing_register(crm, nobody)

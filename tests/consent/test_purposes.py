"""Purposes are declared by plugins or kept on the page; notices say what was shown, to the byte, for ever."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from confida_consent.controller import Controller
from confida_consent.declarations import ConsentPurpose, Wording
from confida_consent.durations import after, is_duration
from confida_consent.events import record_event
from confida_consent.hookspecs import ConsentHooks
from confida_consent.notice_text import notice_text
from confida_consent.notices import current_notice, notice, notices_of
from confida_consent.own_purposes import NEWSLETTER, PURPOSES
from confida_consent.purpose_rules import InvalidPurpose, declared_purposes, faults_of
from confida_consent.purposes import all_purposes, purpose_of, purpose_versions, retire_purpose, save_purpose
from confida_core.accounts.stored_settings import ORGANISATION_NAME, store
from confida_core.declarations import PluginInfo
from confida_core.hookspecs import CoreHooks, hookimpl
from confida_core.ids import new_id
from confida_core.registry import Declared, LoadedPlugin, PluginError, Registry, load_registry
from confida_core.storage.database import DatabaseError, VersionConflict
from confida_core.vault.access import Forbidden, NotFound
from tests.consent.people import MANAGING, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio
MANAGER = staff(MANAGING)
EVENTS = ConsentPurpose(
    key="invitations",
    version=1,
    texts={"en": Wording(title="Invitations", description="We invite you to our events.")},
    basis="consent",
    channels=("email", "post"),
    category="marketing",
)


def registry_with(*purposes: ConsentPurpose, plugin: str = "membership") -> Registry:
    info = PluginInfo(key=plugin, name="Membership", summary="Members.")
    loaded = LoadedPlugin(info, "confida-membership", "1.2", ModuleType("membership"))
    return Registry([loaded], {"consent_purposes": tuple(Declared(loaded, purpose) for purpose in purposes)})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"key": "No Key"}, "key"),
        ({"version": 0}, "version"),
        ({"texts": {"de": Wording(title="Brief", description="Wir schreiben.")}}, "texts"),
        ({"texts": {"en": Wording(title=" ", description="x")}}, "texts"),
        ({"texts": dict(EVENTS.texts) | {"Deutsch!": Wording(title="x", description="x")}}, "texts"),
        ({"texts": {"en": Wording(title="x" * 121, description="x")}}, "texts"),
        ({"texts": {"en": Wording(title="x", description="x", retention="x" * 501)}}, "texts"),
        ({"texts": {"en": Wording(title="x", description="x", balancing_note="\x00")}}, "texts"),
        ({"basis": "because"}, "basis"),
        ({"basis": "legitimate_interest"}, "balancing_note"),
        ({"category": "fun"}, "category"),
        ({"channels": ()}, "channels"),
        ({"channels": ("email", "email")}, "channels"),
        ({"channels": ("pigeon",)}, "channels"),
        ({"validity": "24 months"}, "validity"),
        ({"validity": "P"}, "validity"),
        ({"retention": "\x00"}, "retention"),
        ({"recipients": ("",)}, "recipients"),
        ({"dpv_purpose": "dpv:Marketing"}, "dpv_purpose"),
        ({"personal_data": ("e-mail",)}, "personal_data"),
    ],
)
def test_unsound_purpose_is_refused_naming_field_and_plugin(fields: dict[str, Any], field: str) -> None:
    unsound = replace(EVENTS, **fields)

    assert list(faults_of(unsound)) == [field]
    with pytest.raises(PluginError, match=r"confida-membership 1\.2 \(plugin membership\).*not sound"):
        declared_purposes(registry_with(unsound))


def test_plugin_declares_under_its_own_prefix_and_each_key_once() -> None:
    sound = replace(EVENTS, key="membership.invitations")

    assert declared_purposes(registry_with(sound)) == {"membership.invitations": (sound, "membership")}
    for wrong in ((EVENTS,), (sound, sound)):
        with pytest.raises(PluginError, match=r"confida-membership 1\.2"):
            declared_purposes(registry_with(*wrong))


def test_unsound_purpose_stops_the_start() -> None:
    hooks = ModuleType("membership")
    hooks.plugin_info = hookimpl(lambda: PluginInfo(key="membership", name="M", summary="M."))  # type: ignore[attr-defined]
    hooks.consent_purposes = hookimpl(lambda: [replace(EVENTS, basis="because")])  # type: ignore[attr-defined]

    with pytest.raises(PluginError, match="purpose 'invitations' is not sound: basis"):
        load_registry((), built_in=[hooks], specifications=(CoreHooks, ConsentHooks))


@pytest.mark.parametrize(
    ("duration", "ends"),
    [("P1M", (2026, 2, 28)), ("P24M", (2028, 1, 31)), ("P1Y1M1D", (2027, 3, 1)), ("P10D", (2026, 2, 10))],
)
def test_duration_is_counted_on_the_calendar(duration: str, ends: tuple[int, int, int]) -> None:
    assert after(datetime(2026, 1, 31, 12, tzinfo=UTC), duration) == datetime(*ends, 12, tzinfo=UTC)
    assert [is_duration(text) for text in (duration, "P0M", "PT1H", "P1W", "p1m", "P1M ")] == [True] + [False] * 5


async def test_own_purposes_are_there_in_one_query(crm: Any) -> None:
    seen: list[str] = []
    crm.data.observers.append(seen.append)

    found = await all_purposes(crm)

    assert {key: (purpose.declared, purpose.origin, purpose.retired) for key, purpose in found.items()} == {
        purpose.key: (purpose, "consent", False) for purpose in PURPOSES
    }
    assert len(seen) == 1


async def test_page_keeps_versions_and_says_which_consents_still_hold(crm: Any) -> None:
    await save_purpose(crm, MANAGER, EVENTS)
    second = await save_purpose(crm, MANAGER, replace(EVENTS, version=2, retention="Two years."))
    third = await save_purpose(crm, MANAGER, replace(EVENTS, version=3, compatible=False, channels=("email",)))
    fourth = await save_purpose(crm, MANAGER, replace(EVENTS, version=4, channels=("email",)))

    versions = await purpose_versions(crm, "invitations")

    assert [each.holds_from for each in (second, third, fourth)] == [1, 3, 3]
    assert [(each.declared.version, each.holds_from) for each, _ in versions] == [(4, 3), (3, 3), (2, 1), (1, 1)]
    assert (await all_purposes(crm))["invitations"] == fourth
    audited = await crm.data.fetch("SELECT kind FROM audit_event WHERE target_kind = 'purpose'")
    assert [row["kind"] for row in audited] == ["purpose.saved"] * 4


async def test_another_ground_never_takes_over_consents(crm: Any) -> None:
    await save_purpose(crm, MANAGER, EVENTS)

    changed = await save_purpose(
        crm, MANAGER, replace(EVENTS, version=2, basis="legitimate_interest", balancing_note="It is small.")
    )

    assert (changed.declared.compatible, changed.holds_from) == (False, 2)


async def test_two_who_save_at_once_do_not_overwrite_each_other(crm: Any) -> None:
    await save_purpose(crm, MANAGER, EVENTS)
    wanted = [replace(EVENTS, version=2, retention=f"{years} years.") for years in range(4)]

    outcomes = await asyncio.gather(*(save_purpose(crm, MANAGER, each) for each in wanted), return_exceptions=True)

    assert [type(each) for each in outcomes].count(VersionConflict) == 3
    assert (await purpose_of(crm, "invitations")).declared.version == 2


async def test_declared_purpose_takes_further_languages_and_nothing_else(crm: Any) -> None:
    french = {"fr": Wording(title="Lettre", description="Nos nouvelles.")}

    saved = await save_purpose(crm, MANAGER, replace(NEWSLETTER, texts=dict(NEWSLETTER.texts) | french))

    assert (saved.declared.wording("fr-CA"), saved.origin) == (("fr", french["fr"]), "consent")
    assert saved.declared.version == NEWSLETTER.version
    for change in (
        {"basis": "contract"},
        {"channels": ("email",)},
        {"texts": french | {"en": french["fr"]}},
        {"version": 2},
    ):
        with pytest.raises(InvalidPurpose):
            await save_purpose(crm, MANAGER, replace(NEWSLETTER, **change))


async def test_retired_purpose_takes_a_no_and_no_yes_until_it_is_taken_up_again(crm: Any) -> None:
    ada = await add_contact(crm)
    await save_purpose(crm, MANAGER, EVENTS)
    for key in ("newsletter", "invitations"):
        assert (await retire_purpose(crm, MANAGER, key)).retired
        with pytest.raises(ValueError, match="retired"):
            await record_event(crm, person(ada), says(ada, "given", purpose=key))
        await record_event(crm, person(ada), says(ada, "withdrawn", purpose=key))
        assert not (await retire_purpose(crm, MANAGER, key, retired=False)).retired
        await record_event(crm, person(ada), says(ada, "given", purpose=key))


async def test_purposes_are_kept_by_those_who_may(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await save_purpose(crm, staff(), EVENTS)
    with pytest.raises(Forbidden):
        await retire_purpose(crm, staff(), "newsletter")
    with pytest.raises(NotFound):
        await retire_purpose(crm, MANAGER, "nothing")
    with pytest.raises(InvalidPurpose):
        await save_purpose(crm, MANAGER, replace(EVENTS, key="membership.invitations"))


async def test_cr3_notice_is_kept_to_the_byte_and_numbered_when_it_changes(crm: Any) -> None:
    first = await current_notice(crm, "newsletter", "de")
    same = await current_notice(crm, "newsletter", "de-AT")
    await store(crm, ORGANISATION_NAME, "Verein Beispiel")
    second = await current_notice(crm, "newsletter", "de")

    assert same == first
    assert (first.number, second.number, first.language) == (1, 2, "de")
    assert first.sha256 == hashlib.sha256(first.content).digest()
    assert "Verein Beispiel" in second.text
    assert await notice(crm, first.id) == first
    assert [each.id for each in await notices_of(crm, "newsletter")] == [second.id, first.id]


async def test_notice_in_a_language_without_words_is_english_and_says_so(crm: Any) -> None:
    shown = await current_notice(crm, "newsletter", "eo")

    assert (shown.language, shown.text.splitlines()[0]) == ("en", "Newsletter")


async def test_notice_says_what_the_law_asks_for(crm: Any) -> None:
    consent = (await current_notice(crm, "newsletter", "en")).text
    interest = (await current_notice(crm, "customer_offers", "en")).text

    for said in ("Who is responsible", "Art. 6(1)(a)", "24 months", "withdraw", "E-mail, Telephone", "/my/", "Nobody."):
        assert said in consent
    assert "You can object" in interest
    assert "not your consent" in interest
    assert "withdraw" not in interest


async def test_notice_rendered_by_many_at_once_is_stored_once(crm: Any) -> None:
    found = await asyncio.gather(*(current_notice(crm, "newsletter", "en") for _ in range(8)))

    assert {each.id for each in found} == {found[0].id}
    assert len(await notices_of(crm, "newsletter")) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE consent_notice SET content = ?", "DELETE FROM consent_notice WHERE content <> ?"]
)
async def test_stored_notice_is_never_changed(crm: Any, statement: str) -> None:
    shown = await current_notice(crm, "newsletter", "en")

    with pytest.raises(DatabaseError):
        await crm.data.fetch(statement, b"Something else")

    assert await notice(crm, shown.id) == shown


async def test_missing_notice_and_one_of_another_purpose_are_refused(crm: Any) -> None:
    ada = await add_contact(crm)
    other = await current_notice(crm, "customer_offers", "en")

    with pytest.raises(NotFound):
        await notice(crm, new_id())
    with pytest.raises(ValueError, match="another purpose"):
        await record_event(crm, SYSTEM, says(ada, "given", notice_id=other.id))


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.key)
def test_german_notice_of_a_purpose_of_ours_holds_no_english_sentence(purpose: ConsentPurpose) -> None:
    text = notice_text(purpose, "de-AT", Controller(name="Example"), "")[1]
    wording = purpose.texts["de"]
    assert wording.retention in text
    assert wording.balancing_note in text
    assert bool(wording.balancing_note) == bool(purpose.balancing_note)
    assert purpose.retention not in text
    assert not purpose.balancing_note or purpose.balancing_note not in text


async def test_sentences_of_a_language_are_kept_and_english_stands_in_for_those_that_lack(crm: Any) -> None:
    words = Wording(title="Einladungen", description="Wir laden ein.", retention="Bis Sie widerrufen.")
    purpose = replace(EVENTS, texts={**EVENTS.texts, "de": words}, retention="Until you withdraw.")
    stored = (await save_purpose(crm, MANAGER, purpose)).declared
    assert stored.texts["de"] == words
    assert [stored.retention_in(language) for language in ("de", "de-CH", "fr")] == [
        "Bis Sie widerrufen.", "Bis Sie widerrufen.", "Until you withdraw.",
    ]  # fmt: skip


async def test_consents_do_not_reach_a_purpose_that_now_touches_special_categories(crm: Any) -> None:
    await save_purpose(crm, MANAGER, EVENTS)
    changed = await save_purpose(crm, MANAGER, replace(EVENTS, version=2, special_category=True, compatible=True))
    assert changed.holds_from == 2
    again = await save_purpose(crm, MANAGER, replace(EVENTS, version=3, special_category=True, compatible=True))
    assert again.holds_from == 2

"""Global Privacy Control (CF-7): one exact value, an objection, and never against what a person decided."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.events import events_of, states_of
from confida_consent.gpc import is_signal
from confida_consent.tokens import make_token
from confida_core.vault.access import system_access
from tests.web.client import Browser, token_in
from tests.web.portal.people import buttons, event_count, make_person, press, session_of, work_off
from tests.web.portal.test_joining import filled, path_in_mail

pytestmark = pytest.mark.anyio
SYSTEM = system_access("test", "consent")
SIGNAL = {"sec-gpc": "1"}
INTERESTS = {("customer_offers", channel) for channel in ("email", "phone", "sms", "post", "messenger")} | {
    ("profiling", "profiling")
}


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        (["1"], True), (["0", "1"], True), (["1", "1"], True), ([], False), (["0"], False), (["1, 1"], False), (["01"], False),
        (["1.0"], False), ([" 1"], False), (["true"], False), ([""], False), (["1;x"], False), (["١"], False),
    ],
)  # fmt: skip
def test_only_the_exact_value_counts(values: list[str], counts: bool) -> None:
    assert is_signal(values) is counts


async def test_support_is_declared(stranger: Browser) -> None:
    answer = await stranger.get("/.well-known/gpc.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"gpc": True, "lastUpdate": "2026-11-22"}


async def test_signal_is_recorded_once_as_objection_to_marketing_and_profiling(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = {**await session_of(crm, ada), **SIGNAL}
    page = await press(stranger, inside, "newsletter", "email")
    states = await states_of(crm, ada)
    assert {key for key, one in states.items() if one.state == "objected"} == INTERESTS
    assert {one.event.method for key, one in states.items() if key in INTERESTS and one.event} == {"gpc"}
    assert states["newsletter", "email"].state == "given"
    assert "but you agreed expressly, and that counts" in page
    count = await event_count(crm)
    await press(stranger, inside, "newsletter", "phone")
    assert await event_count(crm) == count + 1


async def test_objection_taken_back_by_hand_stays_taken_back(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = {**await session_of(crm, ada), **SIGNAL}
    await press(stranger, inside, "newsletter", "email")
    await press(stranger, inside, "profiling", "profiling")
    await press(stranger, inside, "newsletter", "email")
    assert (await states_of(crm, ada))["profiling", "profiling"].state == "objection_ended"


async def test_signal_never_swallows_a_double_opt_in(stranger: Browser, crm: Any) -> None:
    await stranger.post("/my/subscribe", data=await filled(stranger), headers=SIGNAL)
    path = await path_in_mail(crm)
    [row] = await crm.data.fetch("SELECT id FROM contact")
    assert {key for key, one in (await states_of(crm, row["id"])).items() if one.state == "objected"} == INTERESTS
    assert (await stranger.post(path, data={}, headers=SIGNAL)).status_code == 200
    assert (await states_of(crm, row["id"]))["newsletter", "email"].state == "given"


async def test_signal_beside_unsubscribing_and_withdrawing_counts(stranger: Browser, crm: Any) -> None:
    ada, mats = await make_person(crm), await make_person(crm, "Mats", "mats@example.org")
    token = await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email")
    await stranger.post(f"/my/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}, headers=SIGNAL)
    assert {key for key, one in (await states_of(crm, ada)).items() if one.state == "objected"} == INTERESTS
    inside = {**await session_of(crm, mats), **SIGNAL}
    page = (await stranger.get("/my/consents", headers=inside)).text
    await stranger.post("/my/withdraw-all", data={"_csrf": token_in(page)}, headers=inside)
    methods = {one.event.method for one in await events_of(crm, SYSTEM, mats)}
    assert methods == {"preference_centre"}


async def test_looking_with_the_signal_changes_nothing_and_says_what_it_will_do(stranger: Browser, crm: Any) -> None:
    inside = {**await session_of(crm, await make_person(crm)), **SIGNAL}
    page = (await stranger.get("/my/consents", headers=inside)).text
    await work_off(crm)
    assert ("Global Privacy Control" in page, await event_count(crm)) == (True, 0)
    assert ("newsletter", "email") in buttons(page)

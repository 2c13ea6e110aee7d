"""Who is responsible: stored, checked, and sensible where nobody has written anything yet."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.authorities import AUTHORITIES, BY_COUNTRY
from confida_consent.controller import Controller, checked_controller, missing_of, read_controller, save_controller
from confida_core.accounts.audit import list_events
from confida_core.contacts.channels import country_code, normal_link
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import Access, Actor, Forbidden, system_access

pytestmark = pytest.mark.anyio

EXAMPLE = Controller(
    name="Example Association",
    street="Example Street 1\nBack yard",
    postal_code="04109",
    locality="Leipzig",
    country="DE",
    email="office@example.org",
    phone="+493415550100",
    website="https://example.org",
    privacy_policy="https://example.org/privacy",
    officer="Zoe Example",
    officer_email="privacy@example.org",
    authority="Sächsische Datenschutz- und Transparenzbeauftragte",
    authority_contact="https://www.datenschutz.sachsen.de",
    storage_country="DE",
)


async def test_controller_follows_from_the_settings_until_somebody_says_more(crm: Any) -> None:
    found = await read_controller(crm)
    base = f"http://localhost:{crm.settings.port}"
    assert found == Controller(
        name="Confida", country="DE", website=base, privacy_policy=f"{base}/my/", storage_country="DE"
    )
    assert missing_of(found) == ("street", "locality", "email", "phone", "authority")


async def test_controller_that_was_saved_is_read_back_and_noted(crm: Any) -> None:
    assert await save_controller(crm, system_access("test"), EXAMPLE) == EXAMPLE
    assert await read_controller(crm) == EXAMPLE
    assert missing_of(EXAMPLE) == ()
    assert [event.kind for event in await list_events(crm, system_access("test"))] == ["settings.organisation_changed"]


async def test_controller_is_changed_by_whoever_manages_settings(crm: Any) -> None:
    mats = Access(actor=Actor(id=crm.keyring.installation_id), purpose="relationship", where="test")
    with pytest.raises(Forbidden):
        await save_controller(crm, mats, EXAMPLE)
    assert (await read_controller(crm)).name == "Confida"


def test_controller_is_written_in_one_way() -> None:
    typed = Controller(
        name="  Example   Association ", country="germany", storage_country="at", phone="0341 5550100",
        email="Office@EXAMPLE.org", website="example.org/us", authority="Data Protection Commission",
    )  # fmt: skip
    assert checked_controller(typed) == Controller(
        name="Example Association", country="DE", storage_country="AT", phone="+493415550100",
        email="Office@example.org", website="https://example.org/us", authority="Data Protection Commission",
        authority_contact="https://www.dataprotection.ie",
    )  # fmt: skip


def test_controller_names_every_field_that_is_wrong() -> None:
    wrong = Controller(
        name=" ", street="a\0b", country="Atlantis", storage_country="XX", email="office", officer_email="@",
        website="javascript:alert(1)", privacy_policy="https://nowhere", phone="1" * 401,
    )  # fmt: skip
    with pytest.raises(InvalidContent) as refused:
        checked_controller(wrong)
    assert sorted(refused.value.errors) == [
        "country", "email", "name", "officer_email", "phone", "privacy_policy", "storage_country", "street", "website",
    ]  # fmt: skip


def test_every_authority_has_a_country_a_name_of_its_own_and_a_page() -> None:
    assert [country for country in BY_COUNTRY if country_code(country) != country] == []
    assert sum(map(len, BY_COUNTRY.values())) == len(AUTHORITIES) == 48
    assert [page for page in AUTHORITIES.values() if normal_link(page) != page or not page.startswith("https://")] == []

"""Addresses on the suppression list come in with an import, and preview, report and form say what that means."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.contacts.content import ContactContent, EmailAddress, PhoneNumber, PostalAddress
from confida_core.contacts.suppressed import SuppressedAddress, post_identifier, suppressed_channels
from confida_core.contacts.trash import purge_contact
from confida_core.exchange.imports_records import Duplicates
from confida_core.exchange.imports_report import list_problems
from confida_core.exchange.imports_run import run_import
from confida_core.exchange.imports_suppressed import COUNTED
from confida_core.exchange.preview import first_rows, preview_import
from confida_core.vault.keyring import Keyring
from confida_core.vault.suppressions import suppress
from tests.core.exchange.importing import access_of, begin, bring_in, counts, importer_of, upload

pytestmark = pytest.mark.anyio
TABLE = b"Name;E-mail;Phone\nAda;ADA@example.org;030 123456\nZoe;zoe@example.org;030 654321\nMats;mats@example.org;\n"
SAID = "is on the suppression list: no marketing will be sent to it."


@pytest.fixture
async def olga(crm: Any) -> Any:
    await suppress(crm, "email", "ada@example.org")
    await suppress(crm, "sms", "+49 30 654321")
    await suppress(crm, "phone", "+49 30 654321")
    await suppress(crm, "email", "mats@example.org", "newsletter")
    return await importer_of(crm)


async def test_preview_counts_the_rows_and_remarks_on_them(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "people.csv", TABLE)
    figures = await preview_import(crm, access_of(olga), run_id)
    assert (figures.new, figures.suppressed, figures.warnings) == (3, 2, [(COUNTED, 2)])
    rows = await first_rows(crm, access_of(olga), run_id)
    assert [row.remark for row in rows] == [f"ADA@example.org {SAID}", f"+4930654321 {SAID}", ""]


async def test_rows_come_in_and_the_report_says_so_for_each(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "people.csv", TABLE)
    assert await counts(crm, run_id) == ("done", 3, 0, 0, 0, 0)
    problems = await list_problems(crm, access_of(olga), run_id)
    assert [(one.row["kind"], one.content.reason) for one in problems] == [
        ("remark", f"ADA@example.org {SAID}"),
        ("remark", f"+4930654321 {SAID}"),
    ]


async def test_duplicate_row_says_both(crm: Any, olga: Any) -> None:
    await bring_in(crm, olga, "people.csv", TABLE)
    run_id = await bring_in(crm, olga, "people.csv", TABLE, Duplicates.SKIP)
    reasons = [one.content.reason for one in await list_problems(crm, access_of(olga), run_id)]
    same = "This contact is here already: the same e-mail address."
    assert reasons == [f"{same} ADA@example.org {SAID}", f"{same} +4930654321 {SAID}", same]


async def test_contact_of_a_form_is_told_its_suppressed_addresses(crm: Any, olga: Any) -> None:
    address = PostalAddress(street="Main St. 1", postal_code="12345", locality="Town", country="DE")
    await suppress(crm, "post", post_identifier("Ada Love", address))
    content = ContactContent(
        display_name="Ada Love",
        emails=[EmailAddress(address="love@example.org"), EmailAddress(address="Ada@example.org")],
        phones=[PhoneNumber(number="+4930654321")],
        addresses=[address],
    )
    assert await suppressed_channels(crm, content) == [
        SuppressedAddress("email", "Ada@example.org"),
        SuppressedAddress("phone", "+4930654321"),
        SuppressedAddress("sms", "+4930654321"),
        SuppressedAddress("post", "Ada Love\nMain St. 1\n12345\nTown\nDE"),
    ]


async def test_contact_erased_between_reading_and_writing_comes_in_anew(
    crm: Any, olga: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring_in(crm, olga, "people.csv", TABLE)
    zoe = (await crm.data.fetch("SELECT subject_id FROM import_problem WHERE row_number = 3"))[0]["subject_id"]
    run_id = await upload(crm, olga, "more.csv", b"Name;E-mail;Nickname\nZoe;zoe@example.org;Z\n")
    await begin(crm, olga, run_id, Duplicates.FILL)
    ensure, waiting = Keyring.ensure, [zoe]

    async def late(keyring: Keyring, subjects: Any, retention_class: str) -> None:
        if waiting and zoe in subjects:
            await purge_contact(crm, waiting.pop())
        await ensure(keyring, subjects, retention_class)

    monkeypatch.setattr(Keyring, "ensure", late)
    assert await run_import(crm, run_id)
    assert waiting == []
    assert await counts(crm, run_id) == ("done", 1, 0, 0, 0, 0)
    assert await crm.keyring.database.fetch("SELECT id FROM dek WHERE subject_id = ?", zoe) == []

"""Imports of real address books on both engines: what comes in, what is said about the rest, and what is found afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact, visible_contact
from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.imports import NotNow, list_runs, remembered_mapping, set_mapping, start_import, visible_run
from confida_core.exchange.imports_records import Duplicates
from confida_core.exchange.mapping import InvalidMapping
from confida_core.exchange.preview import first_rows, preview_import
from confida_core.vault.access import Forbidden
from tests.cases import in_one_installation
from tests.core.exchange.importing import access_of, begin, bring_in, counts, find, importer_of, rows_of, upload
from tests.shared_data import shared

pytestmark = pytest.mark.anyio

HEADER = b"First Name,Last Name,E-mail,Job Title,Birthday\n"
ADA = HEADER + b"Ada,Example,ada@example.org,Engineer,1990-12-10\n"
TABLES = ("contact", "contact_change", "import_run", "import_item", "import_problem", "sealed_file", "shared_key")


@pytest.fixture
async def olga(crm: Any) -> Any:
    return await importer_of(crm)


async def problems(crm: Any, olga: Any, run_id: Any) -> list[tuple[int, str, str]]:
    from confida_core.exchange.imports_report import list_problems

    found = await list_problems(crm, access_of(olga), run_id)
    return [(one.row["row_number"], one.row["kind"], one.content.reason) for one in found]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("vcard/ez-vcard/gmail-list.vcf", (3, 0, 0, 0, 0)),
        ("vcard/ez-vcard/gmail-single.vcf", (1, 0, 0, 0, 0)),
        ("vcard/ez-vcard/John_Doe_ANDROID.vcf", (6, 0, 0, 0, 0)),
        ("vcard/ez-vcard/John_Doe_IPHONE.vcf", (1, 0, 0, 0, 0)),
        ("vcard/ez-vcard/outlook-2007.vcf", (1, 0, 0, 0, 0)),
        ("vcard/ez-vcard/fullcontact.vcf", (1, 0, 0, 0, 0)),
        ("vcard/ez-vcard/rfc2426-example.vcf", (2, 0, 0, 0, 0)),
        ("vcard/ez-vcard/rfc6350-example.vcf", (1, 0, 0, 0, 0)),
        ("csv/thunderbird/export.csv", (2, 0, 0, 0, 0)),
        # 214 rows repeat name and birthday of an earlier one, 392 those or a mail address: counted apart from this program.
        ("dedup/febrl/dataset1.csv", (786, 0, 214, 0, 0)),
        ("dedup/splink/fake_1000.csv", (608, 0, 392, 0, 0)),
    ],
)
async def test_real_file_comes_in_completely(crm: Any, olga: Any, file: str, expected: tuple[int, ...]) -> None:
    path = shared(file)
    run_id = await bring_in(crm, olga, path.name, path.read_bytes())
    assert await counts(crm, run_id) == ("done", *expected)
    assert (await rows_of(crm, ["contact", "import_item"])) == {"contact": expected[0], "import_item": sum(expected)}


async def test_splink_file_counts_each_row_once_and_is_found_by_two_word_beginnings(crm: Any, olga: Any) -> None:
    path = shared("dedup/splink/fake_1000.csv")
    run_id = await upload(crm, olga, path.name, path.read_bytes())
    figures = await preview_import(crm, access_of(olga), run_id)
    assert (await rows_of(crm, ["contact"])) == {"contact": 0}
    await start_import(crm, access_of(olga), run_id, Duplicates.SKIP, queue=False)
    from confida_core.exchange.imports_run import run_import

    assert await run_import(crm, run_id)
    state, created, updated, duplicates, invalid, groups = await counts(crm, run_id)
    assert (state, updated, invalid, groups) == ("done", 0, 0, 0)
    assert (created, duplicates) == (figures.new, figures.matched)
    assert (created, duplicates, await rows_of(crm, ["contact"])) == (608, 392, {"contact": 608})
    assert await find(crm, olga, "rob ala") == ["Robert Alan"]


async def test_preview_says_what_a_run_would_do_and_writes_nothing(crm: Any, olga: Any) -> None:
    await bring_in(crm, olga, "first.csv", ADA)
    data = ADA + b"Mats,Example,mats@example.org,,\n,,,,\nMats,Example,MATS@example.org,,31/31/2020\n"
    run_id = await upload(crm, olga, "people.csv", data)
    before = await rows_of(crm, TABLES)
    figures = await preview_import(crm, access_of(olga), run_id)
    assert (figures.new, figures.matched, figures.invalid, figures.groups) == (1, 2, 1, 0)
    rows = await first_rows(crm, access_of(olga), run_id)
    assert [(row.number, row.matched, row.content.display_name if row.content else None) for row in rows] == [
        (2, True, "Ada Example"),
        (3, False, "Mats Example"),
        (4, False, None),
        (5, True, "Mats Example"),
    ]
    assert await rows_of(crm, TABLES) == before


async def test_duplicates_are_skipped_and_reported_with_their_row(crm: Any, olga: Any) -> None:
    await bring_in(crm, olga, "first.csv", ADA)
    run_id = await bring_in(crm, olga, "again.csv", ADA)
    assert await counts(crm, run_id) == ("done", 0, 0, 1, 0, 0)
    reason = "This contact is here already: the same e-mail address."
    assert await problems(crm, olga, run_id) == [(2, "duplicate", reason)]


async def test_filling_adds_what_is_missing_and_overwrites_nothing(crm: Any, olga: Any) -> None:
    await bring_in(crm, olga, "first.csv", HEADER + b"Ada,Example,ada@example.org,Engineer,\n")
    more = HEADER.strip() + b",Phone,Notes\nAda,Example,ada@example.org,Director,1990-12-10,030 1234567,Likes tea\n"
    run_id = await bring_in(crm, olga, "more.csv", more, Duplicates.FILL)
    assert await counts(crm, run_id) == ("done", 0, 1, 0, 0, 0)
    rows = await crm.data.fetch("SELECT id FROM contact")
    content = (await visible_contact(crm, access_of(olga), rows[0]["id"])).content
    assert (content.job_title, content.phones[0].number, content.note) == ("Engineer", "+49301234567", "Likes tea")
    assert content.birthday is not None
    reason = "This contact is here already: the same e-mail address. What stood there stayed: Job title."
    assert await problems(crm, olga, run_id) == [(2, "remark", reason)]


async def test_create_anyway_makes_a_second_contact(crm: Any, olga: Any) -> None:
    await bring_in(crm, olga, "first.csv", ADA)
    run_id = await bring_in(crm, olga, "again.csv", ADA, Duplicates.CREATE)
    assert await counts(crm, run_id) == ("done", 1, 0, 0, 0, 0)
    assert (await rows_of(crm, ["contact"])) == {"contact": 2}


async def test_one_file_holds_the_same_contact_once(crm: Any, olga: Any) -> None:
    rows = b"".join(
        b"Ada,Example,ada@example.org,,\nMats %d,Example,mats%d@example.org,,\n" % (n, n) for n in range(250)
    )
    run_id = await bring_in(crm, olga, "twice.csv", HEADER + rows)
    assert await counts(crm, run_id) == ("done", 251, 0, 249, 0, 0)
    assert await find(crm, olga, "ada exa") == ["Ada Example"]


async def test_family_that_shares_a_phone_stays_two_people(crm: Any, olga: Any) -> None:
    data = (
        b"First Name,Last Name,Phone\nAda,Example,030 1234567\nMats,Example,030 1234567\nAda,Example,+49 30 1234567\n"
    )
    run_id = await bring_in(crm, olga, "family.csv", data)
    assert await counts(crm, run_id) == ("done", 2, 0, 1, 0, 0)


async def test_group_of_a_vcard_file_becomes_a_tag_of_its_members(crm: Any, olga: Any) -> None:
    data = b"""BEGIN:VCARD\r
VERSION:4.0\r
KIND:group\r
FN:Choir\r
MEMBER:urn:uuid:b8767877-b4a1-4c70-9acc-505d3819e519\r
MEMBER:mailto:mats@example.org\r
MEMBER:mailto:zoe@example.org\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
UID:urn:uuid:B8767877-B4A1-4C70-9ACC-505D3819E519\r
FN:Ada\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
FN:Mats\r
EMAIL:mats@example.org\r
END:VCARD\r
"""
    run_id = await bring_in(crm, olga, "choir.vcf", data, tags=("Summer fair",))
    assert await counts(crm, run_id) == ("done", 2, 0, 0, 0, 1)
    rows = await crm.data.fetch("SELECT id FROM contact ORDER BY id")
    tags = [(await visible_contact(crm, access_of(olga), row["id"])).content.tags for row in rows]
    assert tags == [["Choir", "Summer fair"]] * 2
    reason = "The group became a tag of its members. 1 of its members are not in this file."
    assert await problems(crm, olga, run_id) == [(1, "group", reason)]


async def test_embedded_photo_becomes_the_picture_of_the_contact(crm: Any, olga: Any) -> None:
    path = shared("vcard/ez-vcard/John_Doe_IPHONE.vcf")
    await bring_in(crm, olga, path.name, path.read_bytes())
    row = (await crm.data.fetch("SELECT id FROM contact"))[0]
    content = (await visible_contact(crm, access_of(olga), row["id"])).content
    files = await crm.data.fetch("SELECT id FROM sealed_file WHERE owner_id = ?", row["id"])
    assert [file["id"].hex for file in files] == [content.picture]


async def test_broken_photo_is_left_out_and_said(crm: Any, olga: Any) -> None:
    data = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nPHOTO;ENCODING=b;TYPE=JPEG:bm8gcGljdHVyZQ==\nEND:VCARD\n"
    run_id = await bring_in(crm, olga, "ada.vcf", data)
    assert await counts(crm, run_id) == ("done", 1, 0, 0, 0, 0)
    assert [kind for _, kind, _ in await problems(crm, olga, run_id)] == ["remark"]


async def test_mapping_is_remembered_for_the_next_file_with_this_header(crm: Any, olga: Any) -> None:
    data = b"Wer,Wo\nAda,Berlin\n"
    run_id = await upload(crm, olga, "eins.csv", data)
    with pytest.raises(NotNow):
        await start_import(crm, access_of(olga), run_id, Duplicates.SKIP, queue=False)
    with pytest.raises(InvalidMapping):
        await set_mapping(crm, access_of(olga), run_id, ["display_name", "nowhere"])
    await set_mapping(crm, access_of(olga), run_id, ["display_name", "addresses[home].locality"])
    again = await visible_run(crm, access_of(olga), await upload(crm, olga, "zwei.csv", data))
    assert again.content.mapping is not None
    assert again.content.mapping.targets == ("display_name", "addresses[home].locality")
    assert again.row["state"] == "mapped"
    assert await remembered_mapping(crm, ("Wer", "Wann")) is None


@in_one_installation(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\xef\xbb\xbf  \r\n\r\n"),
        ("binary.csv", bytes(range(256)) * 40),
        ("book.xlsx", b"PK\x03\x04" + bytes(500)),
        ("wide.csv", b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b"," * 9_999 + b"\n"),
        ("nothing.vcf", b"just words\n"),
        ("nul.csv", bytes(10_000)),
    ],
)
async def test_unreadable_file_is_refused_and_leaves_nothing(crm: Any, olga: Any, name: str, data: bytes) -> None:
    before = await rows_of(crm, TABLES)
    with pytest.raises(UnreadableFile) as refused:
        await upload(crm, olga, name, data)
    assert str(refused.value).endswith(".")
    assert await rows_of(crm, TABLES) == before
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []


async def test_unbalanced_quotation_mark_harms_no_other_row(crm: Any, olga: Any) -> None:
    data = HEADER + b'"Ada,Example,ada@example.org,,\nMats,Example,mats@example.org,,\n'
    run_id = await bring_in(crm, olga, "quote.csv", data)
    state, created, _, _, invalid, _ = await counts(crm, run_id)
    assert (state, created + invalid) == ("done", 2)
    assert await find(crm, olga, "mats exa") == ["Mats Example"]


async def test_utf_16_file_is_read(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "utf16.csv", ADA.decode().replace("Ada", "Ádá").encode("utf-16"))
    assert await counts(crm, run_id) == ("done", 1, 0, 0, 0, 0)
    assert await find(crm, olga, "ada exa") == ["Ádá Example"]


async def test_a_lost_right_stops_the_run_before_anything_is_written(crm: Any, olga: Any) -> None:
    run_id = await upload(crm, olga, "ada.csv", ADA)
    await begin(crm, olga, run_id)
    await crm.data.fetch("UPDATE account SET role = 'readonly' WHERE id = ?", olga.id)
    from confida_core.exchange.imports_run import run_import

    assert await run_import(crm, run_id)
    assert await counts(crm, run_id) == ("failed", 0, 0, 0, 0, 0)
    failure = (await visible_run(crm, access_of(olga), run_id)).content.failure
    assert failure == "Whoever started this import may not import any more."
    assert await rows_of(crm, ["contact"]) == {"contact": 0}


async def test_import_needs_its_permission(crm: Any) -> None:
    mats = await importer_of(crm, "readonly")
    with pytest.raises(Forbidden):
        await upload(crm, mats, "ada.csv", ADA)
    with pytest.raises(Forbidden):
        await list_runs(crm, access_of(mats))


async def test_restricted_person_is_not_shown_to_the_import(crm: Any, olga: Any) -> None:
    content = ContactContent(display_name="Ada Example")
    contact_id = await create_contact(crm, access_of(olga, "relationship"), ContactKind.PERSON, content)
    await crm.orders.give("restriction", contact_id)
    run_id = await upload(crm, olga, "ada.vcf", f"BEGIN:VCARD\nUID:{contact_id.urn}\nFN:Ada\nEND:VCARD".encode())
    figures = await preview_import(crm, access_of(olga), run_id)
    assert (figures.new, figures.matched) == (1, 0)
    assert await crm.door.read_log.of(contact_id) == []


async def test_file_lies_sealed_and_no_name_is_in_the_clear(crm: Any, olga: Any) -> None:
    run_id = await bring_in(crm, olga, "Quixote.csv", HEADER + b"Quixote,Zanzibar,,Wrangler,\n,,,,\n")
    assert await counts(crm, run_id) == ("done", 1, 0, 0, 1, 0)
    await upload(crm, olga, "Zanzibar.csv", HEADER + b"Quixote,Zanzibar,,,\n")
    for table in TABLES:
        for row in await crm.data.fetch(f"SELECT * FROM {table}"):
            assert b"Quixote" not in b"".join(str(value).encode() for value in row.values())
    files = [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert b"Zanzibar" not in files[0].read_bytes()


async def test_erased_person_is_gone_from_the_report_too(crm: Any, olga: Any) -> None:
    from confida_core.contacts.trash import purge_contact

    await bring_in(crm, olga, "first.csv", ADA)
    run_id = await bring_in(crm, olga, "again.csv", ADA + b"Mats,Example,mats@example.org,,31/31/2020\n,,,,\n")
    assert [row for row, _, _ in await problems(crm, olga, run_id)] == [2, 3, 4]
    names = {row["id"]: row for row in await crm.data.fetch("SELECT * FROM contact")}
    for contact_id in names:
        await purge_contact(crm, contact_id)
    assert await problems(crm, olga, run_id) == [(4, "invalid", "empty row")]
    assert await rows_of(crm, ["import_problem", "sealed_file"]) == {"import_problem": 1, "sealed_file": 0}

"""Columns become fields: by the header, by choice, and without losing a cell."""

from __future__ import annotations

import csv as stdlib_csv

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.contacts.content import (
    Birthday,
    ContactKind,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.contacts.validation import validate_content
from confida_core.exchange.csv_reader import CSVRow, open_table
from confida_core.exchange.draft import ContactDraft, RowError
from confida_core.exchange.mapped_rows import apply_mapping, split_list
from confida_core.exchange.mapping import ColumnMapping, InvalidMapping, suggest_mapping
from confida_core.exchange.reading import importer_of, read_drafts
from confida_core.exchange.vcard.format import VCARD
from tests.shared_data import shared


def draft(region: str = "GB", /, **columns: str) -> ContactDraft:
    """One row; keyword names are headers with '_' for spaces."""
    header = [name.replace("_", " ") for name in columns]
    found = apply_mapping(suggest_mapping(header), CSVRow(2, tuple(columns.values()), "the row"), region)
    assert isinstance(found, ContactDraft)
    assert validate_content(found.content) == found.content
    return found


def mapped(targets: dict[str, str], *cells: str) -> ContactDraft:
    mapping = ColumnMapping(header=tuple(targets), targets=tuple(targets.values()))
    found = apply_mapping(mapping, CSVRow(2, cells, ""))
    assert isinstance(found, ContactDraft)
    return found


def known_headers() -> dict[str, str]:
    with shared("csv/export-headers.tsv").open(encoding="utf-8", newline="") as lines:
        return {row[0]: row[1] for row in stdlib_csv.reader(lines, delimiter="\t")}


@pytest.mark.parametrize(
    ("system", "kept"),
    [
        (
            "google_contacts_2024+",
            "Phonetic First Name|Phonetic Middle Name|Phonetic Last Name|File As|Photo|Event 1 - Label|Event 1 - Value|"
            "Custom Field 1 - Label|Custom Field 1 - Value",
        ),
        (
            "outlook_desktop",
            "Assistant's Phone|Callback|Car Phone|ISDN|Radio Phone|TTY/TDD Phone|Telex|Account|Anniversary|"
            "Assistant's Name|Billing Information|Children|Directory Server|E-mail Display Name",
        ),
        (
            "mailchimp",
            "MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|CONFIRM_IP|LATITUDE|LONGITUDE|GMTOFF|DSTOFF|TIMEZONE|CC|"
            "LAST_CHANGED|LEID|EUID",
        ),
        (
            "hubspot_contacts",
            "Record ID|Contact owner|Lead Status|Create Date|Last Modified Date|Lifecycle Stage|Associated Company IDs",
        ),
        ("pipedrive", "Person - ID|Person - Last activity date"),
        ("linkedin_connections", "Connected On"),
        (
            "shopify_customers",
            "Customer ID|Accepts Email Marketing|Accepts SMS Marketing|Total Spent|Total Orders|Tax Exempt",
        ),
        ("brevo", "EMAIL_BLACKLISTED|SMS_BLACKLISTED|ADDED_TIME|MODIFIED_TIME"),
        ("activecampaign", "Date Created|IP|Status"),
        ("kit_convertkit", "created_at|status"),
    ],
)
def test_known_headers_are_mapped_but_for_these(system: str, kept: str) -> None:
    written = known_headers()[system]
    header = written.split(";" if system == "brevo" else ",")
    mapping = suggest_mapping(header)
    assert [name for name, target in zip(header, mapping.targets, strict=True) if target == "keep"] == kept.split("|")


def test_outlook_headers_in_german_and_french() -> None:
    german = "Anrede;Vorname;Nachname;Firma;Straße geschäftlich;Straße geschäftlich 2;Ort privat;Telefon (privat);Fax geschäftlich"
    assert suggest_mapping(german.split(";")).targets == (
        *("name.prefix", "name.given", "name.family", "organisation"),
        *(
            "addresses[work].street",
            "addresses[work].street",
            "addresses[home].locality",
            "phones[home]",
            "phones[work fax]",
        ),
    )
    french = "Titre;Prénom;Nom;Société;Fonction;Rue (bureau);Code postal (domicile);Tél. mobile;Adresse de messagerie;Catégories"
    assert suggest_mapping(french.split(";")).targets == (
        *("name.prefix", "name.given", "name.family", "organisation", "job_title"),
        *("addresses[work].street", "addresses[home].postal_code", "phones[mobile]", "emails", "tags"),
    )


def test_google_row_with_numbered_groups() -> None:
    header = known_headers()["google_contacts_2024+"].split(",")
    values = {
        "First Name": "Ada",
        "Last Name": "Example",
        "Labels": "Board ::: * myContacts",
        "E-mail 1 - Label": "* Work",
        "E-mail 1 - Value": "ada@example.org ::: a@example.org",
        "Phone 1 - Label": "Mobile",
        "Phone 1 - Value": "020 7946 0018",
        "Address 1 - Label": "Home",
        "Address 1 - Formatted": "1 Road\nLeeds",
        "Address 1 - Street": "1 Road",
        "Address 1 - City": "Leeds",
        "Website 1 - Value": "www.example.org",
        "Event 1 - Label": "Anniversary",
        "Event 1 - Value": "2001-02-03",
    }
    row = CSVRow(2, tuple(values.get(name, "") for name in header), "")
    found = apply_mapping(suggest_mapping(header), row, "GB")
    assert isinstance(found, ContactDraft)
    assert found.content.emails == [
        EmailAddress(address="ada@example.org", label="work"),
        EmailAddress(address="a@example.org", label="work"),
    ]
    assert found.content.phones == [PhoneNumber(number="+442079460018", label="mobile")]
    assert found.content.addresses == [PostalAddress(label="home", street="1 Road", locality="Leeds")]
    assert found.content.links == [Link(url="https://www.example.org")]
    assert (found.content.display_name, found.content.tags) == ("Ada Example", ["Board", "myContacts"])
    assert found.content.note == "Event 1 - Label: Anniversary\nEvent 1 - Value: 2001-02-03"


def test_google_address_that_is_only_formatted() -> None:
    found = mapped({"A": "addresses[#1].formatted", "B": "addresses[#1].label"}, "1 Road\nLeeds", "Own")
    assert found.content.addresses == [PostalAddress(label="Own", street="1 Road\nLeeds")]


@pytest.mark.parametrize(
    ("written", "birthday", "note"),
    [
        ("1985-04-12", Birthday(year=1985, month=4, day=12), ""),
        ("12.04.1985", Birthday(year=1985, month=4, day=12), ""),
        ("19850412", Birthday(year=1985, month=4, day=12), ""),
        ("25/04/1985", Birthday(year=1985, month=4, day=25), ""),
        ("04/25/1985", Birthday(year=1985, month=4, day=25), ""),
        ("04/04/1985", Birthday(year=1985, month=4, day=4), ""),
        ("12 Mar 2025", Birthday(year=2025, month=3, day=12), ""),
        ("March 12, 1985", Birthday(year=1985, month=3, day=12), ""),
        ("3. März", Birthday(month=3, day=3), ""),
        ("0/0/00", None, ""),
        ("03/04/1985", None, "Birthday: 03/04/1985"),
        ("03/04/85", None, "Birthday: 03/04/85"),
        ("31.02.1985", None, "Birthday: 31.02.1985"),
        ("soon", None, "Birthday: soon"),
    ],
)
def test_birthday_in_many_orders(written: str, birthday: Birthday | None, note: str) -> None:
    found = draft(First_Name="Ada", Birthday=written)
    assert (found.content.birthday, found.content.note, len(found.warnings)) == (birthday, note, bool(note))


def test_order_of_slashed_dates_is_told_by_the_other_rows() -> None:
    header = ["Name", "Birthday"]
    assert suggest_mapping(header, [("a", "03/04/1985"), ("b", "25/12/1990")]).date_order == "dmy"
    assert suggest_mapping(header, [("a", "03/04/1985"), ("b", "12/25/1990")]).date_order == "mdy"
    assert suggest_mapping(header, [("a", "25/12/1985"), ("b", "12/25/1990")]).date_order == ""
    mapping = msgspec.structs.replace(suggest_mapping(header), date_order="mdy")
    found = apply_mapping(mapping, CSVRow(2, ("Ada", "03/04/1985"), ""))
    assert isinstance(found, ContactDraft)
    assert found.content.birthday == Birthday(year=1985, month=3, day=4)


def test_birthday_in_three_columns() -> None:
    assert draft(First_Name="Ada", Birth_Year="1985", Birth_Month="4", Birth_Day="12").content.birthday == Birthday(
        year=1985, month=4, day=12
    )
    assert draft(First_Name="Ada", Birth_Year="", Birth_Month="4", Birth_Day="12").content.birthday == Birthday(
        month=4, day=12
    )
    incomplete = draft(First_Name="Ada", Birth_Year="1985", Birth_Month="", Birth_Day="")
    assert (incomplete.content.birthday, incomplete.content.note) == (None, "Birthday: 1985-?-?")


def test_apostrophes_and_formula_guards_are_removed() -> None:
    found = draft(First_Name="'=Ada", Last_Name="'t Hooft", Zip="'01234")
    assert found.content.name == StructuredName(given="=Ada", family="'t Hooft")
    assert found.content.addresses == [PostalAddress(postal_code="01234")]


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("a;b, c", ["a", "b, c"]),
        ("a, b", ["a", " b"]),
        ('"a, b";c', ["a, b", "c"]),
        ('"a b","c"', ["a b", "c"]),
        ("* x ::: y", ["* x", "y"]),
        ("one", ["one"]),
    ],
)
def test_split_list(cell: str, tags: list[str]) -> None:
    assert split_list(cell) == tags


def test_row_with_only_a_company_is_an_organisation() -> None:
    found = draft(First_Name="", Company="Club", Email="info@example.org", Phone="020 7946 0018")
    assert (found.kind, found.content.display_name, found.content.organisation) == (
        ContactKind.ORGANISATION,
        "Club",
        "",
    )
    assert draft(First_Name="Ada", Company="Club").kind is ContactKind.PERSON
    assert draft(Company="Club", Job_Title="Chair").kind is ContactKind.PERSON


def test_row_without_anything_is_an_error() -> None:
    mapping = suggest_mapping(["First Name", "Notes"])
    assert apply_mapping(mapping, CSVRow(7, ("", " ", ""), ",,")) == RowError(
        row=7, source_text=",,", reason="empty row"
    )


def test_nothing_is_lost() -> None:
    long = "n" * 600
    found = draft(
        First_Name="Ada",
        Nickname=long,
        Email="not an address",
        Country="Atlantis",
        Shoe_size="38",
        Website="gopher://x",
    )
    assert dict(found.unmapped) == {
        "Nickname": long,
        "E-mail": "not an address",
        "Country": "Atlantis",
        "Link": "gopher://x",
        "Shoe size": "38",
    }
    assert found.content.nickname == "n" * 199 + "…"
    assert len(found.warnings) == 4
    assert found.content.note == "\n".join(f"{label}: {value}" for label, value in found.unmapped)


def test_cells_beyond_the_header_are_kept() -> None:
    found = mapped({"Name": "display_name"}, "Ada", "more")
    assert found.content.note == "Column 2: more"


def test_ignored_column_is_not_kept() -> None:
    assert mapped({"Name": "display_name", "Id": "ignore"}, "Ada", "5").content.note == ""


def test_custom_fields_by_key() -> None:
    found = mapped({"Name": "display_name", "Shoe": "custom.shoe_size"}, "Ada", "38")
    assert found.content.custom == {"shoe_size": "38"}


@pytest.mark.parametrize(
    "path", ["", "emails[work].street", "name", "addresses", "addresses[x]", "custom.", "phones[a", "emails[x].label"]
)
def test_mapping_to_a_field_that_does_not_exist(path: str) -> None:
    with pytest.raises(InvalidMapping):
        ColumnMapping(header=("A",), targets=(path,))


def test_mapping_is_kept_as_json() -> None:
    mapping = suggest_mapping(["First Name", "E-mail 1 - Value", "Home Street"])
    assert msgspec.json.decode(msgspec.json.encode(mapping), type=ColumnMapping) == mapping


def test_thunderbird_export() -> None:
    found = list(read_drafts("export.csv", shared("csv/thunderbird/export.csv").read_bytes()))
    one, two = (item for item in found if isinstance(item, ContactDraft))
    assert (one.content.display_name, one.content.name) == (
        "contact number one",
        StructuredName(given="contact", family="one"),
    )
    assert one.content.note == "E-mail: contact1@invalid"
    assert two.content.job_title == '"worker"'
    assert two.content.note == (
        "here's some unicode text…\n\nCustom 1: custom, 1\nCustom 2: custom\t2\nCustom 3: custom3\nCustom 4: custom\n4\n"
        "E-mail: contact2@invalid"
    )


def test_splink_table() -> None:
    found = [
        item
        for item in read_drafts("x.csv", shared("dedup/splink/fake_1000.csv").read_bytes())
        if isinstance(item, ContactDraft)
    ]
    assert len(found) == 1_000
    assert found[2].source_row == 4
    assert found[2].content.name == StructuredName(given="Rob", family="Allen")
    assert found[2].content.emails == [EmailAddress(address="roberta25@smith.net")]
    assert found[2].content.birthday == Birthday(year=1971, month=6, day=24)
    assert found[2].content.addresses == [PostalAddress(locality="London")]
    assert found[2].content.note == "unique_id: 2\ncluster: 0"


def test_febrl_table() -> None:
    found = [
        item
        for item in read_drafts("x.csv", shared("dedup/febrl/dataset1.csv").read_bytes())
        if isinstance(item, ContactDraft)
    ]
    assert len(found) == 1_000
    assert found[0].content.addresses == [
        PostalAddress(street="6 tullaroop street\nwillaroo", locality="st james", region="wa", postal_code="4011")
    ]
    assert found[0].content.birthday == Birthday(year=1908, month=12, day=9)
    assert found[0].content.note == "rec_id: rec-223-org\nsoc_sec_id: 6988048"


def test_file_format_is_told_by_the_content() -> None:
    files = (
        ("contacts.csv", b"\xef\xbb\xbfBEGIN:VCARD\nFN:Ada\nEND:VCARD"),
        ("contacts.vcf", b"nothing"),
        ("contacts.txt", b"Name,E-mail\n"),
        ("contacts.txt", "begin:vcard\n".encode("utf-16")),
    )
    assert [importer_of({"vcard": VCARD}, *file) for file in files] == [VCARD, VCARD, None, VCARD]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_cell_in_any_column_gives_a_valid_draft(data: st.DataObject) -> None:
    header = data.draw(
        st.sampled_from([known_headers()["outlook_desktop"], known_headers()["google_contacts_2024+"]])
    ).split(",")
    mapping = suggest_mapping(header)
    row = tuple(data.draw(st.lists(st.text(max_size=15) | st.just("x" * 600), max_size=len(header) + 2)))
    found = apply_mapping(mapping, CSVRow(2, row, ""), "GB")
    if isinstance(found, ContactDraft):
        assert validate_content(found.content) == found.content
    else:
        assert found.reason == "empty row"


def test_sample_of_the_table_is_enough_for_a_preview() -> None:
    table = open_table(shared("dedup/splink/fake_1000.csv").read_bytes())
    assert (table.charset, table.delimiter, len(table.sample)) == ("utf-8", ",", 99)

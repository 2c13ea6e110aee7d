"""Real cards of real programs: every card is found, with its names, numbers and addresses."""

from __future__ import annotations

import pytest

from confida_core.contacts.content import Birthday, ContactContent, ContactKind, PostalAddress, StructuredName
from confida_core.exchange.draft import ContactDraft
from confida_core.exchange.vcard.reader import read_vcards
from tests.shared_data import shared


def drafts(name: str, region: str = "US") -> list[ContactDraft]:
    found = list(read_vcards(shared(f"vcard/ez-vcard/{name}").read_bytes(), region))
    assert [item for item in found if not isinstance(item, ContactDraft)] == []
    return [item for item in found if isinstance(item, ContactDraft)]


def emails(content: ContactContent) -> list[tuple[str, str]]:
    return [(email.address, email.label) for email in content.emails]


def phones(content: ContactContent) -> list[tuple[str, str]]:
    return [(phone.number, phone.label) for phone in content.phones]


def links(content: ContactContent) -> list[tuple[str, str]]:
    return [(link.url, link.label) for link in content.links]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "John_Doe_ANDROID.vcf",
            ["john.doe@company.com", "jane.doe@company.com", "Ñ Ñ Ñ Ñ Ñ", " ".join("Ñ" * 11), "Ñ Ñ Ñ Ñ", "ÑÑÑÑ"],
        ),
        ("John_Doe_IPHONE.vcf", ["Mr. John Richter James Doe Sr."]),
        ("fullcontact.vcf", ["Prefix FirstName MiddleName LastName Suffix"]),
        ("gmail-list.vcf", ["Arnold Smith", "Chris Beatle", "Doug White"]),
        ("gmail-single.vcf", ["Greg Dartmouth"]),
        ("outlook-2007.vcf", ["Mr. Michael Angstadt Jr."]),
        ("rfc2426-example.vcf", ["Frank Dawson", "Tim Howes"]),
        ("rfc6350-example.vcf", ["Simon Perreault"]),
    ],
)
def test_every_card_of_the_corpus_is_found(name: str, shown: list[str]) -> None:
    found = drafts(name)
    assert [draft.content.display_name for draft in found] == shown
    assert {draft.kind for draft in found} == {ContactKind.PERSON}
    assert [draft.source_row for draft in found] == list(range(1, len(shown) + 1))


def test_android_card_in_quoted_printable() -> None:
    _, _, third, fourth, fifth, sixth = (draft.content for draft in drafts("John_Doe_ANDROID.vcf"))
    assert third.name == StructuredName(family="Ñ Ñ Ñ Ñ")
    assert phones(fourth) == [("123456", "mobile"), ("234567", "home"), ("3456789", "mobile"), ("45678901", "home")]
    assert fourth.note == "Ñ Ñ Ñ Ñ Ñ Ñ Ñ ÑÑ Ñ Ñ Ñ Ñ Ñ Ñ ÑÑ Ñ Ñ Ñ Ñ"
    assert fifth.name == StructuredName(family="Ñ Ñ", given="Ñ Ñ Ñ")
    assert emails(fifth) == [("bob@company.com", "work")]
    assert phones(fifth) == [("123456", "mobile"), ("123456", "work"), ("123456", "work fax")]
    assert links(fifth) == [("https://www.company.com", ""), ("http://www.company.com", "")]
    assert fifth.organisation == "Ñ" * 12
    assert fifth.note == "E-mail: " + "Ñ" * 14
    assert (emails(sixth), phones(sixth)) == ([("henry@company.com", "")], [("55556666", "mobile")])
    assert [draft.content.tags for draft in drafts("John_Doe_ANDROID.vcf")] == [["My Contacts"]] * 4 + [
        [],
        ["My Contacts"],
    ]


def test_android_card_with_a_photo_that_was_cut_off() -> None:
    fifth = drafts("John_Doe_ANDROID.vcf")[4]
    assert fifth.picture is not None
    assert (fifth.picture[:3], fifth.picture_type) == (b"\xff\xd8\xff", "image/jpeg")


def test_iphone_card() -> None:
    draft = drafts("John_Doe_IPHONE.vcf")[0]
    content = draft.content
    assert content.name == StructuredName(
        prefix="Mr.", given="John", additional="Richter James", family="Doe", suffix="Sr."
    )
    assert (content.nickname, content.organisation, content.department) == ("Johny", "IBM", "Accounting")
    assert content.job_title == "Money Counter"
    assert emails(content) == [("john.doe@ibm.com", "")]
    assert phones(content) == [
        ("+19055551234", "mobile"),
        ("+19056661234", "home"),
        ("+19057771234", "work"),
        ("+19058881234", "home fax"),
        ("+19059991234", "work fax"),
        ("905-111-1234", "pager"),
        ("+19052221234", "Assistant phone"),
    ]
    assert content.addresses == [
        PostalAddress(
            label="home",
            street="Silicon Alley 5,",
            locality="New York",
            region="New York",
            postal_code="12345",
            country="US",
        ),
        PostalAddress(
            label="work", street="Street4\nBuilding 6\nFloor 8", locality="New York", postal_code="12345", country="US"
        ),
    ]
    assert links(content) == [("http://www.ibm.com", "Home page")]
    assert content.birthday == Birthday(year=2012, month=6, day=6)
    assert draft.picture is not None
    assert (len(draft.picture), draft.picture[:3], draft.picture[-2:]) == (32_531, b"\xff\xd8\xff", b"\xff\xd9")


def test_fullcontact_card_keeps_what_has_no_field() -> None:
    draft = drafts("fullcontact.vcf")[0]
    content = draft.content
    assert emails(content) == [
        ("home@example.com", "home"),
        ("work@example.com", "work"),
        ("school@example.com", "school"),
        ("other@example.com", "other"),
        ("custom@example.com", "customtype"),
    ]
    assert [phone.number for phone in content.phones] == [f"555-555-111{last}" for last in range(1, 10)]
    assert [phone.label for phone in content.phones] == [
        "home",
        "work",
        "mobile",
        "mobile",
        "",
        "home fax",
        "work fax",
        "",
        "",
    ]
    assert [address.label for address in content.addresses] == ["home", "work", "other", "customtype"]
    assert content.addresses[0].street == "HomeExtended\nHomeStreet"
    assert content.birthday == Birthday(year=2016, month=8, day=1)
    assert (content.organisation, content.department, content.job_title) == ("Organization1", "Department1", "Title1")
    assert content.tags == ["Tag"]
    assert content.note.startswith("Notes line 1\nNotes line 2\n\nPhoto: https://")
    kept = dict(draft.unmapped)
    assert kept["Organisation"] == "Organization2, Department2"
    assert kept["Job title"] == "Title2"
    assert kept["IMPP (Skype)"] == "skype:skype"
    assert all(f"{label}: {value}" in content.note for label, value in draft.unmapped)
    assert draft.picture is None


def test_gmail_card_with_labels_of_its_own() -> None:
    content = drafts("gmail-single.vcf")[0].content
    assert phones(content) == [("555 555 1111", "mobile"), ("555 555 2222", "GRAND_CENTRAL")]
    assert [address.label for address in content.addresses] == ["home", "CustomAdrType"]
    assert content.addresses[0].street == "123 Home St\nHome City, HM 12345"
    assert links(content) == [("http://TheProfile.com", "PROFILE")]
    assert content.birthday == Birthday(year=1960, month=9, day=10)
    assert content.note.splitlines() == [
        "This is GMail's note field.",
        "It should be added as a NOTE type.",
        "ACustomField: CustomField",
        "",
        "Phonetic first name: Grregg",
        "Phonetic last name: Dart-mowth",
        "ICQ: 123456789",
        "Anniversary: 1970-06-02",
        "Spouse: MySpouse",
        "CustomRelationship: MyCustom",
    ]


def test_outlook_card_of_version_2_1() -> None:
    draft = drafts("outlook-2007.vcf")[0]
    content = draft.content
    assert content.name == StructuredName(prefix="Mr.", given="Michael", family="Angstadt", suffix="Jr.")
    assert emails(content) == [("mike.angstadt@gmail.com", "")]
    assert phones(content) == [
        ("(111) 555-1111", "work"),
        ("(111) 555-2222", "home"),
        ("(111) 555-4444", "mobile"),
        ("(111) 555-3333", "work fax"),
    ]
    assert content.addresses == [
        PostalAddress(
            label="work",
            street="TheOffice\n222 Broadway",
            locality="New York",
            region="NY",
            postal_code="99999",
            country="US",
        )
    ]
    assert content.birthday == Birthday(year=1922, month=3, day=10)
    assert content.note.splitlines()[1:4] == [
        "I assume it encodes this text inside a NOTE vCard type.",
        "But I'm not sure because there's text formatting going on here.",
        "It does not preserve the formatting",
    ]
    assert dict(draft.unmapped)["Manager"] == "TheManagerName"
    assert "KEY (x509) is an embedded file and was left out." in draft.warnings
    assert draft.picture is not None
    assert len(draft.picture) == 2_324


def test_examples_of_the_standards() -> None:
    frank, tim = (draft.content for draft in drafts("rfc2426-example.vcf", ""))
    assert emails(frank) == [("Frank_Dawson@lotus.com", ""), ("fdawson@earthlink.net", "")]
    assert phones(frank) == [("+19196769515", "work"), ("+19196769564", "work fax")]
    assert (tim.organisation, tim.addresses[0].postal_code) == ("Netscape Communications Corp.", "94043")
    simon = drafts("rfc6350-example.vcf", "")[0].content
    assert simon.name == StructuredName(family="Perreault", given="Simon", suffix="ing. jr, M.Sc.")
    assert simon.birthday == Birthday(month=2, day=3)
    assert simon.language == "fr"
    assert phones(simon) == [("+14186569254;ext=102", "work"), ("+14182626501", "work mobile")]
    assert simon.addresses[0].country == "CA"

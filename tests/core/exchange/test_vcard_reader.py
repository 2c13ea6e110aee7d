"""Cards as they should not be: each is read as far as it can be, and harms no other."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.contacts.content import Birthday, ContactContent, ContactKind, StructuredName
from confida_core.contacts.validation import validate_content
from confida_core.exchange.draft import ContactDraft, RowError
from confida_core.exchange.vcard.cards import MOST_PROPERTIES
from confida_core.exchange.vcard.reader import read_vcards
from tests.shared_data import shared


def card(*lines: str, version: str = "3.0") -> bytes:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


def one(data: bytes, region: str = "GB") -> ContactDraft:
    (found,) = read_vcards(data, region)
    assert isinstance(found, ContactDraft)
    return found


def content(*lines: str, version: str = "3.0") -> ContactContent:
    return one(card(*lines, version=version)).content


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_charsets_of_the_whole_file(charset: str) -> None:
    data = card("FN:Zoë Παράδειγμα").decode().encode(charset)
    assert one(data).content.display_name == "Zoë Παράδειγμα"


def test_charset_of_one_property() -> None:
    data = card("FN;CHARSET=ISO-8859-7:@", "NICKNAME;CHARSET=SHIFT_JIS:#", "N:~;Zo", version="2.1")
    data = data.replace(b"@", "Αλφα".encode("iso8859-7")).replace(b"#", "花子".encode("shift_jis"))
    found = one(data.replace(b"~", "Müller".encode("cp1252"))).content
    assert (found.display_name, found.nickname, found.name.family) == ("Αλφα", "花子", "Müller")


@pytest.mark.parametrize("charset", ["zlib", "unicode_escape", "punycode", "no-such-charset", "utf-7", "rot13"])
def test_charset_that_is_none_falls_back(charset: str) -> None:
    assert content(f"FN;CHARSET={charset}:Zoë").display_name == "Zoë"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\r\n\r\n"])
def test_line_ends(end: str) -> None:
    data = card("FN:Ada Example", "TEL:020 7946 0018").replace(b"\r\n", end.encode())
    assert [phone.number for phone in one(data).content.phones] == ["+442079460018"]


def test_folding_splits_characters_and_lines_without_sign() -> None:
    name = "Zoë".encode()
    data = card("FN:@", "NOTE:first", "second: not a property", "third", "TITLE:Chair")
    data = data.replace(b"@", name[:3] + b"\r\n " + name[3:] + b" Ex\r\n\tample")
    found = one(data).content
    assert found.display_name == "Zoë Example"
    assert (found.note, found.job_title) == ("first\nsecond: not a property\nthird", "Chair")


def test_broken_card_harms_no_other() -> None:
    data = card("FN:Ada") + b"BEGIN:VCARD\r\n\r\nEND:VCARD\r\n" + b"\xff\xfe\x00 rubbish\r\n" + card("FN:Mats")
    ada, empty, rubbish, mats = read_vcards(data)
    assert isinstance(ada, ContactDraft)
    assert isinstance(mats, ContactDraft)
    assert (ada.content.display_name, mats.content.display_name) == ("Ada", "Mats")
    assert empty == RowError(row=2, source_text="BEGIN:VCARD\n\nEND:VCARD", reason="The card is empty.")
    assert isinstance(rubbish, RowError)
    assert (rubbish.row, rubbish.reason) == (3, "This text stands outside any card.")
    assert (ada.source_row, mats.source_row) == (1, 4)


def test_missing_end_ends_at_the_next_card() -> None:
    found = list(read_vcards(b"BEGIN:VCARD\nFN:Ada\nBEGIN:VCARD\nFN:Mats\nEND:VCARD\nBEGIN:VCARD\nFN:Zoe"))
    assert [item.content.display_name for item in found if isinstance(item, ContactDraft)] == ["Ada", "Mats", "Zoe"]
    assert [item.warnings for item in found if isinstance(item, ContactDraft)] == [
        ("The end of the card was missing.",),
        (),
        ("The end of the card was missing.",),
    ]


@pytest.mark.parametrize("first", ["AGENT:\r\nBEGIN:VCARD", "AGENT:BEGIN:VCARD"])
def test_agent_inside_a_card_of_version_2_1(first: str) -> None:
    found = content("FN:Olga", first, "VERSION:2.1", "FN:Mats", "TEL:123", "END:VCARD", "TITLE:Chair", version="2.1")
    assert (found.display_name, found.job_title) == ("Olga", "Chair")
    assert found.note == "Agent: FN Mats; TEL 123"


def test_agent_inside_a_card_of_version_3_0() -> None:
    found = content("FN:Olga", r"AGENT:BEGIN:VCARD\nFN:Mats\nTEL:123\nEND:VCARD\n")
    assert found.display_name == "Olga"
    assert "Agent: FN Mats; TEL 123" in found.note


@pytest.mark.parametrize(
    ("written", "birthday"),
    [
        ("BDAY:19850412", Birthday(year=1985, month=4, day=12)),
        ("BDAY:1985-04-12", Birthday(year=1985, month=4, day=12)),
        ("BDAY;VALUE=date-time:1985-04-12T10:22:00Z", Birthday(year=1985, month=4, day=12)),
        ("BDAY:19850412T102200", Birthday(year=1985, month=4, day=12)),
        ("BDAY:--0412", Birthday(month=4, day=12)),
        ("BDAY:--04-12", Birthday(month=4, day=12)),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", Birthday(month=2, day=29)),
        ("BDAY:1985-02-30", None),
        ("BDAY:1985", None),
        ("BDAY;VALUE=text:circa 1800", None),
    ],
)
def test_birthday_forms(written: str, birthday: Birthday | None) -> None:
    found = content("FN:Ada", written)
    assert found.birthday == birthday
    assert found.note == ("" if birthday else f"Birthday: {written.partition(':')[2]}")


def test_names_by_escapes_and_lists() -> None:
    found = content(r"N:Ex\;ample\, van;Ada,Bea;Cy\\n;Dr.;", r"NOTE:a\nb\Nc\,d\;e\\n", "NICKNAME:Ad,Adda")
    assert found.name == StructuredName(family="Ex;ample, van", given="Ada Bea", additional="Cy\\n", prefix="Dr.")
    assert (found.note, found.nickname) == ("a\nb\nc,d;e\\n", "Ad, Adda")


def test_kinds_of_organisation() -> None:
    for lines in (("KIND:org", "FN:Club"), ("FN:Club", "ORG:Club"), ("X-ABShowAs:COMPANY", "ORG:Club"), ("ORG:Club;",)):
        found = one(card(*lines))
        assert (found.kind, found.content.display_name, found.content.organisation) == (
            ContactKind.ORGANISATION,
            "Club",
            "",
        )
    assert one(card("N:Example;Ada", "ORG:Club")).kind is ContactKind.PERSON


def test_group_with_members() -> None:
    found = one(card("KIND:group", "FN:Board", "UID:urn:uuid:1", "MEMBER:urn:uuid:2", "MEMBER:mailto:ada@example.org"))
    assert (found.uid, found.memberships) == ("urn:uuid:1", ("urn:uuid:2", "mailto:ada@example.org"))
    assert found.content.display_name == "Board"


def test_preferred_number_stands_first() -> None:
    found = content("FN:Ada", "TEL:+44 20 7946 0001", "TEL;TYPE=pref:+44 20 7946 0002", "TEL;PREF=2:+44 20 7946 0003")
    assert [phone.number[-1] for phone in found.phones] == ["2", "3", "1"]


def test_photo_forms() -> None:
    picture = b"\x89PNG" + bytes(range(200))
    packed = base64.b64encode(picture).decode()
    for line in (
        f"PHOTO;ENCODING=b;TYPE=PNG:{packed}",
        f"PHOTO;BASE64;PNG:{packed}",
        f"PHOTO:data:image/png;base64,{packed}",
    ):
        found = one(card("FN:Ada", line))
        assert (found.picture, found.picture_type, found.content.note) == (picture, "image/png", "")
    broken = one(card("FN:Ada", "PHOTO;ENCODING=b:!!not base64!!"))
    assert (broken.picture, len(broken.warnings)) == (None, 1)


def test_text_too_long_stands_in_full_in_the_note() -> None:
    found = one(card(f"FN:{'x' * 300}", "TEL:" + "1" * 100, "NOTE:" + "n" * 25_000))
    assert found.content.display_name == "x" * 199 + "…"
    assert found.content.phones == []
    assert ("Name", "x" * 300) in found.unmapped
    assert ("Phone", "1" * 100) in found.unmapped
    assert found.content.note + found.note_rest.replace("\n", "") == "n" * 25_000 + found.note_rest[5_000:].replace(
        "\n", ""
    )


def test_card_with_too_many_properties_is_an_error() -> None:
    found = list(read_vcards(card("FN:Ada", *["X-A:b"] * MOST_PROPERTIES) + card("FN:Mats")))
    assert [type(item) for item in found] == [RowError, ContactDraft]


def test_control_characters_and_nul_are_removed() -> None:
    found = one(card("FN:A\x00d\x07a", "NOTE:x\x00y"))
    assert (found.content.display_name, found.content.note) == ("Ada", "xy")
    assert "Characters that cannot be stored were removed or replaced." in found.warnings


CORPUS = ["John_Doe_ANDROID.vcf", "fullcontact.vcf", "gmail-single.vcf", "outlook-2007.vcf", "rfc6350-example.vcf"]


def check_all(data: bytes) -> None:
    rows = []
    for item in read_vcards(data, "GB"):
        rows.append(item.source_row if isinstance(item, ContactDraft) else item.row)
        if isinstance(item, ContactDraft):
            assert validate_content(item.content) == item.content
    assert rows == list(range(1, len(rows) + 1))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    check_all(data)
    check_all(b"BEGIN:VCARD\n" + data + b"\nEND:VCARD\n")


LINE = st.one_of(
    st.builds(
        "{}{}:{}".format,
        st.sampled_from(
            [
                "N",
                "FN",
                "ADR",
                "ORG",
                "TEL",
                "EMAIL",
                "URL",
                "BDAY",
                "NOTE",
                "CATEGORIES",
                "PHOTO",
                "AGENT",
                "LABEL",
                "KIND",
                "UID",
                "X-A",
                "item1.TEL",
                "X-CONFIDA-CUSTOM",
            ]
        ),
        st.sampled_from(
            ["", ";TYPE=work", ";ENCODING=QUOTED-PRINTABLE", ";ENCODING=b", ";CHARSET=utf-16", ';X="', ";PREF=1"]
        ),
        st.text(max_size=40),
    ),
    st.sampled_from(["BEGIN:VCARD", "END:VCARD", "AGENT:", "VERSION:2.1", " folded", "=", "item1.X-ABLabel:own"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE, max_size=12))
def test_any_lines_are_read_without_an_exception(lines: list[str]) -> None:
    check_all(("BEGIN:VCARD\n" + "\n".join(lines) + "\nEND:VCARD").encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_real_cards_are_read_without_an_exception(data: st.DataObject) -> None:
    original = bytearray(shared(f"vcard/ez-vcard/{data.draw(st.sampled_from(CORPUS))}").read_bytes()[:8_000])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(original)))
        length = data.draw(st.integers(0, 30))
        original[place : place + length] = data.draw(st.binary(max_size=20))
    check_all(bytes(original))


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCARD\n" + b" " * 2_000_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\n" * 50_000,
        b"BEGIN:VCARD\nAGENT:\n" * 5_000,
        b"BEGIN:VCARD\nNOTE;" + b'"' * 1_000_000 + b":x\nEND:VCARD",
        b"BEGIN:VCARD\nNOTE:" + b"\\;" * 500_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\nN:" + b"\\," * 500_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:" + b"=\n" * 500_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\nTEL:" + b"1" * 1_000_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\nEMAIL:" + b"a." * 500_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\nCATEGORIES:" + b"a," * 100_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\nFN:x\n" + b"NOTE:y\n" * 1_900 + b"END:VCARD",
        b"\r" * 1_000_000,
    ],
    ids=lambda data: data[:30].decode(),
)
def test_time_grows_with_the_size_only(data: bytes) -> None:
    # No stopwatch: anything quadratic in these sizes would take minutes, and the suite would stand still.
    check_all(data)


def test_many_values_of_one_property_cost_no_more_than_their_number() -> None:
    """What does not fit goes to the note; comparing each with all before took hours for one card of 4 MB."""
    words = ",".join(f"word {number}" for number in range(100_000))
    started = time.process_time()
    [draft] = read_vcards(f"BEGIN:VCARD\r\nFN:Ada\r\nCATEGORIES:{words}\r\nEND:VCARD\r\n".encode())
    assert isinstance(draft, ContactDraft)
    assert (len(draft.content.tags), len(draft.unmapped)) == (200, 99_800)
    assert time.process_time() - started < 10

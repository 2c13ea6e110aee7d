"""What is written is vCard 4.0, and comes back as the same contact."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
)
from confida_core.exchange.draft import ContactDraft
from confida_core.exchange.vcard.reader import read_vcards
from confida_core.exchange.vcard.writer import write_vcard
from tests.core.exchange.any_contact import contacts

UID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
REV = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ADA = ContactContent(
    display_name="Ada, Example; \\ ",
    emails=[
        EmailAddress(address="ada@example.org", label="work"),
        EmailAddress(address="a@example.org", label="Own word"),
    ],
    phones=[PhoneNumber(number="+442079460018", label="work mobile")],
    addresses=[PostalAddress(label="home", street="1 Road\nFlat 2", locality="Leeds", country="GB")],
    birthday=Birthday(month=4, day=12),
    note="one\ntwo",
)


def test_write_vcard_of_every_property() -> None:
    assert write_vcard(ADA, ContactKind.PERSON, UID, REV).split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "UID:urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057",
        "REV:20260102T030405Z",
        "KIND:individual",
        r"FN:Ada\, Example\; \\ ",
        "EMAIL;PREF=1;TYPE=work:ada@example.org",
        "item2.EMAIL:a@example.org",
        "item2.X-ABLabel:Own word",
        "TEL;VALUE=uri;TYPE=work,cell:tel:+442079460018",
        r"ADR;CC=GB;TYPE=home:;;1 Road\nFlat 2;Leeds;;;United Kingdom",
        "BDAY:--0412",
        r"NOTE:one\ntwo",
        "END:VCARD",
        "",
    ]


@settings(max_examples=80, deadline=None)
@given(contacts())
def test_written_card_is_read_back_equal(contact: tuple[ContactKind, ContactContent]) -> None:
    kind, content = contact
    written = write_vcard(content, kind, UID, REV)
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75
    (draft,) = read_vcards(written.encode())
    assert isinstance(draft, ContactDraft)
    assert (draft.kind, draft.content, draft.uid) == (kind, content, UID.urn)
    assert (draft.unmapped, draft.warnings) == ((), ())


@pytest.mark.parametrize("size", [0, 1, 74, 75, 5_000])
def test_picture_is_read_back(size: int) -> None:
    picture = b"\xff\xd8\xff" + b"\x00" * size
    written = write_vcard(ADA, ContactKind.PERSON, UID, REV, picture=picture, picture_type="image/png")
    (draft,) = read_vcards(written.encode())
    assert isinstance(draft, ContactDraft)
    assert (draft.picture, draft.picture_type) == (picture, "image/png")

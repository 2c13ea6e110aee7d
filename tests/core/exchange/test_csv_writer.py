"""The export as a table: safe in a spreadsheet, and the same contacts when it comes back."""

from __future__ import annotations

import csv
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PhoneNumber
from confida_core.exchange.csv_writer import csv_header, write_csv
from confida_core.exchange.draft import ContactDraft
from confida_core.exchange.formula_guard import guarded, unguarded
from confida_core.exchange.reading import read_drafts
from tests.core.exchange.any_contact import contacts

UID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def cells_of(content: ContactContent) -> dict[str, str]:
    text = "".join(write_csv([(UID, ContactKind.PERSON, content)]))
    header, row = csv.reader(text.removeprefix("\ufeff").splitlines())
    return {name: cell for name, cell in zip(header, row, strict=True) if cell}


def test_formula_cells_are_guarded() -> None:
    content = ContactContent(
        display_name="=cmd|' /C calc'!A0",
        nickname="@SUM(A1)",
        organisation="-2+3",
        job_title="'t Hooft",
        phones=[PhoneNumber(number="+442079460018"), PhoneNumber(number="+44=1+2")],
    )
    assert cells_of(content) == {
        "Confida id": str(UID),
        "Kind": "person",
        "Display name": "'=cmd|' /C calc'!A0",
        "Nickname": "'@SUM(A1)",
        "Organisation": "'-2+3",
        "Job title": "''t Hooft",
        "Phone 1": "+442079460018",
        "Phone 2": "'+44=1+2",
    }


@given(st.text())
def test_guard_is_undone_exactly(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@given(st.text(st.sampled_from("=+-@\t\r\n '1a＝")))
def test_no_guarded_cell_begins_like_a_formula(cell: str) -> None:
    written = guarded(cell)
    assert written[:1] not in set("=-@\t\r\n＝")
    assert not written.startswith("+") or written[1:].isdigit()
    assert unguarded(written) == cell


@pytest.mark.parametrize(("cell", "plain"), [("'01234", "01234"), ("'t Hooft", "'t Hooft"), ("'=1", "=1"), ("", "")])
def test_apostrophes_of_other_programs(cell: str, plain: str) -> None:
    assert unguarded(cell) == plain


def test_columns_do_not_depend_on_the_contacts() -> None:
    header = csv_header(["colour"])
    assert len(header) == len(set(header)) == 50
    assert [name for name in header if name.startswith(("E-mail", "Custom"))] == [
        "E-mail 1",
        "E-mail 1 label",
        "E-mail 2",
        "E-mail 2 label",
        "E-mail 3",
        "E-mail 3 label",
        "Custom: colour",
    ]


def test_entries_without_a_column_stand_in_the_last_one() -> None:
    content = ContactContent(display_name="Ada", emails=[EmailAddress(address=f"a{n}@example.org") for n in range(4)])
    assert cells_of(content)["Confida more"] == '{"emails":[{"address":"a3@example.org"}]}'


@settings(max_examples=80, deadline=None)
@given(st.lists(contacts(), min_size=1, max_size=3), st.sampled_from([(), ("colour",), ("colour", "size", "is_new")]))
def test_export_is_read_back_equal(exported: list[tuple[ContactKind, ContactContent]], keys: tuple[str, ...]) -> None:
    text = "".join(write_csv(((UID, kind, content) for kind, content in exported), keys))
    found = list(read_drafts("export.csv", text.encode()))
    assert [item for item in found if not isinstance(item, ContactDraft)] == []
    drafts = [item for item in found if isinstance(item, ContactDraft)]
    assert [(draft.kind, draft.content) for draft in drafts] == exported
    assert {(draft.uid, draft.unmapped, draft.warnings) for draft in drafts} == {(str(UID), (), ())}


def test_tag_that_looks_like_a_group_of_google_is_read_back_equal() -> None:
    content = ContactContent(display_name="Ada", tags=["* family"])
    (draft,) = read_drafts("export.csv", "".join(write_csv([(UID, ContactKind.PERSON, content)])).encode())
    assert isinstance(draft, ContactDraft)
    assert draft.content == content

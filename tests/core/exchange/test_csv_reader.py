"""Tables as real programs write them, and as broken ones do."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.exchange.csv_reader import MOST_COLUMNS, CSVRow, CSVTable, open_table
from confida_core.exchange.draft import RowError, UnreadableFile

HEADER = "First Name,Last Name,E-mail Address,Notes\n"


def cells(table: CSVTable) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows() if isinstance(row, CSVRow)]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_charset_delimiter_and_line_end_are_found(charset: str, delimiter: str, end: str) -> None:
    text = "Vorname,Nachname,Ort\nZoë,Müller,Köln\nAda,Example,Genève\n".replace(",", delimiter).replace("\n", end)
    table = open_table(text.encode(charset))
    assert table.header == ("Vorname", "Nachname", "Ort")
    assert cells(table) == [("Zoë", "Müller", "Köln"), ("Ada", "Example", "Genève")]
    assert table.delimiter == delimiter


def test_cyrillic_of_windows_is_recognised() -> None:
    rows = "".join(f"Имя{n};Фамилия;город Москва;заметки о человеке\n" for n in range(30))
    table = open_table(("Имя;Фамилия;Город;Заметки\n" + rows).encode("cp1251"))
    assert cells(table)[0] == ("Имя0", "Фамилия", "город Москва", "заметки о человеке")


def test_polish_of_windows_is_recognised() -> None:
    table = open_table("Imię;Nazwisko\nŁucja;Wałęsa\nStanisław;Święty\nMichał;Źdźbło\n".encode("cp1250"))
    assert cells(table) == [("Łucja", "Wałęsa"), ("Stanisław", "Święty"), ("Michał", "Źdźbło")]


def test_mixed_charsets_are_read_line_by_line() -> None:
    data = "First Name,City\nZoë,Köln\nAda,Zürich\n".encode() + "Mats,Malmö\n".encode("cp1252")
    assert cells(open_table(data)) == [("Zoë", "Köln"), ("Ada", "Zürich"), ("Mats", "Malmö")]


def test_stated_charset_and_delimiter_override_the_guess() -> None:
    table = open_table("Name;X,Y\nÜber;1,2\n".encode("cp850"), charset="cp850", delimiter=",")
    assert (table.header, cells(table)) == (("Name;X", "Y"), [("Über;1", "2")])


def test_preamble_of_linkedin_is_skipped() -> None:
    preamble = 'Notes:\n"When exporting your connection data, you may notice, that ""some"" are missing.\nReally."\n\n'
    data = (
        preamble
        + "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nAda,Example,,,Club,Chair,12 Mar 2025\n"
    )
    table = open_table(data.encode())
    assert table.preamble[0] == "Notes:"
    assert len(table.preamble) == 2
    assert table.header[0] == "First Name"
    assert cells(table) == [("Ada", "Example", "", "", "Club", "Chair", "12 Mar 2025")]
    assert [row.number for row in table.rows() if isinstance(row, CSVRow)] == [5]


def test_separator_line_of_excel() -> None:
    table = open_table(b"sep=;\nFirst Name;Last Name\nAda;Example\n")
    assert (table.delimiter, table.header, cells(table)) == (";", ("First Name", "Last Name"), [("Ada", "Example")])


def test_table_without_header() -> None:
    table = open_table(b"Ada,ada@example.org,12\nMats,mats@example.org,13\n")
    assert (table.has_header, table.header) == (False, ("Column 1", "Column 2", "Column 3"))
    assert cells(table) == [("Ada", "ada@example.org", "12"), ("Mats", "mats@example.org", "13")]


def test_header_of_unknown_words() -> None:
    table = open_table(b"Wer,Wann,Warum\nAda,12,x\nMats,13,y\n")
    assert (table.has_header, table.header, len(cells(table))) == (True, ("Wer", "Wann", "Warum"), 2)


def test_embedded_line_breaks_and_quotes() -> None:
    data = HEADER + 'Ada,"Exa""mple",ada@example.org,"one\r\ntwo, three\n\nfour"\nMats,5" pipe,,x\n'
    assert cells(open_table(data.encode())) == [
        ("Ada", 'Exa"mple', "ada@example.org", "one\ntwo, three\n\nfour"),
        ("Mats", '5" pipe', "", "x"),
    ]


def test_unbalanced_quote_spoils_one_row_only() -> None:
    data = HEADER + 'Ada,"Example,ada@example.org,x\n' + "Mats,Example,mats@example.org,y\n" * 1_500
    rows = list(open_table(data.encode()).rows())
    assert rows[0] == RowError(
        row=2, source_text='Ada,"Example,ada@example.org,x', reason="A quotation mark is opened and never closed."
    )
    assert [row.number for row in rows if isinstance(row, CSVRow)] == list(range(3, 1_503))


def test_unbalanced_quotes_everywhere_take_linear_time() -> None:
    rows = list(open_table((HEADER + 'x","y\n' * 20_000).encode()).rows())
    assert len(rows) == 20_000


def test_nul_bytes_are_removed() -> None:
    assert cells(open_table((HEADER + "A\x00da,Example,,\n").encode())) == [("Ada", "Example", "", "")]


def test_huge_cell_is_an_error_of_its_row() -> None:
    data = HEADER + "Ada,Example,," + "x" * 200_000 + "\nMats,Example,,y\n"
    error, row = open_table(data.encode()).rows()
    assert isinstance(error, RowError)
    assert (error.reason, len(error.source_text)) == ("A cell holds more than 131,072 characters.", 20_000)
    assert isinstance(row, CSVRow)


def test_row_that_is_too_wide_is_an_error_of_its_row() -> None:
    data = HEADER + "," * 10_000 + "\nMats,Example,,y\n"
    error, row = open_table(data.encode()).rows()
    assert (isinstance(error, RowError), isinstance(row, CSVRow)) == (True, True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\n\n \n", "The file is empty."),
        (b"PK\x03\x04rest", "The file is an Excel or zip file. Save it as CSV (UTF-8) and choose that file."),
        (bytes(range(32)) * 20, "The file is no table of text."),
        (",".join(f"c{n}" for n in range(10_000)).encode(), f"The table has more than {MOST_COLUMNS:,} columns."),
    ],
)
def test_unreadable_file_says_why(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        open_table(data)
    assert str(caught.value) == message


def test_rows_are_read_again_from_the_beginning_and_from_a_file() -> None:
    table = open_table(io.BytesIO((HEADER + "Ada,Example,,\n").encode()))
    assert cells(table) == cells(table) == [("Ada", "Example", "", "")]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(st.sampled_from('ab,;"\n\r\t|é =\x00'), max_size=200).map(str.encode))
)
def test_any_bytes_are_a_table_or_unreadable(data: bytes) -> None:
    try:
        table = open_table(data)
    except UnreadableFile:
        return
    numbers = [row.number if isinstance(row, CSVRow) else row.row for row in table.rows()]
    assert numbers == sorted(set(numbers))
    assert all(table.header)

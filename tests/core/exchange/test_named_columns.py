"""Tables whose columns are known by name: whatever wrote them, row by row, and never without an end."""

from __future__ import annotations

import pytest

from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.named_columns import NamedRow, read_named_columns

NAMES = {"product": ("product", "gerät"), "place": ("place",)}
TEXT = "Gerät;Nummer;Place\r\nÖlofen;7; Küche \r\n;;\r\n\r\nBoiler;8\r\n"
ROWS = (NamedRow(2, {"product": "Ölofen", "place": "Küche"}), NamedRow(5, {"product": "Boiler", "place": ""}))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_table_is_read_whatever_wrote_it(charset: str) -> None:
    table = read_named_columns(TEXT.encode(charset), NAMES, 10)
    assert (set(table.columns), table.rows, table.errors) == ({"product", "place"}, ROWS, ())


def test_line_that_states_the_delimiter_is_no_row() -> None:
    assert read_named_columns(b"sep=;\nproduct;place\nBoiler;Attic\n", NAMES, 1).rows == (
        NamedRow(3, {"product": "Boiler", "place": "Attic"}),
    )


def test_row_that_cannot_be_read_is_named_and_harms_no_other() -> None:
    table = read_named_columns(b'product,place\n"Lost,Attic\nBoiler,Cellar\n', NAMES, 5)
    assert [row.values["product"] for row in table.rows] == ["Boiler"]
    assert [(one.row, one.reason) for one in table.errors] == [(2, "A quotation mark is opened and never closed.")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Between one and 2 rows"),
        (b"product,place\n", "Between one and 2 rows"),
        (b"product,place\n" + b"Boiler,Attic\n" * 3, "Between one and 2 rows"),
        (b"PK\x03\x04...", "Save it as CSV"),
    ],
)
def test_what_is_no_table_or_too_long_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        read_named_columns(content, NAMES, 2)

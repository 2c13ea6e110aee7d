"""Reads tables in text form as real programs export them: finds charset, delimiter and header by itself."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from confida_core.contacts.text import clean_line, storable
from confida_core.exchange.charsets import decoded, known_charset, to_utf8, wide_charset
from confida_core.exchange.csv_records import Record, split_records
from confida_core.exchange.draft import RowError, UnreadableFile, quoted
from confida_core.exchange.headers import is_known_header

LARGEST_FILE = 200 * 1024 * 1024
MOST_COLUMNS = 1_000
_DELIMITERS = (",", ";", "\t", "|")
_HEADER_WITHIN = 20
_SAMPLE_ROWS = 100
_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n|\Z)")
_SEPARATOR_LINE = re.compile(r"sep=([,;|:\t])\s*", re.IGNORECASE)
_DATA = re.compile(r"[^@\s]+@[^@\s]+\.\w+|[\d\s.:/+()-]*\d[\d\s.:/+()-]*|https?://.*", re.IGNORECASE)
_FORMATS = ((b"PK\x03\x04", "an Excel or zip file"), (b"\xd0\xcf\x11\xe0", "an old Excel file"), (b"%PDF", "a PDF"))
# What charset-normalizer may choose from: the sets in which address books are really exported.
_GUESSED = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "cp932", "gb18030")
_GUESSED_TOO = ("big5", "euc_kr", "euc_jp", "mac_roman", "cp850")


_WESTERN = re.compile("Latin|Supplement|Punctuation|Symbol|Spacing Modifier|Control")
# Polish and Slovak letters of cp1250 look in cp1252 like these signs in the middle of words ("Wa³êsa").
_SIGN_IN_A_WORD = re.compile(
    rb"(?<=[A-Za-z\xc0-\xff])[\xb9\xb3\xbf\xbe\xbb\x9f]|[\xa3\xaf\x8f\xbc](?=[A-Za-z\xc0-\xff])"
)
_CENTRAL_EUROPEAN = {"Polish", "Czech", "Hungarian", "Slovak", "Slovene", "Croatian", "Romanian"}


@dataclass(frozen=True, slots=True)
class CSVRow:
    """number: as a spreadsheet numbers rows, header included. text: the row as it stood in the file."""

    number: int
    cells: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class CSVTable:
    """A table that was understood; `rows()` reads it from the beginning each time it is called.

    charset: Python's name. preamble: texts above the header. header: one name per column, never empty
    ("Column 3" where the file has none). sample: the first rows, for the preview and for guessing.
    """

    charset: str
    delimiter: str
    preamble: tuple[str, ...]
    header: tuple[str, ...]
    has_header: bool
    sample: tuple[CSVRow, ...]
    _data: bytes = field(repr=False)
    _first_row: int = field(repr=False)

    def rows(self) -> Iterator[CSVRow | RowError]:
        """Every row below the header, in order; a row that cannot be read is an error and harms no other."""
        for record in split_records(_lines(self._data, self.charset), self.delimiter):
            if record.number >= self._first_row:
                yield _row(record)


def open_table(data: bytes | BinaryIO, *, charset: str = "", delimiter: str = "") -> CSVTable:
    """Finds out how the table is written; charset and delimiter override what would be guessed.

    Raises UnreadableFile for what is no table: empty, too large, binary, or with more than 1,000 columns.
    """
    content, charset, delimiter, stated = _understood(data, charset, delimiter)
    records = list(islice(split_records(_lines(content, charset), delimiter), _SAMPLE_ROWS))
    records = records[1:] if stated else records
    if not records:
        raise UnreadableFile("The file is empty.")
    place, has_header = _find_header(records)
    if len(records[place].cells) > MOST_COLUMNS:
        raise UnreadableFile(f"The table has more than {MOST_COLUMNS:,} columns.")
    rows = [_row(record) for record in records[place + has_header :]]
    return CSVTable(
        charset=charset,
        delimiter=delimiter,
        preamble=tuple(quoted(record.text) for record in records[:place]),
        header=_header(records[place].cells, has_header),
        has_header=has_header,
        sample=tuple(row for row in rows if isinstance(row, CSVRow)),
        _data=content,
        _first_row=records[place].number + has_header,
    )


def read_rows(data: bytes) -> Iterator[CSVRow | RowError]:
    """Every row, for whoever knows where the header stands; charset and delimiter are found out as for any table.

    A row that cannot be read is an error and harms no other. Raises UnreadableFile for what is no table of text.
    """
    content, charset, delimiter, stated = _understood(data)
    for record in islice(split_records(_lines(content, charset), delimiter), int(stated), None):
        yield _row(record)


def _understood(data: bytes | BinaryIO, charset: str = "", delimiter: str = "") -> tuple[bytes, str, str, bool]:
    """(the data, in UTF-8 if they were in a wider charset; charset; delimiter; whether the first line states the delimiter)."""
    content = read_whole(data)
    _refuse_other_formats(content)
    wide = wide_charset(content)
    content = to_utf8(content)
    charset = known_charset(charset) or ("utf-8" if wide else _guess_charset(content))
    stated = _SEPARATOR_LINE.fullmatch(next(_lines(content, charset), ""))
    delimiter = delimiter if delimiter in {*_DELIMITERS, ":"} else ""
    delimiter = delimiter or (stated[1] if stated else _guess_delimiter(content, charset))
    return content, charset, delimiter, stated is not None


def read_whole(data: bytes | BinaryIO) -> bytes:
    """The bytes of a file; raises UnreadableFile if it is larger than 200 MB."""
    content = data if isinstance(data, bytes) else data.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise UnreadableFile("The file is larger than 200 MB.")
    return content


def _refuse_other_formats(content: bytes) -> None:
    for mark, name in _FORMATS:
        if content.startswith(mark):
            raise UnreadableFile(f"The file is {name}. Save it as CSV (UTF-8) and choose that file.")
    if wide_charset(content):
        return
    head = content[:8_192]
    controls = len(head) - len(head.translate(None, bytes(range(9)) + bytes(range(14, 32))))
    if controls * 10 > len(head):
        raise UnreadableFile("The file is no table of text.")


def _lines(content: bytes, charset: str) -> Iterator[str]:
    """Physical lines, each ending with "\\n"; in UTF-8 a damaged line is read as Windows' Western charset."""
    for found in _LINE.finditer(content):
        raw = found[0]
        if not raw:
            continue
        try:
            text = raw.decode(charset)
        except UnicodeError:
            text = decoded(raw, "cp1252" if charset == "utf-8" else charset)[0]
        yield text.rstrip("\r\n").replace("\x00", "") + "\n"


def _guess_charset(content: bytes) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), 1 << 20):
            decoder.decode(content[start : start + (1 << 20)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _guess_eight_bit(content)
    return "utf-8"


def _guess_eight_bit(content: bytes) -> str:
    """Not UTF-8 throughout: either mixed, then most special lines still are, or an older charset."""
    special = [line for line in content[: 1 << 20].splitlines() if not line.isascii()][:2_000]
    valid = sum(_is_utf8(line) for line in special)
    if not special or valid * 2 > len(special):
        return "utf-8"
    from charset_normalizer import from_bytes

    text = b"\n".join(special)[:50_000]
    letters = len(text) - len(text.translate(None, bytes(range(0x80, 0x100))))
    if len(_SIGN_IN_A_WORD.findall(text)) * 5 > letters:
        return "cp1250"
    best = from_bytes(text, cp_isolation=[*_GUESSED, *_GUESSED_TOO]).best()
    if best is None:
        return "cp1252"
    # A few Western names look like several charsets; only another alphabet, or much text in a language of
    # Central Europe, speaks against Windows' own.
    western = all(_WESTERN.search(name) for name in best.alphabets)
    central = best.language in _CENTRAL_EUROPEAN and len(text) > 300
    return "cp1252" if western and not central else best.encoding


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess_delimiter(content: bytes, charset: str) -> str:
    def fitness(delimiter: str) -> tuple[int, float, int]:
        records = islice(split_records(_lines(content, charset), delimiter), _SAMPLE_ROWS)
        read = [record.cells for record in records if not record.problem]
        widths = Counter(len(cells) for cells in read)
        width, often = widths.most_common(1)[0] if widths else (1, 0)
        known = max((_known(cells) for cells in read[:_HEADER_WITHIN]), default=0)
        return (known if known > 1 else 0, often / len(read) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=fitness)


def _find_header(records: list[Record]) -> tuple[int, bool]:
    """(place of the header, or of the first row, among the records; whether it is a header)."""
    known = [_known(record.cells) for record in records[:_HEADER_WITHIN]]
    best = known.index(max(known))
    if known[best] > 1 or (known[best] == 1 and len(records[best].cells) <= 2):
        return best, True
    widths = Counter(len(record.cells) for record in records)
    usual = widths.most_common(1)[0][0]
    first = next(place for place, record in enumerate(records) if len(record.cells) == usual)
    cells = [cell.strip() for cell in records[first].cells]
    named = [cell for cell in cells if cell]
    is_header = len(set(named)) == len(named) > len(cells) // 2 and not any(
        _DATA.fullmatch(cell[:100]) for cell in named
    )
    return first, is_header and len(records) > first + 1 and len(cells) > 1


def _known(cells: tuple[str, ...]) -> int:
    return sum(is_known_header(cell) for cell in cells[:MOST_COLUMNS])


def _header(cells: tuple[str, ...], has_header: bool) -> tuple[str, ...]:
    names = [clean_line(storable(cell))[:200] if has_header else "" for cell in cells]
    return tuple(name or f"Column {number}" for number, name in enumerate(names, start=1))


def _row(record: Record) -> CSVRow | RowError:
    if record.problem:
        return RowError(row=record.number, source_text=quoted(record.text), reason=record.problem)
    if len(record.cells) > MOST_COLUMNS:
        reason = f"The row has more than {MOST_COLUMNS:,} cells."
        return RowError(row=record.number, source_text=quoted(record.text), reason=reason)
    return CSVRow(record.number, record.cells, record.text)

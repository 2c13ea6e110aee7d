"""What banks hand out: CSV tables and CAMT.053 files, read into entries. Nothing of a file is kept."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from confida_core.api import (
    LARGEST_AMOUNT,
    InvalidAmount,
    InvalidContent,
    from_decimal,
    minor_digits,
)

MOST_ENTRIES = 500
LONGEST_TEXT = 400
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y")
COLUMNS = {
    "on": {"date", "booking date", "value date", "buchungstag", "buchungsdatum", "datum", "valuta", "wertstellung"},
    "amount": {"amount", "betrag", "umsatz", "value", "credit"},
    "currency": {"currency", "währung", "waehrung"},
}
UNREADABLE = "This is neither a table with columns for date and amount, nor a CAMT.053 file."


@dataclass(frozen=True, kw_only=True, slots=True)
class BankEntry:
    """Money that came in. amount: minor units. text: everything else that stood there, for finding the invoice."""

    on: date
    amount: int
    currency: str
    text: str


def read_bank_file(data: bytes, currency: str) -> list[BankEntry]:
    """What came in, in the order of the file; what went out is left out. currency: where the file names none.

    Raises InvalidContent (`file`) for what is neither kind, or holds too much.
    """
    found = list(camt_entries(data) if data.lstrip()[:1] == b"<" else csv_entries(data, currency))
    if len(found) > MOST_ENTRIES:
        raise InvalidContent({"file": f"At most {MOST_ENTRIES} entries at once, please."})
    return found


def csv_entries(data: bytes, currency: str) -> Iterable[BankEntry]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    rows = list(csv.reader(io.StringIO(text), delimiter=max(";,\t", key=text[:2_000].count)))
    head, columns = head_of(rows)
    for row in rows[head + 1 :]:
        if len(row) <= max(columns.values()):
            continue
        known = row[columns["currency"]].strip().upper() if "currency" in columns else ""
        others = [cell for at, cell in enumerate(row) if at not in columns.values()]
        entry = entry_of(row[columns["on"]], plain_decimal(row[columns["amount"]]), known or currency, " ".join(others))
        if entry is not None:
            yield entry


def head_of(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The first line that names the columns we need; banks write their own address above it."""
    for place, row in enumerate(rows[:30]):
        names = [cell.strip().lower() for cell in row]
        found = {
            key: next(at for at, name in enumerate(names) if name in known)
            for key, known in COLUMNS.items()
            if known & set(names)
        }
        if {"on", "amount"} <= set(found):
            return place, found
    raise InvalidContent({"file": UNREADABLE})


def plain_decimal(text: str) -> str:
    """`1.234,50` and `1,234.50` as `1234.50`: the sign that stands last is the point."""
    text = re.sub(r"[^0-9,.+-]", "", text)
    point = max(text.rfind(","), text.rfind("."))
    if point < 0 or (len(text) - point - 1 == 3 and text.count(text[point]) > 1):
        return re.sub("[,.]", "", text)
    return re.sub("[,.]", "", text[:point]) + "." + text[point + 1 :]


def camt_entries(data: bytes) -> Iterable[BankEntry]:
    # Entities are how a small file becomes an endless one, and no bank declares any.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise InvalidContent({"file": UNREADABLE})
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 -- Nothing but entities is dangerous in it, and there are none.
    except ElementTree.ParseError:
        raise InvalidContent({"file": UNREADABLE}) from None
    for entry in root.iterfind(".//{*}Ntry"):
        amount, day = entry.find("{*}Amt"), entry.find("{*}BookgDt")
        if amount is None or day is None or entry.findtext("{*}CdtDbtInd") != "CRDT":
            continue
        said = [
            part.text.strip()
            for name in ("EndToEndId", "Ustrd", "Ref", "Nm")
            for part in entry.iterfind(f".//{{*}}{name}")
            if part.text
        ]
        found = entry_of("".join(day.itertext()).strip()[:10], amount.text or "", amount.get("Ccy", ""), " ".join(said))
        if found is not None:
            yield found


def entry_of(day: str, amount: str, currency: str, text: str) -> BankEntry | None:
    """None for what is no entry, went out, or is in no currency."""
    on = next((known for form in DAYS if (known := day_of(day.strip(), form))), None)
    try:
        minor_digits(currency)
        minor = from_decimal(Decimal(amount), currency)
    except (InvalidAmount, InvalidOperation, ValueError, OverflowError):
        return None
    if on is None or not 0 < minor <= LARGEST_AMOUNT:
        return None
    return BankEntry(on=on, amount=minor, currency=currency, text=" ".join(text.split())[:LONGEST_TEXT])


def day_of(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 -- A day, and no moment.
    except ValueError:
        return None

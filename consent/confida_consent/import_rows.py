"""The rows of a file of consents: which columns it has, and what each row says, before anybody is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.vocabulary import Kind
from confida_core.contacts.channels import normal_email
from confida_core.exchange.csv_reader import CSVRow, CSVTable, open_table
from confida_core.exchange.draft import RowError, UnreadableFile

NAMES: Mapping[str, frozenset[str]] = {
    "contact": frozenset({"contact", "contact id", "confida id", "id", "kontakt"}),
    "email": frozenset({"email", "e-mail", "mail", "e-mail address", "email address"}),
    "purpose": frozenset({"purpose", "zweck"}),
    "channel": frozenset({"channel", "kanal", "weg"}),
    "state": frozenset({"state", "status", "consent"}),
    "date": frozenset({"date", "consent date", "datum"}),
    "source": frozenset({"source", "quelle", "origin"}),
    "text": frozenset({"text", "wording", "note", "wortlaut"}),
}
WANTED = ("purpose", "channel", "state")
STATES: Mapping[str, Kind] = {
    **dict.fromkeys(("given", "yes", "true", "1", "opt-in", "opted in", "subscribed", "ja"), Kind.GIVEN),
    **dict.fromkeys(("refused", "no", "false", "0", "nein"), Kind.REFUSED),
    **dict.fromkeys(("withdrawn", "unsubscribed", "opt-out", "opted out"), Kind.WITHDRAWN),
    **dict.fromkeys(("objected", "objection"), Kind.OBJECTED),
}
GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """What one row claims. number: as a spreadsheet counts rows. problem: a code of REASONS, "" if it can be understood."""

    number: int
    contact_id: UUID | None = None
    email: str = ""
    purpose: str = ""
    channel: str = ""
    kind: str = ""
    at: datetime | None = None
    source: str = ""
    text: str = ""
    problem: str = ""


def read_claims(data: bytes, time_zone: str) -> Iterator[ClaimRow]:
    """Every row in order. time_zone: of dates without one. Raises UnreadableFile, with a sentence for the person."""
    table = open_table(data)
    places = places_of(table)
    zone = ZoneInfo(time_zone)
    return (claim(row, places, zone) for row in table.rows())


def places_of(table: CSVTable) -> dict[str, int]:
    """Our columns -> their places. Raises UnreadableFile naming those that are missing."""
    header = [name.casefold().replace("_", " ") for name in table.header]
    places = {ours: header.index(name) for ours, names in NAMES.items() for name in header if name in names}
    missing = [name for name in WANTED if name not in places]
    if "contact" not in places and "email" not in places:
        missing.insert(0, "contact or email")
    if missing:
        raise UnreadableFile(f"The file has no column {', '.join(missing)}.")
    return places


def claim(row: CSVRow | RowError, places: Mapping[str, int], zone: ZoneInfo) -> ClaimRow:
    if isinstance(row, RowError):
        return ClaimRow(number=row.row, problem="unreadable")
    cells = {name: row.cells[place].strip() if place < len(row.cells) else "" for name, place in places.items()}
    kind = STATES.get(cells["state"].casefold())
    contact_id, email = id_of(cells.get("contact", "")), normal_email(cells.get("email", "")) or ""
    at = instant_of(cells.get("date", ""), zone)
    problems = (
        ("nobody", contact_id is None and not email),
        ("state", kind is None),
        ("date", at is None and (bool(cells.get("date")) or kind == Kind.GIVEN)),
    )
    return ClaimRow(
        number=row.number,
        contact_id=contact_id,
        email=email,
        purpose=cells["purpose"],
        channel=cells["channel"].casefold(),
        kind=kind or "",
        at=at,
        source=cells.get("source", ""),
        text=cells.get("text", ""),
        problem=next((code for code, wrong in problems if wrong), ""),
    )


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def instant_of(text: str, zone: ZoneInfo) -> datetime | None:
    """ISO 8601, or day.month.year; a day begins at midnight of the zone. None for anything else, "" included."""
    found = GERMAN_DATE.fullmatch(text)
    iso = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text
    try:
        moment = datetime.fromisoformat(iso)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

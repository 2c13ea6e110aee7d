"""An event as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime

LONGEST_LINE = 75


def calendar_file(
    *, uid: str, title: str, place: str, description: str, begins: datetime, ends: datetime, at: datetime
) -> str:
    """With line ends and folding as calendars want them. at: when it was changed last."""
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Confida//Events//EN", "BEGIN:VEVENT", f"UID:{uid}",
        f"DTSTAMP:{stamp(at)}", f"DTSTART:{stamp(begins)}", f"DTEND:{stamp(ends)}", f"SUMMARY:{escaped(title)}",
        *((f"LOCATION:{escaped(place)}",) if place else ()),
        *((f"DESCRIPTION:{escaped(description)}",) if description else ()),
        "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return "".join(folded(line) + "\r\n" for line in lines)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text.replace("\r", "")


def folded(line: str) -> str:
    """At most 75 bytes a line, and no character cut in two."""
    rows, row = list[str](), ""
    for each in line:
        if len((row + each).encode()) > LONGEST_LINE:
            rows.append(row)
            row = " "
        row += each
    return "\r\n".join([*rows, row])

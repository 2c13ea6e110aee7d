"""Writes vCard 4.0 (RFC 6350), strictly, and so that our own reader returns the same contact."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from confida_core.contacts.channels import country_name
from confida_core.contacts.content import Birthday, ContactContent, ContactKind, PostalAddress
from confida_core.exchange.vcard.labels import types_of

_FOLD_AT = 75
_TELEPHONE = re.compile(r"\+[0-9]{3,15}(;ext=[0-9]{1,11})?")
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"})


def write_vcard(
    content: ContactContent,
    kind: ContactKind,
    uid: UUID,
    rev: datetime,
    *,
    picture: bytes | None = None,
    picture_type: str = "image/jpeg",
) -> str:
    """One card with CRLF line ends, folded at 75 octets of UTF-8, ending with a line end.

    rev: aware; when the contact was last changed. picture: the bytes of the image, embedded as data URI.
    Labels without a TYPE of their own stand in X-ABLabel, custom fields as JSON in X-CONFIDA-CUSTOM.
    """
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID:{uid.urn}", f"REV:{rev.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    lines += _identity(content, kind)
    lines += _reachability(content)
    if content.birthday is not None:
        lines.append(f"BDAY:{_birthday(content.birthday)}")
    if content.language:
        lines.append(f"LANG:{content.language}")
    if content.tags:
        lines.append("CATEGORIES:" + ",".join(_escaped(tag) for tag in content.tags))
    if content.note:
        lines.append(f"NOTE:{_escaped(content.note)}")
    if content.custom:
        lines.append("X-CONFIDA-CUSTOM:" + _escaped(msgspec.json.encode(content.custom, order="sorted").decode()))
    if picture is not None:
        lines.append(f"PHOTO:data:{picture_type};base64,{base64.b64encode(picture).decode()}")
    return "".join(_folded(line) for line in [*lines, "END:VCARD"])


def _identity(content: ContactContent, kind: ContactKind) -> Iterator[str]:
    organisation = kind is ContactKind.ORGANISATION
    yield f"KIND:{'org' if organisation else 'individual'}"
    yield f"FN:{_escaped(content.display_name)}"
    name = content.name
    parts = (name.family, name.given, name.additional, name.prefix, name.suffix)
    if any(parts):
        yield "N:" + _structured(parts)
    if content.nickname:
        yield f"NICKNAME:{_escaped(content.nickname)}"
    employer = content.organisation or (content.display_name if organisation else "")
    if employer or content.department:
        yield "ORG:" + _structured([employer, content.department] if content.department else [employer])
    if content.job_title:
        yield f"TITLE:{_escaped(content.job_title)}"


def _reachability(content: ContactContent) -> Iterator[str]:
    entries: list[tuple[str, str, str, str]] = []
    for position, email in enumerate(content.emails):
        entries.append(("EMAIL", _first(position, content.emails), email.label, _escaped(email.address)))
    for position, phone in enumerate(content.phones):
        is_uri = _TELEPHONE.fullmatch(phone.number) is not None
        value = f"tel:{phone.number}" if is_uri else _escaped(phone.number)
        entries.append(("TEL", (";VALUE=uri" * is_uri) + _first(position, content.phones), phone.label, value))
    for position, address in enumerate(content.addresses):
        code = f";CC={address.country}" if address.country else ""
        entries.append(("ADR", code + _first(position, content.addresses), address.label, _address(address)))
    for position, link in enumerate(content.links):
        entries.append(("URL", _first(position, content.links), link.label, link.url))
    for number, (name, params, label, value) in enumerate(entries, start=1):
        types = types_of(label) if label else []
        if types is None:
            yield f"item{number}.{name}{params}:{value}"
            yield f"item{number}.X-ABLabel:{_escaped(label)}"
        else:
            yield f"{name}{params}{';TYPE=' + ','.join(types) if types else ''}:{value}"


def _first(position: int, entries: Sequence[object]) -> str:
    return ";PREF=1" if position == 0 and len(entries) > 1 else ""


def _address(address: PostalAddress) -> str:
    """The second component (extended address) stays empty, as RFC 6350, section 6.3.1, advises."""
    country = country_name(address.country) if address.country else ""
    region_and_code = (address.region, address.postal_code)
    return _structured((address.post_office_box, "", address.street, address.locality, *region_and_code, country))


def _birthday(day: Birthday) -> str:
    year = "--" if day.year is None else f"{day.year:04}"
    return f"{year}{day.month:02}{day.day:02}"


def _structured(parts: Sequence[str]) -> str:
    return ";".join(_escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no character split; continuation lines begin with a space."""
    octets = line.encode("utf-8")
    if len(octets) <= _FOLD_AT:
        return line + "\r\n"
    pieces, start, room = [], 0, _FOLD_AT
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end].decode("utf-8"))
        start, room = end, _FOLD_AT - 1
    return "\r\n ".join(pieces) + "\r\n"

"""What must be true of a request before it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from confida_consent.rights.clock import has_region, rules
from confida_consent.rights.content import RequestFile
from confida_consent.rights.vocabulary import RequestKind, RequestSource, RequestState
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line, clean_text, limits_of
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound

if TYPE_CHECKING:
    from confida_consent.rights.requests import NewRequest

# The regulation applies since 25 May 2018; what is older is a slip of the pen.
EARLIEST = datetime(2018, 5, 25, tzinfo=UTC)
DELIVERIES = ("portal", "post")
SESSION = "A code sent to stored contact data"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_SUBDIVISION = re.compile(r"[A-Z0-9]{0,10}")
LINES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("name", "given_name_of", clean_line),
    ("identifier", "identifier", clean_line),
    ("scope", "scope", clean_text),
    ("message", "message", clean_text),
    ("mandate", "mandate", clean_text),
)


async def checked_request(
    crm: Installation, access: Access, new: NewRequest, country: str
) -> tuple[dict[str, Any], RequestFile]:
    """Operational columns and sealed part, as they may be stored. country: used where none is given.

    Raises InvalidContent naming every field that is wrong, NotFound for a contact that may not be named.
    """
    errors: dict[str, str] = {}
    texts: dict[str, Any] = {sealed: _text(new, name, sealed, clean, errors) for name, sealed, clean in LINES}
    by_staff = access.actor.kind == "staff"
    country = (new.country or country).upper()
    rules_of_form = (
        ("kind", new.kind in set(RequestKind), "Choose what is asked for."),
        ("source", new.source in set(RequestSource), "Choose how it came."),
        ("country", country in rules(), "Choose the country whose rules apply."),
        ("subdivision", _sound_region(country, new.subdivision.upper()), "Such as BY or ENG."),
        ("language", not new.language or _LANGUAGE.fullmatch(new.language) is not None, "Choose a language."),
        ("delivery", new.delivery in DELIVERIES, "Choose how the answer is delivered."),
        ("identifier", bool(texts["identifier"] or new.contact_id or (by_staff and texts["given_name_of"])),
         "Say by what we may find the data, such as an e-mail address."),
    )  # fmt: skip
    errors |= {name: sentence for name, sound, sentence in rules_of_form if not sound and name not in errors}
    received = _received(new, by_staff, errors)
    if errors:
        raise InvalidContent(errors)
    contact_id = await _contact(crm, access, new.contact_id)
    proved = new.proved and contact_id is not None and not by_staff and not texts["mandate"]
    file = RequestFile(
        **texts,
        delivery=new.delivery,
        mandate_file_id=new.mandate_files[0].id.hex if new.mandate_files else "",
        identity=SESSION if proved else "",
    )
    columns = {
        "kind": new.kind,
        "state": (RequestState.IN_PROGRESS if proved else RequestState.RECEIVED).value,
        "source": new.source if by_staff else RequestSource.PORTAL.value,
        "contact_id": contact_id,
        "country": country,
        "subdivision": new.subdivision.upper(),
        "language": new.language or crm.settings.language,
        "received_at": received,
        "verified_at": received if proved else None,
    }
    return columns, file


def _sound_region(country: str, subdivision: str) -> bool:
    """Of a country without a clock that itself is what is wrong."""
    form = _SUBDIVISION.fullmatch(subdivision) is not None
    return form and (not subdivision or country not in rules() or has_region(country, subdivision))


def _text(new: NewRequest, name: str, sealed: str, clean: Callable[[str], str], errors: dict[str, str]) -> str:
    try:
        text = clean(getattr(new, name))
    except UnstorableText:
        errors[name] = "This holds a character that cannot be stored."
        return ""
    longest = limits_of(RequestFile)[sealed]
    if len(text) > longest:
        errors[name] = f"This has more than {longest} characters."
    return text


def _received(new: NewRequest, by_staff: bool, errors: dict[str, str]) -> datetime:
    """What comes through the portal comes now; staff say when a letter came."""
    moment = now()
    if not by_staff or new.received_at is None:
        return moment
    if new.received_at > moment:
        errors["received_at"] = "This lies in the future."
    elif new.received_at < EARLIEST:
        errors["received_at"] = "This is too long ago."
    return new.received_at


async def _contact(crm: Installation, access: Access, contact_id: UUID | None) -> UUID | None:
    """Nobody asks in somebody else's name by naming their id."""
    if contact_id is None:
        return None
    if access.actor.kind == "subject" and access.actor.id != contact_id:
        raise NotFound
    if not await crm.data.fetch("SELECT id FROM contact WHERE id = ? AND deleted_at IS NULL", contact_id):
        raise NotFound
    return contact_id

"""From an opened contact to what the index keeps of it. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec import Struct

from confida_core.contacts.content import Birthday, ContactContent
from confida_core.declarations import IndexField
from confida_core.index.fold import fold, spellings
from confida_core.index.phones import international_digits, phone_spellings
from confida_core.index.values import Comparable, comparable


class SearchWords(Struct, frozen=True, kw_only=True):
    """Folded texts for full-text search, words separated by blanks; the columns weigh differently in the palette."""

    names: str = ""
    mails: str = ""
    phones: str = ""
    tags: str = ""
    organisation: str = ""


class IndexEntry(Struct, frozen=True, kw_only=True):
    """What the index keeps of one contact.

    sort_key, organisation_sort: folded. attributes: by field key, as `values.comparable` gives them, None left out.
    same: what two contacts share if they may be one person ("mail:", "phone:" or "born:" and folded text).
    created_at, touched_at: aware; touched_at None if there never was an interaction.
    """

    id: UUID
    kind: str
    display: str
    sort_key: str
    organisation_sort: str = ""
    archived: bool = False
    restricted: bool = False
    created_at: datetime
    touched_at: datetime | None = None
    search: SearchWords = SearchWords()
    attributes: Mapping[str, Comparable] = {}
    same: tuple[str, ...] = ()


def project_contact(
    content: ContactContent,
    operational_row: Mapping[str, Any],
    fields: Sequence[IndexField],
    gathered: Mapping[str, Any] = MappingProxyType({}),
) -> IndexEntry:
    """The entry of one contact.

    operational_row: `id` (UUID), `kind`, `archived`, `restricted` (booleans), `created_at`, `touched_at` (aware or
    None), `owner`, `team` (UUID or None). gathered: by key of the field,
    what comes from other tables. Whatever a field's `value` raises is passed on: a broken field must be seen.
    """
    found = {
        field.key: comparable(
            field.type, gathered.get(field.key) if field.gather else field.value(content, operational_row)
        )
        for field in fields
    }
    return IndexEntry(
        id=operational_row["id"],
        kind=str(operational_row["kind"]),
        display=content.display_name,
        sort_key=sort_key(content),
        organisation_sort=fold(content.organisation),
        archived=bool(operational_row.get("archived")),
        restricted=bool(operational_row.get("restricted")),
        created_at=operational_row["created_at"],
        touched_at=operational_row.get("touched_at"),
        search=search_words_of(content),
        attributes={key: value for key, value in found.items() if value is not None},
        same=same_as(content),
    )


def sort_key(content: ContactContent) -> str:
    """Family name first where the parts are known, else the display name; folded."""
    name = content.name
    return fold(f"{name.family} {name.given} {name.additional}" if name.family else content.display_name)


def search_words_of(content: ContactContent) -> SearchWords:
    """Everything by which a contact may be found through typed words."""
    name = content.name
    names = (content.display_name, name.given, name.additional, name.family, content.nickname)
    return SearchWords(
        names=_unique_words(spelling for each in names for spelling in spellings(each)),
        mails=" ".join(fold(mail.address) for mail in content.emails),
        phones=" ".join(sorted(each for phone in content.phones for each in phone_spellings(phone.number))),
        tags=" ".join(fold(tag) for tag in content.tags),
        organisation=_unique_words(spellings(content.organisation)),
    )


def _unique_words(texts: Iterable[str]) -> str:
    return " ".join(sorted({word for text in texts for word in text.split()}))


def same_as(content: ContactContent) -> tuple[str, ...]:
    """By what another contact would be a likely duplicate: a mail address, a telephone number, name with birthday."""
    found = {f"mail:{fold(mail.address)}" for mail in content.emails if mail.address}
    # Shorter numbers are extensions and service numbers, which many people share.
    found |= {f"phone:{digits}" for phone in content.phones if len(digits := international_digits(phone.number)) > 6}
    if content.birthday is not None and (name := fold(content.display_name)):
        found.add(f"born:{_born(content.birthday)} {name}")
    return tuple(sorted(found))


def _born(birthday: Birthday) -> str:
    return f"{birthday.year or 0:04}-{birthday.month:02}-{birthday.day:02}"


def text_values(*texts: str) -> frozenset[str]:
    """The texts that are not empty, as the value of a field that may have several."""
    return frozenset(text for text in texts if text)


def operational(row: Mapping[str, Any], column: str) -> str | None:
    """An id or a state of the operational row as text; None if it is not set."""
    value = row.get(column)
    if isinstance(value, UUID):
        return value.hex
    return None if value is None else str(value)

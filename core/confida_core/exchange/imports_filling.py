"""Filling the gaps of a contact from a row about the same person: nothing that stands there is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from confida_core.contacts.content import ContactContent, StructuredName
from confida_core.exchange.assembly import title_of
from confida_core.index.fold import fold
from confida_core.index.phones import international_digits

_SINGLE = ("nickname", "organisation", "job_title", "department", "birthday", "language", "picture")
_LISTS: dict[str, Callable[[Any], object]] = {
    "emails": lambda one: fold(one.address),
    "phones": lambda one: international_digits(one.number) or one.number,
    "addresses": lambda one: msgspec.structs.replace(one, label=""),
    "links": lambda one: one.url,
}


def filled(content: ContactContent, more: ContactContent) -> tuple[ContactContent, list[str]]:
    """(the content with its gaps filled, the titles of fields where another value stood and stayed).

    Lists gain the entries they lack, tags are united, a note that is not part of the present one is added below it.
    The result may be invalid where it grew too large; the caller checks.
    """
    fields: dict[str, Any] = {}
    stayed: list[str] = []
    if more.display_name != content.display_name:
        stayed.append(title_of("display_name"))
    for field in _SINGLE:
        ours, theirs = getattr(content, field), getattr(more, field)
        if theirs and not ours:
            fields[field] = theirs
        elif theirs and theirs != ours and field != "picture":
            stayed.append(title_of(field))
    fields["name"] = _name(content.name, more.name, stayed)
    for field, key in _LISTS.items():
        fields[field] = _united(getattr(content, field), getattr(more, field), key)
    fields["tags"] = sorted({*content.tags, *more.tags})
    fields["custom"] = {**more.custom, **content.custom}
    stayed += [key for key, value in more.custom.items() if content.custom.get(key, value) != value]
    if more.note and more.note not in content.note:
        fields["note"] = f"{content.note}\n\n{more.note}".strip()
    return msgspec.structs.replace(content, **fields), stayed


def _name(ours: StructuredName, theirs: StructuredName, stayed: list[str]) -> StructuredName:
    """Parts are taken only where nothing stands: half of one name and half of another would be nobody's."""
    if ours == StructuredName():
        return theirs
    if theirs not in (StructuredName(), ours) and title_of("display_name") not in stayed:
        stayed.append(title_of("display_name"))
    return ours


def _united(ours: Sequence[Any], theirs: Sequence[Any], key: Callable[[Any], object]) -> list[Any]:
    present = {key(one) for one in ours}
    return [*ours, *(one for one in theirs if key(one) not in present)]

"""Two people saved the same contact: the second one sees both values and chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from confida_core.accounts.staff import account_names
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.history import HistoryEntry, plain_fields, text_of, what_changed
from confida_web.contacts.editing import ConflictField, ConflictPage
from confida_web.contacts.head import head_of, open_contact
from confida_web.contacts.words import field_label
from confida_web.forms import FormData

# Fields of the protocol between page and handler, sent anew by the page itself.
_OWN = ("_csrf", "version")


async def conflict_page(
    request: Request[Any, Any, Any], contact_id: UUID, form: FormData, mine: ContactContent, seen: int
) -> ConflictPage:
    """Every field in which the form and what is stored now differ, with what both started from where it is known."""
    crm = request.state.crm
    access, contact = await open_contact(request, contact_id)
    entries = await what_changed(crm, access, contact_id, seen)
    names = await account_names(crm, [entry.actor_id for entry in entries])
    last = entries[0] if entries else None
    return ConflictPage(
        contact=head_of(crm, contact),
        version=contact.row["version"],
        changed_by=names.get(last.actor_id, "") if last else "",
        changed_at=last.at if last else now(),
        fields=differing(mine, contact.content, originals(entries)),
        carried=tuple((name, value) for name, value in form.fields if name not in _OWN and not is_choice(name)),
    )


def is_choice(name: str) -> bool:
    return name.startswith("choice-")


def originals(entries: list[HistoryEntry]) -> dict[str, Any]:
    """What each field held before the first of these changes; the entries come newest first."""
    return {change.field: change.before for entry in entries for change in entry.changes}


def differing(mine: ContactContent, theirs: ContactContent, before: Mapping[str, Any]) -> tuple[ConflictField, ...]:
    """A field that only one of the two changed is offered too, with that change already chosen."""
    own, stored = plain_fields(mine), plain_fields(theirs)
    fields = []
    for key in dict.fromkeys([*own, *stored]):
        if own.get(key) == stored.get(key) or key == "picture":
            continue
        original = before.get(key, stored.get(key))
        fields.append(
            ConflictField(
                key=key,
                label=field_label(key),
                mine=text_of(own.get(key)),
                theirs=text_of(stored.get(key)),
                before=text_of(original),
                suggested="theirs" if own.get(key) == original else "mine",
            )
        )
    return tuple(fields)


def merged(form: FormData, mine: ContactContent, theirs: ContactContent) -> ContactContent:
    """What the form holds, but for the fields in which somebody chose the other's value."""
    chosen = [name.removeprefix("choice-") for name, value in form.fields if is_choice(name) and value == "theirs"]
    values: dict[str, Any] = {}
    for key in chosen:
        head, _, part = key.partition(".")
        if head == "name" and part in mine.name.__struct_fields__:
            name = values.get("name", mine.name)
            values["name"] = msgspec.structs.replace(name, **{part: getattr(theirs.name, part)})
        elif head == "custom" and part:
            custom = {name: value for name, value in values.get("custom", mine.custom).items() if name != part}
            values["custom"] = custom | ({part: theirs.custom[part]} if part in theirs.custom else {})
        elif head in mine.__struct_fields__ and head not in {"name", "custom", "picture"}:
            values[head] = getattr(theirs, head)
    return msgspec.structs.replace(mine, **values)

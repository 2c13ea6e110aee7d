"""The last step of reading a contact: kind, note, check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from confida_core.contacts.content import ContactContent, ContactKind, StructuredName
from confida_core.contacts.text import limits_of
from confida_core.contacts.validation import InvalidContent, validate_content
from confida_core.exchange.draft import ContactDraft, RowError, quoted

if TYPE_CHECKING:
    from confida_core.exchange.assembly import DraftAssembly


def finished(parts: DraftAssembly) -> ContactDraft | RowError:
    """The checked draft, or a RowError if there is nothing to store."""
    source_text = quoted(parts.source_text)
    kind = parts.kind or _kind_of(parts)
    note, note_rest = _note_of(parts)
    name = {path.removeprefix("name."): text for path, text in parts.texts.items() if path.startswith("name.")}
    fields = {path: text for path, text in parts.texts.items() if not path.startswith("name.")}
    if kind is ContactKind.ORGANISATION:
        fields = _organisation_fields(fields)
    content = msgspec.structs.replace(
        parts.content,
        **fields,
        name=StructuredName(**name),
        emails=list(parts.emails),
        phones=list(parts.phones),
        links=list(parts.links),
        addresses=list(parts.addresses),
        tags=list(parts.tags),
        custom=parts.custom,
        note=note,
    )
    if content == ContactContent() and parts.picture is None:
        return RowError(row=parts.row, source_text=source_text, reason=parts.empty_reason)
    try:
        checked = validate_content(content if content != ContactContent() else ContactContent(display_name="(no name)"))
    except InvalidContent as error:
        return RowError(row=parts.row, source_text=source_text, reason=str(error))
    return ContactDraft(
        kind=kind,
        content=checked,
        source_row=parts.row,
        source_text=source_text,
        warnings=tuple(parts.warnings),
        unmapped=tuple(parts.unmapped),
        note_rest=note_rest,
        picture=parts.picture,
        picture_type=parts.picture_type,
        uid=parts.uid,
        memberships=tuple(parts.memberships),
    )


def _kind_of(parts: DraftAssembly) -> ContactKind:
    """An organisation is a row with a company name and nothing that only a person has."""
    texts = parts.texts
    organisation = texts.get("organisation", "")
    personal = any(path.startswith("name.") or path in {"nickname", "job_title"} for path in texts)
    own_name = texts.get("display_name", organisation) != organisation
    lonely = organisation and not personal and not own_name and parts.content.birthday is None
    return ContactKind.ORGANISATION if lonely else ContactKind.PERSON


def _organisation_fields(fields: dict[str, str]) -> dict[str, str]:
    """Its own name stands once, as display name."""
    display_name = fields.get("display_name") or fields.get("organisation", "")
    fields = fields | {"display_name": display_name[: limits_of(ContactContent)["display_name"]]}
    if fields.get("organisation") == display_name:
        del fields["organisation"]
    return fields


def _note_of(parts: DraftAssembly) -> tuple[str, str]:
    """(note, what exceeds its limit): own notes first, then what had no field, cut between lines where possible."""
    blocks = ["\n\n".join(parts.notes), "\n".join(f"{label}: {value}" for label, value in parts.unmapped)]
    note = "\n\n".join(block for block in blocks if block)
    limit = limits_of(ContactContent)["note"]
    if len(note) <= limit:
        return note, ""
    cut = note.rfind("\n", limit // 2, limit)
    cut = limit if cut < 0 else cut
    parts.warn(f"The note is longer than {limit:,} characters; the rest is in the report.")
    return note[:cut], note[cut:].strip()

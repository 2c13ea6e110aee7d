"""Fields that an administrator defined: their definitions, and values that fit them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, changed
from confida_core.contacts.text import clean_line
from confida_core.contacts.validation import InvalidContent
from confida_core.declarations import FieldType
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import UniqueViolation
from confida_core.vault.access import Access, NotFound

TYPES: Mapping[str, str] = {
    "text": "Text",
    "number": "Number",
    "date": "Date",
    "boolean": "Yes or no",
    "choice": "One of several choices",
    "set": "Several of several choices",
}
MOST_CHOICES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldDefinition:
    """applies_to: None for both kinds. choices: value -> label, empty except for choice and set."""

    id: UUID
    key: str
    label: str
    type: FieldType
    choices: Mapping[str, str]
    hint: str
    applies_to: ContactKind | None
    position: int
    retired: bool

    def fits(self, kind: ContactKind) -> bool:
        return self.applies_to is None or self.applies_to == kind


async def custom_fields(crm: Installation) -> list[FieldDefinition]:
    """All definitions in their order, retired ones included. Holds no personal data."""
    return [definition_of(row) for row in await crm.data.fetch("SELECT * FROM custom_field ORDER BY position, key")]


def definition_of(row: Mapping[str, Any]) -> FieldDefinition:
    choices: list[str] = msgspec.json.decode(row["choices"] or "[]")
    return FieldDefinition(
        id=row["id"],
        key=row["key"],
        label=row["label"],
        type=row["field_type"],
        choices={choice: choice for choice in choices},
        hint=row["hint"],
        applies_to=ContactKind(row["applies_to"]) if row["applies_to"] else None,
        position=row["position"],
        retired=row["retired_at"] is not None,
    )


async def define_field(
    crm: Installation,
    access: Access,
    *,
    label: str,
    type: str,
    key: str = "",
    choices: Sequence[str] = (),
    applies_to: ContactKind | None = None,
    hint: str = "",
) -> str:
    """Add a field; returns its key, made from the label where none is given. Raises InvalidContent by form field."""
    access.actor.require("settings.manage")
    label, hint = clean_line(label), clean_line(hint)
    offered = [choice for choice in dict.fromkeys(clean_line(one) for one in choices) if choice]
    key = key.strip() or key_from(label)
    errors = definition_errors(key, label, type, offered, hint)
    if errors:
        raise InvalidContent(errors)
    head = await crm.data.fetch("SELECT coalesce(max(position), 0) AS last FROM custom_field")
    try:
        await crm.data.fetch(
            "INSERT INTO custom_field (id, key, label, field_type, choices, hint, applies_to, position, retired_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            new_id(), key, label, type, msgspec.json.encode(offered).decode(), hint,
            applies_to.value if applies_to else "", head[0]["last"] + 1, None,
        )  # fmt: skip
    except UniqueViolation:
        raise InvalidContent({"key": "There is a field with this key already."}) from None
    return key


def definition_errors(key: str, label: str, type: str, choices: Sequence[str], hint: str) -> dict[str, str]:
    errors = {}
    if not label or len(label) > 80:
        errors["label"] = "A label has 1 to 80 characters."
    if not re.fullmatch("[a-z0-9][a-z0-9_]{0,63}", key):
        errors["key"] = "A key has letters a to z, digits and _, at most 64."
    if type not in TYPES:
        errors["type"] = "Choose one of the types."
    if type in {"choice", "set"} and not choices:
        errors["choices"] = "Name at least one choice."
    if len(choices) > MOST_CHOICES or any(len(choice) > 200 for choice in choices):
        errors["choices"] = f"At most {MOST_CHOICES} choices of at most 200 characters."
    if len(hint) > 200:
        errors["hint"] = "A hint has at most 200 characters."
    return errors


def key_from(label: str) -> str:
    """A key for a label: its ASCII letters and digits, words joined by "_"; "field" where nothing is left."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")[:64] or "field"


async def retire_field(crm: Installation, access: Access, key: str, *, retired: bool) -> None:
    """Take a field out of the forms, or bring it back; what stands in it stays. Raises NotFound."""
    access.actor.require("settings.manage")
    moment = now() if retired else None
    done = await crm.data.fetch("UPDATE custom_field SET retired_at = ? WHERE key = ? RETURNING id", moment, key)
    if not done:
        raise NotFound


def check_custom(definitions: Sequence[FieldDefinition], kind: ContactKind, content: ContactContent) -> ContactContent:
    """The content with each defined field in its proper form; values of unknown keys stay as they came.

    Raises InvalidContent with `custom.<key>`. A retired field keeps what it holds.
    """
    if not content.custom:
        return content
    known = {definition.key: definition for definition in definitions if not definition.retired}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, value in content.custom.items():
        definition = known.get(key)
        if value in ("", [], None):
            continue
        try:
            values[key] = value if definition is None else typed_value(definition, value)
        except ValueError as error:
            errors[f"custom.{key}"] = str(error)
        if definition is not None and not definition.fits(kind):
            errors[f"custom.{key}"] = f"is no field of a {kind.value}"
    if errors:
        raise InvalidContent(errors)
    return content if values == content.custom else changed(content, custom=values)


def typed_value(definition: FieldDefinition, value: Any) -> Any:
    """The value in the form of the field's type; text from a form is understood. Raises ValueError with the rule."""
    return _READERS[definition.type](definition, value)


def _text(_: FieldDefinition, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def _number(_: FieldDefinition, value: Any) -> int | float:
    if isinstance(value, str):
        try:
            value = int(value) if re.fullmatch(r"[+-]?\d{1,15}", value.strip()) else float(value.replace(",", "."))
        except ValueError:
            raise ValueError("must be a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
        raise ValueError("must be a number")
    return value


def _date(_: FieldDefinition, value: Any) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise ValueError("must be a date such as 2026-12-31") from None


def _boolean(_: FieldDefinition, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise ValueError("must be yes or no")


def _choice(definition: FieldDefinition, value: Any) -> str:
    if not isinstance(value, str) or value not in definition.choices:
        raise ValueError("must be one of the choices")
    return value


def _set(definition: FieldDefinition, value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or any(one not in definition.choices for one in values):
        raise ValueError("must be some of the choices")
    return [choice for choice in definition.choices if choice in values]


_READERS: Mapping[str, Callable[[FieldDefinition, Any], Any]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "choice": _choice,
    "set": _set,
}

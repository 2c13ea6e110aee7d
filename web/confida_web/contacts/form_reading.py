"""From what the form of a contact posts to its content. Errors come back by the names the form uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from confida_core.contacts.channels import normal_phone
from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
    changed,
)
from confida_core.contacts.custom_fields import FieldDefinition, check_custom
from confida_core.contacts.validation import InvalidContent, validate_content
from confida_web.forms import FormData

T = TypeVar("T")

TEXTS = ("display_name", "nickname", "organisation", "job_title", "department", "language", "note")
NAME_PARTS = ("prefix", "given", "additional", "family", "suffix")
ADDRESS_PARTS = ("label", "street", "post_office_box", "postal_code", "locality", "region", "country")
LISTS: Mapping[str, tuple[str, ...]] = {
    "emails": ("address", "label"),
    "phones": ("number", "label"),
    "addresses": ADDRESS_PARTS,
    "links": ("url", "label"),
}


@dataclass(slots=True)
class ReadContact:
    """content: as it would be stored; not valid while there are errors. errors: by form field."""

    content: ContactContent
    errors: dict[str, str] = field(default_factory=dict)


def read_contact(
    form: FormData,
    base: ContactContent,
    kind: ContactKind,
    definitions: Sequence[FieldDefinition],
    region: str,
) -> ReadContact:
    """base: the content before, of which everything stays that the form does not hold.

    region: country of telephone numbers without one.
    """
    errors: dict[str, str] = {}
    values: dict[str, Any] = {name: form.get(name) for name in TEXTS if name in form}
    if any(f"name-{part}" in form for part in NAME_PARTS):
        values["name"] = StructuredName(**{part: form.get(f"name-{part}") for part in NAME_PARTS})
    rows = {name: list_rows(form, name) for name in LISTS}
    values["emails"] = [EmailAddress(**row) for row in rows["emails"]]
    values["phones"] = [
        PhoneNumber(number=normal_phone(row["number"], region), label=row["label"]) for row in rows["phones"]
    ]
    values["addresses"] = [PostalAddress(**row) for row in rows["addresses"]]
    values["links"] = [Link(**row) for row in rows["links"]]
    if "birthday-day" in form:
        values["birthday"] = read_birthday(form, errors)
    values["tags"] = [tag for tag in re.split("[,،、]", form.get("tags")) if tag.strip()]
    values["custom"] = read_custom(form, base, kind, definitions)
    content = changed(base, **values)
    try:
        content = check_custom(definitions, kind, validate_content(content))
    except InvalidContent as error:
        errors |= {form_name(path): sentence(message) for path, message in error.errors.items()}
    return ReadContact(content, errors)


def list_rows(form: FormData, name: str) -> list[dict[str, str]]:
    """The rows of one list that hold anything beside their label, in the order of their numbers."""
    parts = LISTS[name]
    pattern = re.compile(rf"{name}-(\d{{1,4}})-[a-z_]+")
    numbers = sorted({int(found[1]) for key in form.names() if (found := pattern.fullmatch(key))})
    rows = [{part: form.get(f"{name}-{number}-{part}") for part in parts} for number in numbers]
    return [row for row in rows if any(value.strip() for part, value in row.items() if part != "label")]


def read_birthday(form: FormData, errors: dict[str, str]) -> Birthday | None:
    day, month, year = (form.get(f"birthday-{part}").strip() for part in ("day", "month", "year"))
    if not (day or month or year):
        return None
    numbers = [int(text) if re.fullmatch("[0-9]{1,4}", text) else 0 for text in (day, month, year or "0")]
    if not (numbers[0] and numbers[1]) or (year and not numbers[2]):
        errors["birthday"] = "A birthday needs a day and a month in digits."
        return None
    return Birthday(day=numbers[0], month=numbers[1], year=numbers[2] or None)


def read_custom(
    form: FormData, base: ContactContent, kind: ContactKind, definitions: Sequence[FieldDefinition]
) -> dict[str, Any]:
    """Values of the fields that the form shows; those of retired and unknown fields stay."""
    values = dict(base.custom)
    for definition in definitions:
        if definition.retired or not definition.fits(kind):
            continue
        posted = form.all(f"custom-{definition.key}")
        if definition.type == "set":
            values[definition.key] = posted
        elif definition.type == "boolean":
            # An empty box says "no" only where somebody said "yes" or "no" before; else it is not known.
            values[definition.key] = "true" if posted else "false" if definition.key in base.custom else ""
        else:
            values[definition.key] = posted[0] if posted else ""
    return values


def form_name(path: str) -> str:
    """`emails[0].address` as the form calls it."""
    if path.startswith("tags"):
        return "tags"
    if path.startswith("birthday"):
        return "birthday"
    if path.startswith("custom."):
        return "custom-" + path.removeprefix("custom.").partition("[")[0]
    return re.sub(r"\[(\d+)\]", r"-\1", path).replace(".", "-")


def sentence(message: str) -> str:
    """Core's messages go on after the name of a field; a form shows them as sentences."""
    return message if message.endswith(".") else f"This {message}."

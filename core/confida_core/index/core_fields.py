"""The fields of a contact that core itself makes filterable, declared like any plugin's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from confida_core.contacts.content import Birthday, ContactContent
from confida_core.declarations import FieldType, IndexField
from confida_core.index.entries import operational, text_values
from confida_core.index.values import YEARLESS

KINDS = {"person": "Person", "organisation": "Organisation"}
Row = Mapping[str, Any]


def contact_index_fields() -> tuple[IndexField, ...]:
    """Core's fields, in the order in which a filter form offers them.

    `touched`, `created`, `kind`, `owner`, `team` and `archived` come from the operational row, all others from the
    content. `owner` and `team` are ids as 32 hex digits.
    """
    return (*_name_fields(), *_address_fields(), *_reach_fields(), *_grouping_fields(), *_operational_fields())


def _content(key: str, kind: FieldType, label: str, value: Any, **more: Any) -> IndexField:
    return IndexField(key=key, type=kind, label=label, value=lambda content, _row: value(content), **more)


def _name_fields() -> tuple[IndexField, ...]:
    return (
        _content("name", "text", "Name", lambda c: c.display_name),
        _content("given_name", "text", "Given name", lambda c: c.name.given),
        _content("family_name", "text", "Family name", lambda c: c.name.family),
        _content("organisation", "text", "Organisation", lambda c: c.organisation),
        _content("job_title", "text", "Job title", lambda c: c.job_title),
    )


def _address_fields() -> tuple[IndexField, ...]:
    return (
        _content("city", "text", "City", lambda c: text_values(*(a.locality for a in c.addresses))),
        _content("postal_code", "text", "Postal code", lambda c: text_values(*(a.postal_code for a in c.addresses))),
        _content("country", "choice", "Country", lambda c: text_values(*(a.country for a in c.addresses))),
    )


def _reach_fields() -> tuple[IndexField, ...]:
    return (
        _content("email_domain", "choice", "Mail domain", _email_domains),
        _content("has_email", "boolean", "Has a mail address", lambda c: bool(c.emails)),
        _content("has_phone", "boolean", "Has a telephone number", lambda c: bool(c.phones)),
    )


def _grouping_fields() -> tuple[IndexField, ...]:
    return (
        _content("tags", "set", "Tags", lambda c: frozenset(c.tags)),
        _content("language", "choice", "Language", lambda c: c.language),
        _content("birthday", "date", "Birthday", lambda c: birthday_value(c.birthday)),
    )


def _operational_fields() -> tuple[IndexField, ...]:
    return (
        IndexField(key="kind", type="choice", label="Kind", value=lambda _c, row: str(row["kind"]), choices=KINDS),
        IndexField(key="owner", type="choice", label="Responsible", value=lambda _c, row: operational(row, "owner")),
        IndexField(key="team", type="choice", label="Team", value=lambda _c, row: operational(row, "team")),
        IndexField(key="archived", type="boolean", label="Archived", value=lambda _c, row: bool(row.get("archived"))),
        IndexField(key="created", type="date", label="Created", value=lambda _c, row: row["created_at"]),
        IndexField(key="touched", type="date", label="Last contact", value=lambda _c, row: row.get("touched_at")),
    )


def _email_domains(content: ContactContent) -> frozenset[str]:
    return text_values(*(mail.address.rpartition("@")[2] for mail in content.emails if "@" in mail.address))


def birthday_value(birthday: Birthday | None) -> date | None:
    """The birthday as a date, without its year as a day of the year 4; None for a day that never was."""
    if birthday is None:
        return None
    try:
        return date(birthday.year or YEARLESS, birthday.month, birthday.day)
    except ValueError:
        return None


class CustomFieldDefinition(Protocol):
    """What `custom_index_fields` needs to know of an administrator's field.

    type: text, number, date, boolean, choice or set. choices: stored value -> label.
    """

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> FieldType: ...
    @property
    def choices(self) -> Mapping[str, str]: ...


def custom_index_fields(definitions: Iterable[CustomFieldDefinition]) -> tuple[IndexField, ...]:
    """One field `custom.<key>` per definition; values of another type than the definition's count as not known."""
    return tuple(
        IndexField(
            key=f"custom.{definition.key}",
            type=definition.type,
            label=definition.label,
            choices=definition.choices,
            value=_CustomValue(definition.key, definition.type),
        )
        for definition in definitions
    )


class _CustomValue:
    def __init__(self, key: str, kind: FieldType) -> None:
        self._key = key
        self._kind = kind

    def __call__(self, content: ContactContent, _row: Row) -> object:
        value = content.custom.get(self._key)
        if self._kind == "date" and isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                return None
        return frozenset(value) if isinstance(value, list) else value

"""What programs read and send of a declared record, made from its table and its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo, fields
from piccolo.columns import BigInt, Bytea, Column, Varchar

from confida_core.declarations import RecordDeclaration
from confida_web.rest.declarations import Entity, Given, Instant

KERNEL = frozenset({"id", "version", "sealed"})
# Filled in when a row is written, whoever writes it.
AUTOMATIC = ("created_at", "created_by", "updated_at")
Field = tuple[str, Any] | tuple[str, Any, Any]


@dataclass(frozen=True, slots=True)
class RecordShapes:
    """read, new, changes: the structs. columns: operational columns that are shown; sent: those a program may set."""

    read: type[Entity]
    new: type[Given]
    changes: type[Given]
    columns: tuple[str, ...]
    sent: tuple[str, ...]


def shapes_of(record: RecordDeclaration, name: str = "") -> RecordShapes:
    """name: of the thing, for the documentation; else that of the content, without "Content" at its end.

    Raises TypeError where a column has the name of a field of the content.
    """
    name = name or record.content.__name__.removesuffix("Content")
    shown = [one for one in record.table._meta.columns if one._meta.name not in KERNEL and not isinstance(one, Bytea)]
    contents = fields(record.content)
    twice = {one._meta.name for one in shown} & {one.name for one in contents}
    if twice:
        raise TypeError(f"{record.name}: {', '.join(sorted(twice))} is both a column and a field of the content")
    sent = [one for one in shown if one._meta.name not in (*AUTOMATIC, record.subject)]
    changed = [*map(column_field, sent), *map(content_field, contents)]
    subject: list[Field] = [(record.subject, UUID)] if record.subject else []
    read = [(one._meta.name, type_of(one)) for one in shown] + [(one.name, one.type) for one in contents]
    return RecordShapes(
        struct(name, read, Entity, record),
        struct(f"New{name}", [*subject, *changed], Given, record),
        struct(f"{name}Changes", changed, Given, record),
        tuple(one._meta.name for one in shown),
        tuple(one._meta.name for one in sent),
    )


def struct(name: str, members: Sequence[Field], base: type[Struct], record: RecordDeclaration) -> Any:
    return msgspec.defstruct(name, members, bases=(base,), frozen=True, kw_only=True, module=record.content.__module__)


def type_of(column: Column) -> Any:
    """With the limits that PostgreSQL keeps and SQLite does not."""
    kind: Any = column.value_type
    if isinstance(column, Varchar) and column.length:
        kind = Annotated[str, Meta(max_length=column.length)]
    elif kind is int:
        bits = 63 if isinstance(column, BigInt) else 31
        kind = Annotated[int, Meta(ge=-(2**bits), le=2**bits - 1)]
    elif kind is datetime:
        kind = Instant
    return kind | None if column._meta.null else kind


def column_field(column: Column) -> Field:
    """With its default where that is a plain value; a column that may be empty is empty unless something is sent."""
    name, default = column._meta.name, getattr(column, "default", NODEFAULT)
    if column._meta.null:
        return name, type_of(column), None
    if isinstance(default, bool):
        return name, bool, default
    return name, type_of(column)


def content_field(one: FieldInfo) -> Field:
    if one.default is not NODEFAULT:
        return one.name, one.type, one.default
    if one.default_factory is not NODEFAULT:
        return one.name, one.type, msgspec.field(default_factory=one.default_factory)
    return one.name, one.type

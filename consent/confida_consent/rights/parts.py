"""What a collector yields: rows, files and facts about one person, in groups, as plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from confida_core.declarations import RecordDeclaration


class CollectorFailed(Exception):
    """Something that may be kept about the person could not be read; nothing may be handed over (DS, portal step 8).

    key: of the group. Its text names the group and the kind of error, never a value.
    """

    def __init__(self, key: str, label: str, error: Exception) -> None:
        super().__init__(f"{label} ({key}): {type(error).__name__}")
        self.key, self.label = key, label


class Whom(StrEnum):
    """Who stands behind an id, as far as the person is told."""

    YOU = "you"
    STAFF = "staff"
    PROGRAM = "program"
    OTHER = "another person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One table, store or register. key: the table's name, or `<kind>:<key>`. plugin: who declares it.

    category, label, source: English, put into the reader's language when shown. purpose: key of a declared purpose.
    folder: where files of the group go in the archive.
    """

    key: str
    label: str
    category: str = ""
    plugin: str = "core"
    purpose: str = "relationship"
    retention_class: str = ""
    source: str = ""
    folder: str = "files"
    declaration: RecordDeclaration | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing that is kept. columns: operational. content: what was sealed, opened. Both hold plain values.

    at: when it was made, if it says so. others: how many further people share it. provided: what of it the person gave us.
    read: the bytes of a file, opened when it is iterated; name, media_type: of that file.
    """

    id: UUID | None
    columns: Mapping[str, Any] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    at: datetime | None = None
    others: int = 0
    provided: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    media_type: str = ""
    read: Callable[[], AsyncIterator[bytes]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Some of a group's items, in order; a group comes in as many parts as it takes, an empty one in one without items.

    unreadable: rows whose key was destroyed, so that nobody can open them any more.
    """

    group: Group
    items: tuple[Item, ...] = ()
    unreadable: int = 0

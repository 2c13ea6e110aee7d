"""What a job may be told: ids and keys only, because the queue stands in the clear and outlives the data it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from confida_core.registry import Registry

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
IDEMPOTENCY_KEY = re.compile(r"[a-z0-9_.:-]{1,200}\Z")
LARGEST = 2**63
REGISTERED = (
    "records", "purposes", "permissions", "jobs", "index_fields", "timeline_sources", "importers", "exporters",
    "event_handlers",
)  # fmt: skip


class ArgumentRefused(ValueError):
    """A job was given something that could be personal data; names the argument, never its value."""


def encoded(registry: Registry, arguments: Mapping[str, Any]) -> str:
    """The arguments as they are stored. Raises ArgumentRefused for anything but ids, whole numbers, yes/no and keys."""
    return json.dumps({checked_name(name): plain(registry, name, value) for name, value in arguments.items()})


def checked_name(name: str) -> str:
    if not NAME.match(name):
        raise ArgumentRefused("an argument's name is a lower-case word")
    return name


def plain(registry: Registry, name: str, value: Any) -> Any:
    """One value in JSON; a list or tuple of allowed values is allowed."""
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -LARGEST <= value < LARGEST:
        return value
    if isinstance(value, str) and is_registered(registry, value):
        return value
    if isinstance(value, list | tuple):
        return [plain(registry, name, item) for item in value]
    raise ArgumentRefused(f"argument {name} is neither an id, a whole number, yes/no nor a registered key")


def is_registered(registry: Registry, word: str) -> bool:
    return any(word in getattr(registry, group) for group in REGISTERED)


def decoded(text: str) -> dict[str, Any]:
    """The arguments as they were given; lists come back as lists."""
    return {name: restored(value) for name, value in json.loads(text).items()}


def restored(value: Any) -> Any:
    if isinstance(value, list):
        return [restored(item) for item in value]
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            return value
    return value


def checked_idempotency_key(key: str | None) -> str | None:
    """Raises ArgumentRefused unless it is made of lower-case letters, digits and `_.:-` (an id and a verb, say)."""
    if key is not None and not IDEMPOTENCY_KEY.match(key):
        raise ArgumentRefused("an idempotency key is made of ids and keys")
    return key

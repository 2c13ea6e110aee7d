"""Canonical JSON (RFC 8785), for values without fractions: the same facts always give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

# Beyond this, readers that keep every number as a double see another one.
LARGEST = 2**53 - 1


class NotCanonical(ValueError):
    """The value has no canonical form here: a fraction, a number too large, half a character, or another type."""


def canonical(value: Any) -> bytes:
    """UTF-8 of the value's one form: texts, whole numbers, booleans, None, lists, and mappings with texts as names.

    Raises NotCanonical.
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError:
        raise NotCanonical("half of a surrogate pair is no character") from None


def _text(value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        # The escapes of RFC 8785 are those of the standard library as long as it leaves letters alone.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotCanonical("a number is too large")
        return str(int(value))
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in _names(value)) + "}"
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return "[" + ",".join(map(_text, value)) + "]"
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _names(value: Mapping[Any, Any]) -> list[str]:
    """In the order of their UTF-16 code units, which is not that of their code points."""
    if not all(isinstance(name, str) for name in value):
        raise NotCanonical("names must be texts")
    return sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))

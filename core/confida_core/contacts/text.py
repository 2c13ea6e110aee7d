"""What text may be stored: one policy for forms, imports and the interface."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import msgspec

# Line separators of Unicode break lines on some screens only; in stored text a line break is "\n".
_LINE_BREAK = re.compile("\r\n|[\r\u2028\u2029\x85]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACE_RUN = re.compile(r"[\t\n ]+")


class UnstorableText(ValueError):
    """Text that one of the two database engines cannot hold; the message does not repeat the text."""


def clean_text(value: str) -> str:
    """Text of several lines: NFC, "\\n" line breaks, control characters removed, outer white space trimmed.

    Raises UnstorableText for NUL and lone surrogates.
    """
    # Printable text has no other line breaks, control characters or surrogates: nearly every value leaves here.
    if value.replace("\n", "").isprintable():
        return (value if value.isascii() else unicodedata.normalize("NFC", value)).strip()
    if _UNSTORABLE.search(value):
        raise UnstorableText("contains a character that cannot be stored")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", _LINE_BREAK.sub("\n", value))).strip()


def clean_line(value: str) -> str:
    """Text of one line: as `clean_text`, and tabs, line breaks and repeated spaces become one space."""
    text = clean_text(value)
    return _SPACE_RUN.sub(" ", text) if "  " in text or "\n" in text or "\t" in text else text


def storable(value: str) -> str:
    """Text from a file made storable: what cannot be stored becomes the replacement character, so that it shows."""
    return value if value.isprintable() else _UNSTORABLE.sub("\ufffd", value.replace("\x00", ""))


@cache
def limits_of(struct: type[msgspec.Struct]) -> dict[str, int]:
    """Field -> greatest number of characters, as the struct declares it; only fields that are text."""
    described: Any = msgspec.inspect.type_info(struct)
    return {
        field.name: field.type.max_length
        for field in described.fields
        if isinstance(field.type, msgspec.inspect.StrType) and field.type.max_length is not None
    }

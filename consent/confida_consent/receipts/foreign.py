"""Receipts that other controllers issued: read and kept whole as evidence of where data come from (RC-7).

A foreign receipt never becomes a consent of ours: nothing here makes an event, and what it returns names no purpose of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from confida_consent.receipts.terms import STATUS
from confida_core.contacts.text import storable

LARGEST = 512 * 1024
MOST_FIELDS = 5_000
DEEPEST = 40
LONGEST_ORIGIN = 20_000
MEDIA_TYPES: Mapping[str, str] = {"jsonld": "application/ld+json", "kantara": "application/json"}

_DPV = ("dpv:", "https://w3id.org/dpv#", "http://www.w3.org/ns/dpv#")
_RECORDS = {prefix + word for prefix in ("", *_DPV) for word in ("ConsentReceipt", "ConsentRecord")}
_STATES = {term.removeprefix("dpv:") for term in STATUS.values()}
_KANTARA = {"version", "consentReceiptID", "piiControllers", "services"}


class UnreadableReceipt(ValueError):
    """This is no receipt we can keep; the message says why and repeats nothing of it."""


class Number(str):
    """A JSON number exactly as it was written, because reading 1.10 as a float would not give it back."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignField:
    """pointer: where it stands (RFC 6901). value: the text, or the number or word as it was written; "" for null."""

    pointer: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignReceipt:
    """Somebody else's receipt. content: the bytes as they came, to be kept as a file. sha256: hex, of content.

    fields: every value in it, in its order. issuers: who is named as responsible. states: such as dpv:ConsentGiven.
    """

    format: Literal["jsonld", "kantara"]
    content: bytes
    sha256: str
    fields: tuple[ForeignField, ...]
    issuers: tuple[str, ...]
    purposes: tuple[str, ...]
    states: tuple[str, ...]
    times: tuple[str, ...]

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]

    @property
    def file_name(self) -> str:
        return f"foreign-receipt-{self.sha256[:8]}.{'jsonld' if self.format == 'jsonld' else 'json'}"

    def origin(self) -> str:
        """For the evidence of an event, beside the kept file: what the receipt says of itself, field by field."""
        head = f"Receipt of another controller, as evidence of origin only ({self.format}, SHA-256 {self.sha256})."
        lines = (storable(f"{field.pointer}: {field.value}") for field in self.fields)
        whole = "\n".join((head, *lines))
        return whole if len(whole) <= LONGEST_ORIGIN else whole[: LONGEST_ORIGIN - 2].rpartition("\n")[0] + "\n…"


def read_foreign_receipt(content: bytes) -> ForeignReceipt:
    """Read JSON-LD with a consent record or receipt of DPV, or Kantara 1.x. Raises UnreadableReceipt."""
    if len(content) > LARGEST:
        raise UnreadableReceipt(f"The file is larger than {LARGEST // 1024} kB.")
    whole = parsed(content)
    kind = format_of(whole)
    fields = tuple(_fields(whole, "", 0))
    if len(fields) > MOST_FIELDS:
        raise UnreadableReceipt(f"The receipt has more than {MOST_FIELDS:,} values.")
    return ForeignReceipt(
        format=kind,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        fields=fields,
        issuers=_named(fields, "piiController") if kind == "kantara" else _named(fields, "hasName"),
        purposes=_named(fields, "purpose") if kind == "kantara" else _purposes(fields),
        states=tuple(field.value for field in fields if _local(field.value) in _STATES and "@type" in _steps(field)),
        times=_named(fields, "consentTimestamp") if kind == "kantara" else _named(fields, "isIndicatedAtTime"),
    )


def parsed(content: bytes) -> dict[str, Any]:
    """A JSON object in which no name stands twice (CR-13). Numbers come as they were written. Raises UnreadableReceipt."""
    try:
        whole = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_constant,
        )
    except UnreadableReceipt:
        raise
    except (ValueError, RecursionError):
        raise UnreadableReceipt("The file is not JSON in UTF-8.") from None
    if not isinstance(whole, dict):
        raise UnreadableReceipt("The file holds no JSON object.")
    return whole


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Readers keep the last of two and lose the first without a word: a purpose can vanish that way.
        raise UnreadableReceipt("A name stands twice in one object, so that readers would lose a value.")
    return found


def _no_constant(_: str) -> NoReturn:
    raise UnreadableReceipt("The file is not JSON in UTF-8.")


def format_of(whole: Mapping[str, Any]) -> Literal["jsonld", "kantara"]:
    """Raises UnreadableReceipt for whatever is neither."""
    if whole.keys() >= _KANTARA:
        return "kantara"
    if "@context" in whole and any(kind in _RECORDS for kind in _types(whole, 0)):
        return "jsonld"
    raise UnreadableReceipt("The file is neither a DPV consent record in JSON-LD nor a Kantara receipt.")


def _types(value: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        raise UnreadableReceipt("The receipt is nested too deeply.")
    if isinstance(value, dict):
        kinds = value.get("@type", value.get("type"))
        yield from (kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _types(one, depth + 1)


def _fields(value: Any, pointer: str, depth: int) -> Iterator[ForeignField]:
    """Every value, with its place; an empty list or object counts as one, so that nothing is left out."""
    if depth > DEEPEST:
        raise UnreadableReceipt("The receipt is nested too deeply.")
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _fields(one, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(value, list) and value:
        for number, one in enumerate(value):
            yield from _fields(one, f"{pointer}/{number}", depth + 1)
    else:
        yield ForeignField(pointer=pointer, value=_written(value))


def _written(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    return "" if value is None else json.dumps(value)


def _local(name: str) -> str:
    """The last part of a term: of `dpv:hasName` and of its whole address."""
    return name.replace("#", ":").rpartition("/")[2].rpartition(":")[2]


def _named(fields: tuple[ForeignField, ...], name: str) -> tuple[str, ...]:
    """The values of a name, wherever it stands, each once."""
    found = (
        field.value for field in fields if name in map(_local, _steps(field)[-2:]) and "@context" not in _steps(field)
    )
    return tuple(dict.fromkeys(value for value in found if value))


def _steps(field: ForeignField) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in field.pointer.split("/")[1:]]


def _purposes(fields: tuple[ForeignField, ...]) -> tuple[str, ...]:
    found = (
        field.value
        for field in fields
        if "hasPurpose" in map(_local, _steps(field)) and "@context" not in _steps(field)
    )
    return tuple(dict.fromkeys(value for value in found if value))

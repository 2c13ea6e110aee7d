"""The copy to take elsewhere (GDPR Art. 20): what the person gave us, under consent or contract, in forms that programs read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.rights.checklist import Facts
from confida_consent.rights.parts import Group, Item
from confida_consent.vocabulary import Basis
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.records import CONTACT
from confida_core.exchange.csv_writer import write_csv
from confida_core.exchange.formula_guard import guarded
from confida_core.exchange.vcard.writer import write_vcard

PORTABLE = frozenset({Basis.CONSENT, Basis.CONTRACT})
FORMAT = "confida-portability/1"
FOLDER = "portability"
# Where a value does not fit, as it is told: `.addresses[0].country`.
PLACES = re.compile(r"\.(\w+)|\[(\d+)\]")


def is_portable(group: Group, facts: Facts) -> bool:
    declared = facts.purposes.get(group.purpose)
    return declared is not None and declared.basis in PORTABLE


def plain_json(value: Any) -> bytes:
    """Readable JSON; bytes as base64, times as RFC 3339, ids as text."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1)


class Portable:
    """Takes the parts as they go by; gives the files of the folder. Holds no more than one part, and the person's card."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.records: list[str] = []

    def files_of(self, group: Group, items: Sequence[Item], number: int) -> Iterator[tuple[str, bytes]]:
        """The files for what the person provided in this part: (path, content)."""
        provided = [dict(item.provided) for item in items if item.provided]
        if group.key == CONTACT.name:
            self.person = provided[0] if provided else {}
            for item in items[:1]:
                yield from self._card(item)
        elif provided:
            stem = f"{group.key}-{number:04}"
            self.records.append(f"{stem}.json")
            body = {"format": FORMAT, "kind": group.key, "records": provided}
            yield f"{FOLDER}/{stem}.json", plain_json(body)
            yield f"{FOLDER}/{stem}.csv", table_of(provided)

    def _card(self, item: Item) -> Iterator[tuple[str, bytes]]:
        content = fitting(self.person)
        kinds = {each.value: each for each in ContactKind}
        kind = kinds.get(item.columns["kind"], ContactKind.PERSON)
        moment = item.columns["updated_at"]
        person_id = item.id or UUID(int=0)
        yield f"{FOLDER}/contact.vcf", write_vcard(content, kind, person_id, moment).encode()
        yield f"{FOLDER}/contact.csv", "".join(write_csv([(person_id, kind, content)])).encode()

    def last_files(self, facts: Facts) -> Iterator[tuple[str, bytes]]:
        """The file that begins it all, and the schema of them."""
        body = {
            "$schema": "schema.json",
            "format": FORMAT,
            "made_at": facts.created_at,
            "from": facts.controller.name,
            "person": self.person,
            "parts": self.records,
        }
        yield f"{FOLDER}/data.json", plain_json(body)
        yield f"{FOLDER}/schema.json", plain_json(schema())


def fitting(person: Mapping[str, Any]) -> ContactContent:
    """The contact for a card. What was blackened need not fit its field any more, such as a country's two letters: that
    stays empty.
    """
    left = deepcopy(dict(person))
    while left:
        try:
            return msgspec.convert(left, ContactContent)
        except msgspec.ValidationError as error:
            place = PLACES.findall(str(error).rpartition(" - at `$")[2])
            empty_at(left, [name or int(number) for name, number in place] or [next(iter(left))])
    return ContactContent()


def empty_at(content: dict[str, Any], place: Sequence[str | int]) -> None:
    """Empty the text at a place, else leave out the whole field that it is in."""
    inner: Any = content
    try:
        for step in place[:-1]:
            inner = inner[step]
        if isinstance(inner[place[-1]], str) and inner[place[-1]]:
            inner[place[-1]] = ""
            return
    except (LookupError, TypeError):
        pass
    content.pop(str(place[0]), None)


def table_of(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Records of one kind as a table that spreadsheets open safely; what has parts stands as JSON."""
    names = list(dict.fromkeys(name for record in records for name in record))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([guarded(name) for name in names])
    for record in records:
        writer.writerow([guarded(cell(record.get(name))) for name in names])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def schema() -> dict[str, Any]:
    """JSON Schema of both kinds of file; the person's part follows from how we keep contacts."""
    (person,), components = msgspec.json.schema_components([ContactContent], ref_template="#/$defs/{name}")
    record = {"type": "object", "additionalProperties": True}
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    whole = {
        "type": "object",
        "required": ["format", "made_at", "from", "person", "parts"],
        "properties": {
            "$schema": text,
            "format": {"const": FORMAT},
            "made_at": {"type": "string", "format": "date-time"},
            "from": text,
            "person": person,
            "parts": texts,
        },
    }
    part = {
        "type": "object",
        "required": ["format", "kind", "records"],
        "properties": {"format": {"const": FORMAT}, "kind": text, "records": {"type": "array", "items": record}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a person gave us, to take elsewhere (GDPR Art. 20)",
        "oneOf": [whole, part],
        "$defs": components,
    }

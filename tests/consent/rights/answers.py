"""Answers for tests: a request as it is stored, its package unpacked, and markers for every field there is."""

from __future__ import annotations

import io
import types
import typing
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from piccolo import columns as kinds

from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.package import assemble_package
from confida_consent.rights.package_review import open_for_review
from confida_core.clock import now
from confida_core.declarations import RecordDeclaration
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor

LONG = 20
PERMISSIONS = frozenset({"requests.read", "requests.decide", "contacts.read", "consents.read", "consents.manage"})
OFFICER = Access(actor=Actor(id=new_id(), permissions=PERMISSIONS), purpose="data_subject_rights", where="tests")


async def ask(
    crm: Any, contact_id: UUID | None, kind: str = "access", language: str = "en", file: RequestFile | None = None
) -> UUID:
    """A request in work, as if the portal had taken it; returns its id."""
    request_id, moment = new_id(), now()
    columns = {
        "id": request_id, "reference": request_id.hex[-8:], "kind": kind, "state": "in_progress", "source": "portal",
        "contact_id": contact_id, "country": "DE", "subdivision": "", "language": language, "received_at": moment,
        "due_on": date(2027, 1, 1), "due_at": moment,
    }  # fmt: skip
    await crm.records.insert(REQUEST, columns, file or RequestFile())
    return request_id


async def collected(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def unpacked(crm: Any, request_id: UUID) -> dict[str, bytes]:
    """The files of the newest package, as the reviewer sees them."""
    _, pieces = await open_for_review(crm, OFFICER, request_id)
    return opened(await collected(pieces))


def opened(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


async def answered(crm: Any, contact_id: UUID | None, **given: Any) -> dict[str, bytes]:
    """Ask, assemble, unpack."""
    request_id = await ask(crm, contact_id, **given)
    await assemble_package(crm, request_id)
    return await unpacked(crm, request_id)


class Markers:
    """Texts that nothing else holds, one for each place that can hold one; `planted` says where each went."""

    def __init__(self, word: str) -> None:
        self._word, self._numbers, self.planted = word, count(1), dict[str, str]()

    def text(self, place: str) -> str:
        marker = f"{self._word}{next(self._numbers):04}x"
        self.planted[marker] = place
        return marker

    def content(self, record: RecordDeclaration, where: str = "") -> msgspec.Struct:
        """A content of this record with a marker in every field that can hold a text."""
        made = self.struct(record.content, where or record.name, frozenset(record.answer.left_out))
        assert isinstance(made, msgspec.Struct)
        return made

    def struct(self, shape: Any, place: str, hidden: frozenset[str] = frozenset()) -> Any:
        hints = typing.get_type_hints(shape, include_extras=True)
        return shape(
            **{
                name: self._unmarked(hints[name]) if name in hidden else self.value(hints[name], f"{place}.{name}")
                for name in shape.__struct_fields__
            }
        )

    def _unmarked(self, hint: Any) -> Any:
        return [] if typing.get_origin(hint) is list else b""

    def value(self, hint: Any, place: str) -> Any:
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self._limited(inner[0], inner[1], place)
        if origin in {typing.Union, types.UnionType}:
            return self.value(next(each for each in inner if each is not type(None)), place)
        if origin is typing.Literal:
            return inner[0]
        if origin is list:
            return [self.value(inner[0], place)]
        if origin is tuple:
            return tuple(self.value(each, place) for each in inner if each is not ...)
        if origin is dict:
            return {self.text(f"{place} key"): self.value(inner[1], place)}
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self.struct(hint, place)
        return self._plain(hint, place)

    def _limited(self, hint: Any, limits: msgspec.Meta, place: str) -> Any:
        if hint is int:
            return max(7, limits.ge or 0)
        if hint is str and (limits.max_length or LONG) < LONG:
            # Too short for a text that nothing else holds: a country.
            return "NZ"
        return self.value(hint, place)

    def _plain(self, hint: Any, place: str) -> Any:
        if hint in {str, Any}:
            return self.text(place)
        if hint is bytes:
            return self.text(place).encode()
        plain = {int: 7, float: 1.5, bool: False, datetime: datetime(2026, 3, 1, 12, tzinfo=UTC), UUID: new_id()}
        plain[date] = date(2026, 3, 1)
        return plain[hint]


def columns_for(record: RecordDeclaration, contact_id: UUID, parents: dict[str, UUID]) -> dict[str, Any]:
    """Operational columns of a row that leads to this contact. parents: columns whose value is given."""
    columns: dict[str, Any] = {}
    for column in record.table._meta.columns:
        name = column._meta.name
        if name in {"id", "version", "sealed"}:
            continue
        columns[name] = parents.get(name) or value_for(column)
    columns["id"] = parents.get(f"{record.name}.id") or new_id()
    if record.subject is not None and not record.answer.reached:
        columns[record.subject] = contact_id
    if "contact_id" in columns:
        columns["contact_id"] = contact_id
    return columns


def value_for(column: Any) -> Any:
    for kind, make in (
        (kinds.UUID, new_id),
        (kinds.Timestamptz, now),
        (kinds.Date, lambda: date(2026, 5, 4)),
        (kinds.Boolean, lambda: False),
        (kinds.BigInt, lambda: 900_000),
        (kinds.Integer, lambda: 3),
        (kinds.Bytea, lambda: new_id().bytes),
    ):
        if isinstance(column, kind):
            return make()
    return new_id().hex[-8:] if column._meta.unique else "x"


def texts_in(files: dict[str, bytes]) -> Iterator[str]:
    """Everything of a package that is text; bytes in JSON are base64, and so are looked for there."""
    for name, content in files.items():
        if not name.endswith((".py", ".key")):
            yield content.decode("utf-8", "replace")

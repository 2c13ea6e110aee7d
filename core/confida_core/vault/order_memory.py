"""Every standing order in memory, some 180 bytes each, found by person or by keyed hash without asking the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Literal
from uuid import UUID

from confida_core.storage.database import Row
from confida_core.vault.keks import as_uuid

OrderKind = Literal["restriction", "withdrawal", "objection", "suppression", "hold"]
# Number of a subject, or mark -> its orders.
Held = dict[int | bytes, bytes]
DENYING = frozenset({"withdrawal", "objection"})

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Number of the scope, id, event (zeros for none), microseconds since 1970. A person's orders are such pieces, end to end.
_PIECE = Struct(">I16s16sq")
_NO_EVENT = bytes(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrder:
    """subject_id: None for a suppression, which only knows `mark`, a keyed hash. purpose, channel: "" means every one.

    event_id: the recorded event it rests on, where there is one. given_at: UTC.
    """

    id: UUID
    kind: OrderKind
    subject_id: UUID | None
    purpose: str = ""
    channel: str = ""
    mark: bytes | None = None
    event_id: UUID | None = None
    given_at: datetime = _EPOCH

    def denies(self, purpose: str, channel: str) -> bool:
        return _denies(self, purpose, channel)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an order is about. There are few different ones, so each is kept once."""

    kind: OrderKind
    purpose: str
    channel: str


def _denies(order: StandingOrder | Scope, purpose: str, channel: str) -> bool:
    """Whether it is a withdrawal or objection that covers this purpose on this channel."""
    return order.kind in DENYING and order.purpose in {"", purpose} and order.channel in {"", channel}


class OrderMemory:
    """Orders by subject and by mark. Changed in one go, so nobody on the event loop sees half a change."""

    def __init__(self) -> None:
        # By the number of the UUID: it hashes ten times faster than the UUID itself, and a list asks for each person.
        self._subjects: Held = {}
        self._marks: Held = {}
        self._scopes: list[Scope] = []
        self._scope_numbers: dict[Scope, int] = {}
        self._denied: dict[tuple[str, str], frozenset[UUID]] = {}
        self._marks_of: dict[str, frozenset[bytes]] = {}

    def admit(self, rows: Iterable[Row]) -> None:
        """rows: of standing_order. One that is there already stays as it is."""
        for row in rows:
            place, key = self._place(row)
            present, piece = place.get(key, b""), self._piece(row)
            if piece[4:20] not in _ids(present):
                place[key] = present + piece
        self._forget_answers()

    def drop(self, rows: Iterable[Row]) -> None:
        """rows: id and subject_id of lifted orders, some of which may never have been here."""
        marks: set[bytes] = set()
        for row in rows:
            order_id = as_uuid(row["id"]).bytes
            if row["subject_id"] is None:
                marks.add(order_id)
            else:
                _remove(self._subjects, as_uuid(row["subject_id"]).int, {order_id})
        if marks:
            # A lifted suppression leaves no hash behind by which to look it up, and this happens seldom.
            for mark in [mark for mark, pieces in self._marks.items() if not marks.isdisjoint(_ids(pieces))]:
                _remove(self._marks, mark, marks)
        self._forget_answers()

    def _forget_answers(self) -> None:
        self._denied.clear()
        self._marks_of.clear()

    def _place(self, row: Row) -> tuple[Held, int | bytes]:
        if row["subject_id"] is None:
            return self._marks, bytes(row["mark"] or b"")
        return self._subjects, as_uuid(row["subject_id"]).int

    def _piece(self, row: Row) -> bytes:
        scope = Scope(row["kind"], row["purpose"], row["channel"])
        number = self._scope_numbers.get(scope)
        if number is None:
            number = self._scope_numbers[scope] = len(self._scopes)
            self._scopes.append(scope)
        event = _NO_EVENT if row["event_id"] is None else as_uuid(row["event_id"]).bytes
        given = (datetime.fromisoformat(row["given_at"]) - _EPOCH) // _MICROSECOND
        return _PIECE.pack(number, as_uuid(row["id"]).bytes, event, given)

    def of_subject(self, subject_id: UUID) -> list[StandingOrder]:
        pieces = self._subjects.get(subject_id.int)
        return [] if pieces is None else list(self._orders(pieces, subject_id, None))

    def of_mark(self, mark: bytes) -> list[StandingOrder]:
        pieces = self._marks.get(mark)
        return [] if pieces is None else list(self._orders(pieces, None, mark))

    def _orders(self, pieces: bytes, subject_id: UUID | None, mark: bytes | None) -> Iterator[StandingOrder]:
        for number, order_id, event, given in _PIECE.iter_unpack(pieces):
            scope = self._scopes[number]
            yield StandingOrder(
                id=UUID(bytes=order_id),
                kind=scope.kind,
                subject_id=subject_id,
                purpose=scope.purpose,
                channel=scope.channel,
                mark=mark,
                event_id=None if event == _NO_EVENT else UUID(bytes=event),
                given_at=_EPOCH + timedelta(microseconds=given),
            )

    def everything(self) -> Iterator[StandingOrder]:
        for number, pieces in self._subjects.items():
            yield from self._orders(pieces, UUID(int=int(number)), None)
        for mark, pieces in self._marks.items():
            yield from self._orders(pieces, None, bytes(mark))

    def subjects_under(self, kind: OrderKind) -> set[UUID]:
        """Everybody with an order of this kind."""
        return self._subjects_with({number for number, scope in enumerate(self._scopes) if scope.kind == kind})

    def denied(self, purpose: str, channel: str) -> frozenset[UUID]:
        """Everybody who withdrew from, or objected to, this purpose on this channel; kept until an order changes."""
        found = self._denied.get((purpose, channel))
        if found is None:
            wanted = {number for number, scope in enumerate(self._scopes) if _denies(scope, purpose, channel)}
            found = self._denied[purpose, channel] = frozenset(self._subjects_with(wanted))
        return found

    def _subjects_with(self, scopes: set[int]) -> set[UUID]:
        if not scopes:
            return set()
        return {
            UUID(int=int(subject))
            for subject, pieces in self._subjects.items()
            if any(piece[0] in scopes for piece in _PIECE.iter_unpack(pieces))
        }

    def marks(self, channel: str) -> frozenset[bytes]:
        """The keyed hashes that are suppressed on a channel; kept until an order changes."""
        found = self._marks_of.get(channel)
        if found is None:
            wanted = {number for number, scope in enumerate(self._scopes) if scope.channel in {"", channel}}
            found = self._marks_of[channel] = frozenset(
                bytes(mark)
                for mark, pieces in self._marks.items()
                if any(piece[0] in wanted for piece in _PIECE.iter_unpack(pieces))
            )
        return found


def _ids(pieces: bytes) -> list[bytes]:
    return [pieces[start + 4 : start + 20] for start in range(0, len(pieces), _PIECE.size)]


def _remove(place: Held, key: int | bytes, gone: set[bytes]) -> None:
    pieces = place.pop(key, b"")
    kept = [pieces[start : start + _PIECE.size] for start in range(0, len(pieces), _PIECE.size)]
    left = b"".join(piece for piece in kept if piece[4:20] not in gone)
    if left:
        place[key] = left

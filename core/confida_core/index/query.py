"""Questions to the index. Each yields ids; the records are then read by id and opened through the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from sqlite3 import Connection
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct, msgpack

from confida_core.declarations import IndexField
from confida_core.index.cursors import CursorBox, InvalidCursor, Place
from confida_core.index.entries import IndexEntry
from confida_core.index.fold import fold
from confida_core.index.in_sql import Parameter
from confida_core.index.palette import likely
from confida_core.index.plan import Plan, Scope, make_plan, visible_row
from confida_core.index.projection import read_position
from confida_core.index.schema import FIELD_COLUMNS

Sort = Literal["name", "organisation", "created", "touched"]
_COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("sort_key", "contact_by_name"),
    "organisation": ("organisation_sort", "contact_by_organisation"),
    "created": ("created_at", "contact_by_created"),
    "touched": ("touched_at", "contact_by_touched"),
}
MAX_LIMIT: Final = 500
MANY: Final = 10_000
Counts = dict[tuple[int, bool | None, bool | None, int], tuple[int, bool]]


class IndexQuery(Scope, frozen=True, kw_only=True):
    """A page of a list. cursor: from an earlier page of the same sort and direction. limit: 1 to 500.

    Equal names stand in the order in which the contacts were made. Contacts without an organisation stand last,
    contacts never touched first (both the other way round when descending).
    """

    sort: Sort = "name"
    descending: bool = False
    cursor: str | None = None
    limit: int = 50


class IndexPage(Struct, frozen=True):
    """Ids in their order, and cursors of the pages beside it; None where there is none."""

    ids: tuple[UUID, ...]
    next_cursor: str | None
    previous_cursor: str | None


class Facet(Struct, frozen=True):
    """value: folded. label: as one contact writes it. count: how many contacts of the answer have it."""

    value: str
    label: str
    count: int


_decode_ids = msgpack.Decoder(tuple[UUID, ...]).decode


def ids_of(found: Sequence[bytes]) -> tuple[UUID, ...]:
    """As an array of MessagePack they are made five times faster than by UUID itself."""
    return _decode_ids(b"\xdd" + len(found).to_bytes(4, "big") + b"".join([b"\xc4\x10" + each for each in found]))


class Ask:
    """What every question needs: a connection of this thread, the declared fields, and the day."""

    def __init__(
        self,
        connection: Connection,
        fields: Mapping[str, IndexField],
        today: date,
        box: CursorBox,
        counts: Counts | None = None,
    ) -> None:
        """counts: what was counted in this generation of the index, kept by the caller from one question to the next."""
        self._connection = connection
        self._fields = fields
        self._today = today
        self._box = box
        self._counts: Counts = {} if counts is None else counts
        self._plans: dict[Scope, Plan] = {}

    def _plan(self, scope: Scope) -> Plan:
        """Made once for a page and its count: with common words it is half of the work."""
        asked = Scope(condition=scope.condition, text=scope.text, archived=scope.archived, restricted=scope.restricted)
        plan = self._plans.get(asked)
        if plan is None:
            plan = self._plans[asked] = make_plan(self._connection, asked, self._fields, self._today)
        return plan

    def page(self, query: IndexQuery) -> IndexPage:
        """Raises InvalidCursor, or InvalidCondition if a field is not declared any more."""
        place = self._place(query)
        limit = min(max(query.limit, 1), MAX_LIMIT)
        plan = self._plan(query)
        found = self._walk(plan, query, place, limit + 1)
        more, found = len(found) > limit, found[:limit]
        backward = place is not None and place.backward
        if backward:
            found.reverse()
        if not found:
            return IndexPage((), None, None)
        before = more if backward else place is not None
        after = more or backward
        return IndexPage(
            ids_of([each for each, _ in found]),
            self._cursor(query, found[-1], backward=False) if after else None,
            self._cursor(query, found[0], backward=True) if before else None,
        )

    def neighbours(self, query: IndexQuery, contact_id: UUID) -> tuple[UUID | None, UUID | None]:
        """The contacts before and after this one in the list; None at the ends, or if the index lacks the contact.

        The contact itself need not be in the list (any more).
        """
        column, _ = _COLUMNS[query.sort]
        own = self._connection.execute(f"SELECT {column} FROM contact WHERE id = ?", (contact_id.bytes,)).fetchone()
        if own is None:
            return None, None
        plan = self._plan(query)
        sides = []
        for backward in (True, False):
            place = Place(_order(query), own[0], contact_id.bytes, backward)
            found = self._walk(plan, query, place, 1)
            sides.append(UUID(bytes=found[0][0]) if found else None)
        return sides[0], sides[1]

    def count(self, scope: Scope, cap: int = 10_000) -> tuple[int, bool]:
        """How many contacts there are, and whether that is exact; beyond `cap` it is (cap, False)."""
        if scope.text.strip() or scope.condition != Scope().condition:
            return self._counted(scope, cap)
        # Everyone is counted for each page of the unfiltered list; that takes longer than finding the page.
        mark = (read_position(self._connection), scope.archived, scope.restricted, cap)
        known = self._counts.get(mark)
        if known is None:
            self._counts.clear()
            known = self._counts[mark] = self._counted(scope, cap)
        return known

    def _counted(self, scope: Scope, cap: int) -> tuple[int, bool]:
        sql, params = self._rows(self._plan(scope), whole=cap > MANY)
        counted = self._connection.execute(f"SELECT count(*) FROM ({sql} LIMIT ?)", (*params, cap + 1)).fetchone()[0]
        return (counted, True) if counted <= cap else (cap, False)

    def every(self, scope: Scope) -> tuple[UUID, ...]:
        """Ids of all contacts of the answer in the order of their making, in one walk. Raises InvalidCondition."""
        sql, params = self._rows(self._plan(scope), whole=True)
        found = self._connection.execute(f"SELECT id FROM contact WHERE row IN ({sql}) ORDER BY id", params).fetchall()
        return ids_of([each for (each,) in found])

    def facets(self, scope: Scope, field: str, *, limit: int = 50, cap: int = 10_000) -> tuple[list[Facet], bool]:
        """The most frequent values of a text, choice or set field among the contacts, most frequent first.

        The second value says whether the counts are exact: they are unless more than `cap` contacts are narrowed down
        by words or conditions; then they tell the proportions among the first `cap`.
        """
        sql, params = self._rows(self._plan(scope))
        narrowed = bool(scope.text.strip()) or scope.condition != Scope().condition
        key: tuple[str, ...] = (field,)
        table, text, of_field = "attribute", "a.text", "a.field = (SELECT id FROM field WHERE key = ?)"
        if field in FIELD_COLUMNS:
            table, text, of_field, key = "contact", FIELD_COLUMNS[field][0], "1", ()
        if narrowed:
            source = (
                f"(SELECT row FROM ({sql} LIMIT {cap})) AS r CROSS JOIN {table} AS a ON a.row = r.row AND {of_field}"
            )
            return self._grouped(text, source, (*params, *key), field, limit), self.count(scope, cap)[1]
        source = f"{table} AS a WHERE {of_field} AND {text} <> '' AND {visible_row(scope, 'a.row')}"
        return self._grouped(text, source, key, field, limit), True

    def _grouped(self, text: str, source: str, params: tuple[Parameter, ...], field: str, limit: int) -> list[Facet]:
        found = self._connection.execute(
            f"SELECT {text} AS found, count(*) AS contacts, min(a.row) FROM {source}"
            " GROUP BY found HAVING found <> '' ORDER BY contacts DESC, found LIMIT ?",
            (*params, limit),
        ).fetchall()
        return [Facet(value, self._label(field, value, row), count) for value, count, row in found]

    def _label(self, field: str, value: str, row: int) -> str:
        """As one contact writes it; fetched for the few values of the answer only."""
        label = self._connection.execute(
            "SELECT label FROM attribute WHERE row = ? AND field = (SELECT id FROM field WHERE key = ?) AND text = ?",
            (row, field, value),
        ).fetchone()
        return label[0] if label and label[0] else value

    def candidates(self, entry: IndexEntry, limit: int = 50) -> list[UUID]:
        """Contacts that may be the same as this one: a mail address, telephone number, or name and birthday in common.

        Those with more in common come first. Archived ones are among them, restricted ones not.
        """
        marks = ", ".join("?" * len(entry.same))
        found = self._connection.execute(
            f"SELECT c.id FROM same AS s CROSS JOIN contact AS c ON c.row = s.row WHERE s.key IN ({marks})"
            " AND c.id <> ? AND c.restricted = 0 GROUP BY c.id ORDER BY count(*) DESC, c.id LIMIT ?",
            (*entry.same, entry.id.bytes, limit),
        ).fetchall()
        return [UUID(bytes=each) for (each,) in found]

    def addressed(self, address: str, limit: int = 5) -> list[UUID]:
        """Contacts with this mail address, spelt in any way that folds alike, the oldest first.

        Restricted and archived ones too: the question comes from the person, not from somebody who works with them.
        """
        found = self._connection.execute(
            "SELECT c.id FROM same AS s CROSS JOIN contact AS c ON c.row = s.row WHERE s.key = ? ORDER BY c.id LIMIT ?",
            (f"mail:{fold(address)}", limit),
        ).fetchall()
        return [UUID(bytes=each) for (each,) in found]

    def numbered(self, digits: str, limit: int = 5) -> list[UUID]:
        """Contacts with this telephone number, the oldest first. digits: as `international_digits` gives them."""
        found = self._connection.execute(
            "SELECT c.id FROM same AS s CROSS JOIN contact AS c ON c.row = s.row WHERE s.key = ? ORDER BY c.id LIMIT ?",
            (f"phone:{digits}", limit),
        ).fetchall()
        return [UUID(bytes=each) for (each,) in found]

    def likely(self, text: str, limit: int = 8) -> list[UUID]:
        """For the command palette; see `palette.likely`."""
        return likely(self._connection, text, limit)

    def _place(self, query: IndexQuery) -> Place | None:
        if query.cursor is None:
            return None
        place = self._box.open(query.cursor)
        if place.order != _order(query):
            raise InvalidCursor("the cursor belongs to another order")
        return place

    def _cursor(self, query: IndexQuery, found: tuple[bytes, str | int], *, backward: bool) -> str:
        return self._box.seal(Place(_order(query), found[1], found[0], backward))

    def _walk(self, plan: Plan, query: IndexQuery, place: Place | None, limit: int) -> list[tuple[bytes, str | int]]:
        """Ids with their sort values, from the place on, in list order (from the place backwards, if it says so)."""
        column, index = _COLUMNS[query.sort]
        down = query.descending != (place is not None and place.backward)
        where, params = plan.where.sql, list[Parameter](plan.where.params)
        if place is not None:
            where = f"(c.{column}, c.id) {'<' if down else '>'} (?, ?) AND {where}"
            params[:0] = [place.value, place.id]
        access = f"INDEXED BY {index}"
        if plan.rows is not None:
            access = "NOT INDEXED"
            where = f"c.row IN (SELECT value FROM json_each(?)) AND {where}"
            params.insert(0, plan.rows)
        direction = "DESC" if down else "ASC"
        return self._connection.execute(
            f"SELECT c.id, c.{column} FROM contact AS c {access} WHERE {where}"
            f" ORDER BY c.{column} {direction}, c.id {direction} LIMIT ?",
            (*params, limit),
        ).fetchall()

    def _rows(self, plan: Plan, *, whole: bool = False) -> tuple[str, tuple[Parameter, ...]]:
        """A SELECT of the row numbers of all contacts of the answer, each once, in no order.

        whole: nobody stops after the first thousands.
        """
        if plan.rows is not None:
            sql = f"SELECT c.row FROM contact AS c WHERE c.row IN (SELECT value FROM json_each(?)) AND {plan.where.sql}"
            return sql, (plan.rows, *plan.where.params)
        if plan.driver is not None:
            sql = f"SELECT c.row FROM ({plan.driver.sql}) AS c WHERE {plan.driver_where.sql}"
            return sql, (*plan.driver.params, *plan.driver_where.params)
        where = plan.whole if whole else plan.where
        return f"SELECT c.row FROM contact AS c INDEXED BY contact_by_name WHERE {where.sql}", where.params


def _order(query: IndexQuery) -> str:
    return f"{query.sort}-" if query.descending else query.sort

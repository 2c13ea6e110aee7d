"""Who opens personal data, for what, and where: handed to the door with every opening."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

SYSTEM_ID = UUID(int=0)


class Forbidden(Exception):
    """The actor lacks the permission; shown exactly like a missing record."""


class NotFound(Exception):
    """There is no such record, or none that this actor may know of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """id: the account, or SYSTEM_ID for the program itself. permissions: what its role holds, effective now."""

    id: UUID
    kind: Literal["staff", "system", "subject"] = "staff"
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        return self.kind == "system" or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises Forbidden."""
        if not self.may(permission):
            raise Forbidden(permission)


SYSTEM = Actor(id=SYSTEM_ID, kind="system")


@dataclass(slots=True, kw_only=True)
class Access:
    """One request's, command's or job's stay at the door.

    purpose: key of a declared purpose. where: route pattern or command name, never a URL with values.
    deferred: the caller settles the read log itself before anything leaves (the web does, once per response).
    fresh_seconds: how long the standing orders that were looked at for this access count as looked at, where many parts of
    one page open something at the same moment; looked_at: when that was, by the monotonic clock.
    """

    actor: Actor
    purpose: str
    where: str
    deferred: bool = False
    seen: set[UUID] = field(default_factory=set)
    fresh_seconds: float = 0.0
    looked_at: float = 0.0


def system_access(where: str, purpose: str = "operation") -> Access:
    """For the program's own work that nobody looks at: indexing, jobs, erasure; its openings are not logged as reads."""
    return Access(actor=SYSTEM, purpose=purpose, where=where)

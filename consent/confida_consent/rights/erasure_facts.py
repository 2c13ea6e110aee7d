"""The facts of an erasure plan: what goes, what stays, who shares, who was told, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

NOTHING_YET = "no rule says yet until when"
BACKUPS = (
    "Backups are not searched: the keys of what goes are destroyed, and no backup holds a key. Restoring any of them leaves "
    "the person out."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What goes: how many rows, links, files or other things of one kind."""

    key: str
    label: str
    count: int

    def __str__(self) -> str:
        return f"{self.label}: {self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """What stays. ground: why, in words. provision: what allows it. until: the last day; None where no rule says it yet.

    citation: of the law that sets the period, "" where none does.
    """

    key: str
    label: str
    count: int
    retention_class: str
    ground: str
    provision: str
    until: date | None
    citation: str = ""

    def __str__(self) -> str:
        end = f"until {self.until.isoformat()}" if self.until else NOTHING_YET
        return " ".join(
            part for part in (f"{self.label}: {self.count}, {end}.", self.ground, self.provision, self.citation) if part
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart:
    """Records that others keep their part of. people: how many others."""

    key: str
    label: str
    records: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingHold:
    """A legal hold that stops the erasure. name, owner: "" where nothing was written down beside the order."""

    order_id: UUID
    given_at: datetime
    name: str = ""
    owner: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who got data of this person and is told of the erasure (GDPR Art. 19). last: the latest hand-over."""

    name: str
    times: int
    last: datetime
    purposes: tuple[str, ...]
    references: tuple[UUID, ...]

    def __str__(self) -> str:
        shown = ", ".join(each.hex[:12] for each in self.references[:5])
        return f"{self.name}: {self.times} times, last on {self.last.date()} ({', '.join(self.purposes)}); {shown}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """classes: retention classes whose keys are destroyed. blocked_by: holds; with any of them nothing can be erased.

    evidence_due: the proof of consents goes too, because its time is over.
    """

    contact_id: UUID
    classes: tuple[str, ...]
    goes: tuple[Going, ...]
    stays: tuple[Staying, ...]
    shared: tuple[SharedPart, ...]
    recipients: tuple[Recipient, ...]
    blocked_by: tuple[BlockingHold, ...]
    evidence_due: bool
    backups: str = BACKUPS

    @property
    def blocked(self) -> bool:
        return bool(self.blocked_by)

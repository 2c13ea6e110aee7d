"""The register of breaches (GDPR Art. 33(5)): facts, effects and remedy of every one, and the 72 hours from our knowledge.

The hours are counted one by one, over nights and holidays: nobody is late who is in time by this clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from confida_consent.rights.content import BreachFile
from confida_consent.rights.declared import BREACH
from confida_consent.rights.requests_references import HALF, LETTERS
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line, clean_text, limits_of
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

HOURS = 72
MANAGE, READ = "breaches.record", "registers.read"
RISKS: Mapping[str, str] = {
    "": "Not judged yet",
    "unlikely": "Unlikely to be a risk to anybody",
    "risk": "A risk to the rights of people: the authority is told",
    "high": "A high risk: the people are told too",
    "unintelligible": "A high risk but for the encryption: what was lost cannot be read (GDPR Art. 34(3)(a))",
}
TO_TELL = frozenset({"risk", "high", "unintelligible"})
ONE_LINE = frozenset({"title", "risk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """due_at: 72 hours after we knew. hours_left: whole ones, negative once it has passed; as of when the authority was told,
    once it was.
    """

    due_at: datetime
    hours_left: int
    late: bool
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One breach. needs_authority, needs_persons: what has to be told and was not yet."""

    id: UUID
    version: int
    reference: str
    known_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    authority_told_at: datetime | None
    persons_told_at: datetime | None
    closed_at: datetime | None
    file: BreachFile

    def clock(self, at: datetime) -> Clock:
        due_at = self.known_at + timedelta(hours=HOURS)
        left = (due_at - (self.authority_told_at or at)).total_seconds() / 3600
        stopped = self.authority_told_at is not None or self.closed_at is not None
        return Clock(due_at=due_at, hours_left=int(left // 1), late=left < 0 and self.needs_clock, stopped=stopped)

    @property
    def needs_clock(self) -> bool:
        """As long as nobody has judged that there is no risk, the hours count."""
        return self.file.risk != "unlikely"

    @property
    def needs_authority(self) -> bool:
        return self.authority_told_at is None and self.file.risk in TO_TELL

    @property
    def needs_persons(self) -> bool:
        return self.persons_told_at is None and self.file.risk == "high"


async def record_breach(crm: Installation, access: Access, file: BreachFile, known_at: datetime) -> UUID:
    """Begin the record of a breach; everything but its title may come later, in phases (GDPR Art. 33(4)).

    known_at: when we learned of it, aware. Raises Forbidden without `breaches.record`, InvalidContent by field.
    """
    access.actor.require(MANAGE)
    file, breach_id = checked_file(file), new_id()
    check_known_at(known_at)
    halves = ("".join(secrets.choice(LETTERS) for _ in range(HALF)) for _ in range(2))
    columns = {
        "id": breach_id,
        "reference": "-".join(("B", *halves)),
        "known_at": known_at,
        "recorded_at": now(),
        "recorded_by": access.actor.id,
        "authority_told_at": None,
        "persons_told_at": None,
        "closed_at": None,
    }
    await crm.keyring.ensure([crm.keyring.installation_id], BREACH.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(BREACH, columns, file)
        await note(crm, access, "breach.recorded", breach_id)
    return breach_id


async def change_breach(
    crm: Installation, access: Access, breach_id: UUID, file: BreachFile, known_at: datetime, *, seen: int
) -> None:
    """Write what is known by now; what was told to whom stays as it was noted.

    Raises Forbidden, NotFound, InvalidContent by field, VersionConflict.
    """
    access.actor.require(MANAGE)
    check_known_at(known_at)
    old = await breach_of(crm, access, breach_id)
    kept = {name: getattr(old.file, name) for name in ("told_authority", "told_persons")}
    await rewrite(
        crm,
        access,
        old,
        msgspec.structs.replace(checked_file(file), **kept),
        "breach.changed",
        seen=seen,
        known_at=known_at,
    )


async def tell_authority(crm: Installation, access: Access, breach_id: UUID, text: str) -> None:
    """Note what the authority was told now; a second time adds a phase and leaves the first time as it is.

    Raises Forbidden, NotFound, InvalidContent (text).
    """
    await told(crm, access, breach_id, "authority", text)


async def tell_persons(crm: Installation, access: Access, breach_id: UUID, text: str) -> None:
    """Note what the people were told now (GDPR Art. 34). Raises as `tell_authority`."""
    await told(crm, access, breach_id, "persons", text)


async def told(crm: Installation, access: Access, breach_id: UUID, whom: str, text: str) -> None:
    access.actor.require(MANAGE)
    old = await breach_of(crm, access, breach_id)
    if not text.strip():
        raise InvalidContent({"text": "Write what was told."})
    moment = now()
    when = moment.astimezone(ZoneInfo(crm.settings.time_zone))
    before = getattr(old.file, f"told_{whom}")
    words = f"{before}\n\n{when:%Y-%m-%d %H:%M}\n{text}".strip()
    changes: dict[str, Any] = {f"told_{whom}": words}
    file = checked_file(msgspec.structs.replace(old.file, **changes))
    columns = {f"{whom}_told_at": getattr(old, f"{whom}_told_at") or moment}
    await rewrite(crm, access, old, file, f"breach.{whom}_told", seen=old.version, **columns)


async def close_breach(crm: Installation, access: Access, breach_id: UUID) -> None:
    """Everything is done. Raises Forbidden, NotFound, InvalidContent naming what Art. 33(5) still asks for."""
    access.actor.require(MANAGE)
    old = await breach_of(crm, access, breach_id)
    errors = {
        field: "Write this down first; the law asks for it (GDPR Art. 33(5))."
        for field in ("facts", "consequences", "measures", "risk")
        if not getattr(old.file, field)
    }
    if old.needs_authority:
        errors["text"] = "First tell the authority."
    elif old.needs_persons:
        errors["text"] = "First tell the people."
    if old.file.risk == "unlikely" and not old.file.reasons:
        errors["reasons"] = "Say why nobody is at risk, or why it came late (GDPR Art. 33(1))."
    if errors:
        raise InvalidContent(errors)
    await rewrite(crm, access, old, old.file, "breach.closed", seen=old.version, closed_at=now())


async def rewrite(
    crm: Installation, access: Access, old: Breach, file: BreachFile, kind: str, *, seen: int, **columns: Any
) -> None:
    if old.closed_at is not None:
        raise InvalidContent({"": "This breach is closed; record what is new as another one."})
    await crm.keyring.ensure([crm.keyring.installation_id], BREACH.retention_class)
    async with crm.data.transaction():
        await crm.records.update(BREACH, {"id": old.id, **columns}, file, seen=seen)
        await note(crm, access, kind, old.id)


async def list_breaches(crm: Installation, access: Access) -> list[Breach]:
    """All of them, open ones first, then the latest. Raises Forbidden without `registers.read`."""
    access.actor.require(READ)
    rows = await crm.data.fetch(
        "SELECT * FROM rights_breach ORDER BY closed_at IS NULL DESC, known_at DESC, id LIMIT 500"
    )
    return [breach(one) for one in await crm.door.open(access, BREACH, rows)]


async def breach_of(crm: Installation, access: Access, breach_id: UUID) -> Breach:
    """Raises Forbidden without `registers.read`, NotFound."""
    access.actor.require(READ)
    rows = await crm.data.fetch("SELECT * FROM rights_breach WHERE id = ?", breach_id)
    opened = await crm.door.open(access, BREACH, rows)
    if not opened:
        raise NotFound
    return breach(opened[0])


async def open_breaches(crm: Installation) -> list[datetime]:
    """When the 72 hours of each breach end that is open and that no authority was told of; opens nothing."""
    rows = await crm.data.fetch(
        "SELECT known_at FROM rights_breach WHERE closed_at IS NULL AND authority_told_at IS NULL ORDER BY known_at"
    )
    return [row["known_at"] + timedelta(hours=HOURS) for row in rows]


COLUMNS = (
    "id", "version", "reference", "known_at", "recorded_at", "recorded_by", "authority_told_at", "persons_told_at",
    "closed_at",
)  # fmt: skip


def breach(opened: Opened[Any]) -> Breach:
    return Breach(file=opened.content, **{name: opened.row[name] for name in COLUMNS})


def check_known_at(known_at: datetime) -> None:
    if known_at > now():
        raise InvalidContent({"known_at": "This lies in the future."})


def checked_file(file: BreachFile) -> BreachFile:
    """As it is stored. Raises InvalidContent naming every field that is wrong."""
    clean, errors = dict[str, str](), dict[str, str]()
    limits = limits_of(BreachFile)
    for name, value in msgspec.structs.asdict(file).items():
        try:
            clean[name] = (clean_line if name in ONE_LINE else clean_text)(value)
        except UnstorableText:
            errors[name], clean[name] = "This holds a character that cannot be stored.", ""
        if len(clean[name]) > limits[name]:
            errors[name] = f"This has more than {limits[name]} characters."
    if not clean["title"] and "title" not in errors:
        errors["title"] = "Give it a name, such as what was lost."
    if clean["risk"] not in RISKS:
        errors["risk"] = "Choose one."
    if errors:
        raise InvalidContent(errors)
    return BreachFile(**clean)


async def note(crm: Installation, access: Access, kind: str, breach_id: UUID) -> None:
    await record_event(
        crm, kind, actor_id=access.actor.id, target_id=breach_id, target_kind="rights_breach", serious=True
    )

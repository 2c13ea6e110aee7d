"""What the rows of an import come to: whose consent each is about, and whether it can be taken. A no always wins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_consent.appending import present_contacts
from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_consent.history import Histories, histories
from confida_consent.import_rows import ClaimRow
from confida_consent.indications import (
    NARROWING,
    ImportRefused,
    Indication,
    IndicationRefused,
    check_indication,
    clean_evidence,
)
from confida_consent.purposes import all_purposes
from confida_consent.state import effective_event
from confida_consent.vocabulary import NO, OBJECTABLE, Actor, Kind, Method
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT
from confida_core.contacts.suppressed import addresses_of
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound
from confida_core.vault.suppressions import suppressed_many

REASONS: Mapping[str, str] = {
    "unreadable": "This row cannot be read.",
    "nobody": "Say whose consent it is: by the contact's id, or by an e-mail address.",
    "state": "The state must be given, refused, withdrawn or objected.",
    "date": "The date must be like 2024-05-31, and a consent needs one.",
    "not_found": "No contact with this id or address can be seen by whoever imports.",
    "ambiguous": "Several contacts have this address: name the contact's id.",
    "no_stands": "This person has said no; a list never changes that.",
    "suppressed": "An address of this person is on the suppression list.",
    "purpose": "There is no such purpose.",
    "channel": "The purpose does not use this channel.",
    "kind": "The purpose does not rest on what this row says.",
    "indicated_at": "The date lies in the future.",
    "purpose_version": "The purpose has changed since then, and such a consent does not cover it.",
    "valid_until": "The consent would have ended before it began.",
    "evidence": "This row says nothing of where the consent comes from.",
    "other": "This row cannot be recorded.",
}
TAKE, KNOWN = "take", "known"
NOBODY = ContactContent(display_name="-")
Fact = tuple[UUID, str, str, str, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """outcome: "take", "known" (recorded already), or a code of REASONS. indication: what would be recorded."""

    number: int
    outcome: str
    contact_id: UUID | None = None
    indication: Indication | None = None


@dataclass(slots=True, kw_only=True)
class Planner:
    """Looks up what many rows need, and plans them in the order of the file."""

    crm: Installation
    access: Access
    import_id: UUID
    statement: str
    planned: set[Fact] = field(default_factory=set)

    async def plan(self, claims: Sequence[ClaimRow]) -> list[PlannedRow]:
        """At most 500 rows. Opens the contacts they name, to compare their addresses with the suppression list."""
        await self.crm.orders.refresh()
        found = await self._people(claims)
        whose = {claim.number: whom(claim, found) for claim in claims}
        ids = sorted({person for person in whose.values() if isinstance(person, UUID)})
        contents, on_file = await self._visible(ids), await present_contacts(self.crm, ids)
        known, purposes = await histories(self.crm, ids), await all_purposes(self.crm)
        rows = []
        for claim in claims:
            person = whose[claim.number]
            if claim.problem or isinstance(person, str):
                rows.append(PlannedRow(number=claim.number, outcome=claim.problem or str(person)))
            elif person not in (on_file if claim.kind in NARROWING else contents):
                rows.append(PlannedRow(number=claim.number, outcome="not_found"))
            else:
                # A no is taken of somebody in the trash or restricted too: they may be back tomorrow.
                content = contents.get(person, NOBODY)
                rows.append(await self._row(claim, person, content, known, purposes.get(claim.purpose)))
        return rows

    async def _people(self, claims: Sequence[ClaimRow]) -> dict[str, list[UUID]]:
        """Contacts by the address of a row, at most two each: more than one is too many."""
        addresses = sorted({claim.email for claim in claims if claim.contact_id is None and claim.email})
        await self.crm.index.catch_up(ContactSource(self.crm))
        found = await self.crm.index.run(lambda ask: [ask.addressed(address, 2) for address in addresses])
        return dict(zip(addresses, found, strict=True))

    async def _visible(self, ids: Sequence[UUID]) -> dict[UUID, ContactContent]:
        rows: list[Row] = [row for row in await self.crm.records.rows(CONTACT, ids) if row["deleted_at"] is None]
        return {item.row["id"]: item.content for item in await self.crm.door.open(self.access, CONTACT, rows)}

    async def _row(
        self, claim: ClaimRow, person: UUID, content: ContactContent, known: Histories, purpose: Purpose | None
    ) -> PlannedRow:
        said = self._indication(claim, person, purpose)
        outcome = refused_as(said, purpose) or await self._against(said, content, known, purpose) or TAKE
        fact = fact_of(said)
        if outcome == TAKE and (fact in self.planned or is_known(said, known)):
            outcome = KNOWN
        self.planned.add(fact)
        return PlannedRow(number=claim.number, outcome=outcome, contact_id=person, indication=said)

    def _indication(self, claim: ClaimRow, person: UUID, purpose: Purpose | None) -> Indication:
        kind = claim.kind
        if kind in NO and purpose is not None and purpose.declared.basis in OBJECTABLE:
            kind = Kind.OBJECTED
        evidence = Evidence(
            address=claim.email,
            detail=claim.text,
            source=claim.source,
            origin=self.statement,
            request_id=f"import {self.import_id}, row {claim.number}",
        )
        return Indication(
            subject_id=person,
            purpose=claim.purpose,
            channel=claim.channel,
            kind=str(kind),
            method=Method.IMPORT.value,
            indicated_at=claim.at,
            evidence=evidence,
            actor_kind=Actor.IMPORT.value,
        )

    async def _against(
        self, said: Indication, content: ContactContent, known: Histories, purpose: Purpose | None
    ) -> str:
        """Why a yes cannot be taken; a no always can."""
        if said.kind in NARROWING:
            return ""
        events = known.get((said.subject_id, said.purpose, said.channel), [])
        spoken = effective_event(event for event in events if event.kind != Kind.EXPIRED)
        denied = self.crm.orders.denies(said.subject_id, said.purpose, said.channel)
        if denied is not None or (spoken is not None and spoken.kind in NARROWING):
            return "no_stands"
        own = {one.address for one in addresses_of(content) if one.channel == said.channel}
        own |= {said.evidence.address} if said.evidence.address and said.channel == "email" else set()
        marketing = purpose is None or purpose.declared.chosen
        listed = await suppressed_many(self.crm, said.channel, own, said.purpose, marketing=marketing)
        return "suppressed" if listed else ""


def whom(claim: ClaimRow, found: Mapping[str, Collection[UUID]]) -> UUID | str:
    """The contact, or why there is none."""
    if claim.contact_id is not None:
        return claim.contact_id
    people = list(found.get(claim.email, ()))
    if len(people) == 1:
        return people[0]
    return "ambiguous" if people else "not_found"


def refused_as(said: Indication, purpose: Purpose | None) -> str:
    try:
        clean_evidence(said.evidence)
        check_indication(said, purpose, Actor.IMPORT, now())
    except NotFound:
        return "purpose"
    except IndicationRefused as refused:
        return reason_of(refused)
    return ""


def reason_of(fault: Any) -> str:
    field = "no_stands" if isinstance(fault, ImportRefused) else getattr(fault, "field", "not_found")
    return field if field in REASONS else "other"


def fact_of(said: Indication) -> Fact:
    at = None if said.kind in NARROWING else said.indicated_at
    return said.subject_id, said.purpose, said.channel, said.kind, at


def is_known(said: Indication, known: Histories) -> bool:
    """Whether the same is recorded: a yes of the same moment, or a no that stands anyway."""
    events = known.get((said.subject_id, said.purpose, said.channel), [])
    if said.kind in NARROWING:
        deciding = effective_event(events)
        return deciding is not None and deciding.kind in NARROWING
    return any(event.kind == said.kind and event.indicated_at == said.indicated_at for event in events)

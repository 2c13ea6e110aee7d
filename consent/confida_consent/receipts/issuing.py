"""Issuing the receipt of one event, from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from confida_consent.content import Evidence
from confida_consent.controller import read_controller
from confida_consent.declarations import ConsentPurpose, Wording
from confida_consent.events import event
from confida_consent.ledger.log import inclusion, tlog_proof, verifier_key
from confida_consent.ledger.verify import parse_verifier_key
from confida_consent.notices import notice
from confida_consent.purposes import purpose_versions
from confida_consent.receipts.receipt import Circumstances, LedgerPlace, Receipt, ShownNotice, Status, record_id_of
from confida_consent.recorded import RecordedEvent, recorded
from confida_consent.state import DECISIONS, place
from confida_consent.vocabulary import Category, Channel
from confida_core.accounts.signing_in import address_of
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound


async def receipt_of(crm: Installation, access: Access, event_id: UUID) -> Receipt:
    """The receipt of one event, with its proof under the newest checkpoint. Opens the event's evidence.

    Raises NotFound and Forbidden as `events.event` does: a person gets receipts of their own events only.
    """
    opened = await event(crm, access, event_id)
    found, evidence = opened.event, opened.evidence
    return Receipt(
        id=uuid4(),
        record_id=record_id_of(evidence.salt),
        event_id=found.id,
        subject_id=found.subject_id,
        created_at=now(),
        address=address_of(crm),
        time_zone=crm.settings.time_zone,
        controller=await read_controller(crm),
        purpose=await purpose_at(crm, found),
        purpose_version=found.purpose_version,
        channel=found.channel,
        basis=found.legal_basis,
        language=found.language or crm.settings.language,
        recorded_at=found.recorded_at,
        status=status_from(found),
        circumstances=circumstances_from(evidence),
        ledger=await ledger_place(crm, found.ledger_index, evidence),
        later=followers(found, await story_of(crm, found)),
        notice=await shown_notice(crm, found.notice_id),
    )


async def purpose_at(crm: Installation, found: RecordedEvent) -> ConsentPurpose:
    """The purpose as it was then, as far as that is kept; the key stands in for one that nobody declares any more."""
    try:
        versions = [purpose.declared for purpose, _ in await purpose_versions(crm, found.purpose)]
    except NotFound:
        return ConsentPurpose(
            key=found.purpose,
            version=found.purpose_version,
            texts={"en": Wording(title=found.purpose, description="")},
            basis=found.legal_basis,
            channels=(found.channel,),
            category=Category.PROFILING if found.channel == Channel.PROFILING else Category.OTHER,
        )
    return next((one for one in versions if one.version == found.purpose_version), versions[0])


async def story_of(crm: Installation, found: RecordedEvent) -> list[RecordedEvent]:
    """Everything recorded of the same subject, purpose and channel; opens nothing."""
    rows = await crm.data.fetch(
        "SELECT * FROM consent_event WHERE subject_id = ? AND purpose = ? AND channel = ?",
        found.subject_id, found.purpose, found.channel,
    )  # fmt: skip
    return [recorded(row) for row in rows]


def followers(found: RecordedEvent, story: Sequence[RecordedEvent]) -> tuple[Status, ...]:
    """What was decided after this event, or in its place, in the order in which it took effect."""
    corrected = {one.supersedes for one in story}
    after = (
        one
        for one in story
        if one.kind in DECISIONS
        and one.id not in corrected
        and one.id != found.id
        and (place(one) > place(found) or one.supersedes == found.id)
    )
    return tuple(status_from(one) for one in sorted(after, key=place))


def status_from(found: RecordedEvent) -> Status:
    return Status(
        kind=found.kind,
        consent_type=found.consent_type,
        indicated_at=found.indicated_at,
        valid_until=found.valid_until,
        method=found.method,
        actor_kind=found.actor_kind,
    )


def circumstances_from(evidence: Evidence) -> Circumstances:
    return Circumstances(
        indicated_by=evidence.indicated_by,
        address=evidence.address,
        detail=evidence.detail,
        source=evidence.source,
        script=evidence.script,
        origin=evidence.origin,
        confirmed_at=evidence.confirmed_at,
        stated_at=evidence.stated_at,
    )


async def ledger_place(crm: Installation, position: int, evidence: Evidence) -> LedgerPlace:
    included = await inclusion(crm, position)
    key = await verifier_key(crm)
    return LedgerPlace(
        proof=tlog_proof(included, evidence.salt, evidence.payload),
        index=included.index,
        size=included.size,
        origin=parse_verifier_key(key).name,
        verifier_key=key,
    )


async def shown_notice(crm: Installation, notice_id: UUID | None) -> ShownNotice | None:
    if notice_id is None:
        return None
    found = await notice(crm, notice_id)
    return ShownNotice(
        id=found.id,
        version=found.number,
        language=found.language,
        content=found.content,
        sha256=found.sha256.hex(),
    )

"""What people agreed to and objected to: every indication as it was recorded, and how each person stands now.

Recorded through the same function as everywhere, with the method `api`; nothing is ever changed or removed here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from msgspec import Meta, Struct

from confida_consent.appending import present_contacts
from confida_consent.content import Evidence, Text
from confida_consent.events import ChannelState, event, record_event, states_of
from confida_consent.gate import may
from confida_consent.indications import NARROWING, Indication, IndicationRefused
from confida_consent.purposes import all_purposes
from confida_consent.recorded import OpenedEvent, RecordedEvent, recorded
from confida_consent.records import EVENT
from confida_consent.vocabulary import Channel, Kind, Method
from confida_core.contacts.content import LongText, ShortText
from confida_core.contacts.people import display_names
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_web.rest.cursors import open_place, seal_place
from confida_web.rest.declarations import ApiResource, Entity, Given, ListPage, ListQuery, Parameter
from confida_web.rest.interactions import Instant

PURPOSES = ("relationship", "consent")
# Names of the record where the API has another.
FIELDS = {"subject_id": "contact", "purpose_version": "indicated_at"}


class ShownEvidence(Struct, frozen=True, kw_only=True):
    """How we know. Where the token may not open it, every part is empty."""

    indicated_by: str
    address: str
    detail: str
    source: str
    script: str


class ConsentEvent(Entity, frozen=True, kw_only=True):
    """One indication. recorded_by: the account, None for the person and the program. number: its place in the ledger."""

    contact: UUID
    purpose: str
    purpose_version: int
    channel: str
    kind: str
    consent_type: str
    legal_basis: str
    method: str
    language: str
    notice: UUID | None
    indicated_at: datetime
    recorded_at: datetime
    valid_until: datetime | None
    recorded_by: UUID | None
    corrects: UUID | None
    number: int
    evidence: ShownEvidence


class GivenEvidence(Given, frozen=True, kw_only=True):
    """How you know. A yes needs at least one of detail, source and script.

    indicated_by: who said it, in words. address: what it was said for. detail: what was said, or where the proof is kept.
    source: the form, page or list it comes from. script: what was read out on the telephone.
    """

    indicated_by: ShortText = ""
    address: Annotated[str, Meta(max_length=254)] = ""
    detail: LongText = ""
    source: Text = ""
    script: LongText = ""


class NewConsentEvent(Given, frozen=True, kw_only=True):
    """indicated_at: else now; a no counts from now on in any case. language: of the notice that was shown.

    notice: which was shown, where it is not today's. valid_until: else as the purpose says.
    """

    contact: UUID
    purpose: Annotated[str, Meta(min_length=1, max_length=60)]
    channel: Literal["email", "phone", "sms", "post", "messenger", "profiling"]
    kind: Literal["given", "renewed", "refused", "withdrawn", "objected", "objection_ended"]
    evidence: GivenEvidence = GivenEvidence()
    indicated_at: Instant | None = None
    language: Annotated[str, Meta(max_length=35)] = ""
    notice: UUID | None = None
    valid_until: Instant | None = None


class ConsentState(Entity, frozen=True, kw_only=True):
    """How a contact stands to a purpose on a channel. state: the kind of event that decides, or "unknown".

    allowed, reason: what the gate says at this moment, which also knows what else stands in the way. It is asked again for
    every message that is sent; a program that sends by itself asks shortly before.
    """

    contact: UUID
    purpose: str
    channel: str
    state: str
    since: datetime | None
    valid_until: datetime | None
    allowed: bool
    reason: str


async def list_events(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """The latest recorded first. Raises Forbidden, InvalidCursor."""
    access.actor.require("consents.read")
    # Of people in the trash only those who keep consents read, as on the pages.
    contact, everybody = query.given.get("contact"), access.actor.may("consents.manage")
    if contact and not everybody and contact not in await display_names(crm, access, [contact]):
        # That there is a next page would tell of somebody who is hidden.
        return ListPage(items=())
    where, values = ["1 = 1"], list[Any]()
    for name, column in (("contact", "subject_id"), ("purpose", "purpose"), ("kind", "kind")):
        if name in query.given:
            where.append(f"{column} = ?")
            values.append(query.given[name])
    if query.cursor:
        where.append("ledger_index < ?")
        values += open_place(crm, "consents", query.cursor, tuple[int])
    rows = await crm.data.fetch(
        f"SELECT * FROM consent_event WHERE {' AND '.join(where)} ORDER BY ledger_index DESC LIMIT ?",
        *values, query.limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > query.limit, rows[: query.limit]
    following = seal_place(crm, "consents", [rows[-1]["ledger_index"]]) if more else ""
    present = await present_contacts(crm, sorted({row["subject_id"] for row in rows})) if rows else {}
    shown_rows = [row for row in rows if everybody or present.get(row["subject_id"], False)]
    opened = await crm.door.open(access, EVENT, shown_rows)
    return ListPage(items=[shown(recorded(item.row), item.content) for item in opened], next=following)


def shown(one: RecordedEvent, evidence: Evidence) -> ConsentEvent:
    return ConsentEvent(
        id=one.id,
        version=1,
        contact=one.subject_id,
        purpose=one.purpose,
        purpose_version=one.purpose_version,
        channel=one.channel,
        kind=one.kind,
        consent_type=one.consent_type,
        legal_basis=one.legal_basis,
        method=one.method,
        language=one.language,
        notice=one.notice_id,
        indicated_at=one.indicated_at,
        recorded_at=one.recorded_at,
        valid_until=one.valid_until,
        recorded_by=one.actor_id if one.actor_kind == "staff" else None,
        corrects=one.supersedes,
        number=one.ledger_index,
        evidence=ShownEvidence(
            indicated_by=evidence.indicated_by,
            address=evidence.address,
            detail=evidence.detail,
            source=evidence.source,
            script=evidence.script,
        ),
    )


async def get_event(crm: Installation, access: Access, item_id: UUID) -> ConsentEvent:
    """Raises NotFound, Forbidden. Whoever recorded it learns that it stands, even of somebody they may not see (any more):
    a no is taken of everybody, and must not look as if it had been refused.
    """
    access.actor.require("consents.read")
    try:
        found: OpenedEvent = await event(crm, access, item_id)
    except NotFound:
        rows = await crm.data.fetch(
            "SELECT * FROM consent_event WHERE id = ? AND actor_id = ? AND method = ?",
            item_id, access.actor.id, Method.API.value,
        )  # fmt: skip
        if not rows:
            raise
        return shown(recorded(rows[0]), Evidence())
    return shown(found.event, found.evidence)


async def create_event(crm: Installation, access: Access, new: NewConsentEvent) -> UUID:
    """Raises InvalidContent that names what cannot be recorded, Forbidden without `consents.record`."""
    if new.purpose not in await all_purposes(crm) and new.kind not in NARROWING:
        raise InvalidContent({"purpose": "is none of the purposes"})
    try:
        return (await record_event(crm, access, indication_of(new))).id
    except IndicationRefused as refused:
        raise InvalidContent({FIELDS.get(refused.field, refused.field): refused.sentence}) from None
    except NotFound:
        raise InvalidContent({"contact": "is no contact, or the notice is not known"}) from None


def indication_of(new: NewConsentEvent) -> Indication:
    given = new.evidence
    return Indication(
        subject_id=new.contact,
        purpose=new.purpose,
        channel=new.channel,
        kind=new.kind,
        method=Method.API,
        evidence=Evidence(
            indicated_by=given.indicated_by,
            address=given.address,
            detail=given.detail,
            source=given.source,
            script=given.script,
        ),
        indicated_at=new.indicated_at,
        notice_id=new.notice,
        language=new.language,
        valid_until=new.valid_until,
    )


async def list_states(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """Of one contact, each purpose and channel of which anything was recorded. Raises Forbidden, InvalidContent."""
    access.actor.require("consents.read")
    contact = query.given.get("contact")
    if contact is None or query.cursor or contact not in await display_names(crm, access, [contact]):
        return ListPage(items=())
    states = await states_of(crm, contact)
    items = [await standing(crm, contact, states[key]) for key in sorted(states)[: query.limit]]
    return ListPage(items=items)


async def standing(crm: Installation, contact: UUID, state: ChannelState) -> ConsentState:
    answer = await may(crm, contact, state.purpose, state.channel)
    return ConsentState(
        id=uuid5(contact, f"{state.purpose} {state.channel}"),
        version=state.event.ledger_index if state.event else 0,
        contact=contact,
        purpose=state.purpose,
        channel=state.channel,
        state=state.state,
        since=state.event.indicated_at if state.event else None,
        valid_until=state.event.valid_until if state.event else None,
        allowed=answer.allowed,
        reason=answer.reason,
    )


RESOURCES = (
    ApiResource(
        key="consents",
        label="Consents",
        summary="Every consent, refusal, withdrawal and objection, as it was recorded. Nothing is ever changed or removed.",
        read="consents.read",
        write="consents.record",
        purposes=PURPOSES,
        shape=ConsentEvent,
        new_shape=NewConsentEvent,
        list_items=list_events,
        get_item=get_event,
        create_item=create_event,
        parameters=(
            Parameter(name="contact", type="uuid", description="Only of this contact."),
            Parameter(name="purpose", type="text", description="Only about the purpose with this key."),
            Parameter(
                name="kind",
                type="choice",
                choices=tuple(kind.value for kind in Kind),
                description="Only of this kind.",
            ),
        ),
        example={
            "contact": "01930000-0000-7000-8000-000000000001",
            "purpose": "newsletter",
            "channel": Channel.EMAIL.value,
            "kind": Kind.GIVEN.value,
            "evidence": {"source": "Form at the summer party", "detail": "Ticked the box, handed the sheet in"},
        },
    ),
    ApiResource(
        key="consent-states",
        label="Consent states",
        summary="How a contact stands now to each purpose on each channel, and whether the gate would let a message through.",
        read="consents.read",
        purposes=PURPOSES,
        shape=ConsentState,
        list_items=list_states,
        parameters=(Parameter(name="contact", type="uuid", description="Whose; without it, the list is empty."),),
    ),
)

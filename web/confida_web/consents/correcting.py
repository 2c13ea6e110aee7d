"""What staff recorded by mistake, put right by a later event: nothing is changed or deleted (CR-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_consent.content import Evidence
from confida_consent.events import Indication, IndicationRefused, RecordedEvent, record_event
from confida_consent.history import histories
from confida_consent.indications import NARROWING
from confida_consent.state import effective_event
from confida_consent.vocabulary import NO, YES, Actor, Kind
from confida_core.vault.access import NotFound
from confida_web.contacts.head import open_contact
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.redirect import redirect
from confida_web.security.access import access_for

AT_ONCE = "Taken back right after it was recorded: it was a mistake of ours."
SAYS = {
    Kind.INVALIDATED: "From then on it counts as never said: ask first.",
    Kind.OBJECTION_ENDED: "The objection then counts as never made.",
}
AS_BEFORE = "What was said before it then holds again."
LONGEST_REASON = 500


def may_correct(event: RecordedEvent, everything: Sequence[RecordedEvent]) -> bool:
    """Only what a colleague wrote down: what the person did themselves is not ours to undo."""
    return correction_of(event, everything) is not None


def correction_of(event: RecordedEvent, everything: Sequence[RecordedEvent]) -> Indication | None:
    """What takes the place of an event that was a mistake, without its evidence; None where nothing may.

    A yes becomes invalid. A no gives way to the yes before it, with that one's own time and end; where there was none, or
    another no stands beside it, there is nothing to go back to. everything: all events of this person.
    """
    same = [each for each in everything if (each.purpose, each.channel) == (event.purpose, event.channel)]
    if event.actor_kind != Actor.STAFF or any(each.supersedes == event.id for each in same):
        return None
    if event.kind in YES:
        return following(event, Kind.INVALIDATED)
    before = effective_event(each for each in same if each.id != event.id)
    if event.kind == Kind.OBJECTED and (before is None or before.kind not in NARROWING):
        return following(event, Kind.OBJECTION_ENDED)
    if event.kind in NO and before is not None and before.kind in YES:
        return following(event, before.kind, like=before)
    return None


def following(event: RecordedEvent, kind: str, like: RecordedEvent | None = None) -> Indication:
    return Indication(
        subject_id=event.subject_id,
        purpose=event.purpose,
        channel=event.channel,
        kind=kind,
        method=like.method if like else event.method,
        indicated_at=like.indicated_at if like else None,
        notice_id=like.notice_id if like else None,
        language=like.language if like else "",
        valid_until=like.valid_until if like else None,
        supersedes=event.id,
    )


def correction_says(correction: Indication) -> str:
    """What will be true afterwards, a sentence."""
    return SAYS.get(Kind(correction.kind), AS_BEFORE)


async def find_correction(request: Request[Any, Any, Any], contact_id: UUID, event_id: UUID) -> Indication:
    """Raises NotFound where there is nothing to correct."""
    await open_contact(request, contact_id)
    events = [each for some in (await histories(request.state.crm, [contact_id])).values() for each in some]
    event = next((each for each in events if each.id == event_id), None)
    correction = correction_of(event, events) if event else None
    if correction is None:
        raise NotFound("event")
    return correction


async def correct(request: Request[Any, Any, Any], correction: Indication, reason: str) -> RecordedEvent:
    """Raises IndicationRefused."""
    told = Indication(
        **{name: getattr(correction, name) for name in Indication.__dataclass_fields__ if name != "evidence"},
        evidence=Evidence(detail=reason),
    )
    return await record_event(request.state.crm, access_for(request, "consent"), told)


@post("/contacts/{contact_id:uuid}/consents/{event_id:uuid}/undo", permission="consents.record")
async def undo(request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID]) -> Response[Any]:
    """From the sentence that follows a record: at once, so that no reason is asked for."""
    await parse_form(request)
    correction = await find_correction(request, contact_id, event_id)
    try:
        await correct(request, correction, AT_ONCE)
    except IndicationRefused as refused:
        problem = Toast(message=f"That cannot be taken back: {refused.sentence}.", tone="problem")
        return redirect(request, f"/contacts/{contact_id}/consents", problem)
    return redirect(request, f"/contacts/{contact_id}/consents", Toast(message="Taken back. Both stay in the history."))


ROUTES = (undo,)

"""What is to be done next with a request, and what else can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from confida_consent.rights.requests import OpenedRequest
from confida_consent.rights.requests_carrying import LIFTING_TOLD
from confida_consent.rights.steps import CARRIED_OUT
from confida_consent.rights.vocabulary import RequestKind, RequestState
from confida_core.vault.access import Actor
from confida_web.requests.pages import ActionLink

PACKAGED = frozenset({RequestKind.ACCESS, RequestKind.PORTABILITY})
STOPPING = frozenset({RequestKind.OBJECTION, RequestKind.WITHDRAWAL})


def lead_of(one: OpenedRequest, names: Mapping[UUID, str], actor_id: UUID) -> tuple[str, str]:
    """One sentence about what comes next, and its tone."""
    if one.row["merged_into"]:
        return "The same was asked before. Work goes on there; the person keeps both references.", ""
    if one.state is RequestState.REVIEW:
        proposer = names.get(one.row["refusal_by"], "Somebody")
        if one.row["refusal_by"] == actor_id:
            return "You proposed to refuse this. Somebody else has to approve it.", "warn"
        return f"{proposer} proposes to refuse this. Approve it or decline.", "warn"
    if not one.open:
        return "", ""
    if one.contact_id is None and one.kind is not RequestKind.COMPLAINT:
        return "Nobody on file was found for this request. Find the contact, or answer that nothing is held.", "warn"
    if one.state in {RequestState.RECEIVED, RequestState.VERIFYING}:
        return "It is not proved yet who asks. Nothing may be handed over or changed before.", "warn"
    if one.state is RequestState.CLARIFYING:
        return "A question to the person is open.", ""
    if carried_out(one):
        return "It is carried out. Answer the request, so that its clock stops.", ""
    return NEXT[one.kind], ""


def carried_out(one: OpenedRequest) -> bool:
    return any(each.step == CARRIED_OUT for each in one.steps)


NEXT: Mapping[RequestKind, str] = {
    RequestKind.ACCESS: "Put the answer together, look at it, and release it.",
    RequestKind.PORTABILITY: "Put the answer together, look at it, and release it.",
    RequestKind.RECTIFICATION: "Correct the contact, then tell the person.",
    RequestKind.ERASURE: "Look at what goes and what stays, then erase.",
    RequestKind.RESTRICTION: "Restrict the contact, then tell the person.",
    RequestKind.OBJECTION: "Record the objection, then tell the person.",
    RequestKind.WITHDRAWAL: "Record the withdrawal, then tell the person.",
    RequestKind.COMPLAINT: "Look into it and answer by letter.",
}


def step(one: OpenedRequest, key: str, label: str, icon: str) -> ActionLink:
    return ActionLink(label=label, href=f"/requests/{one.id}/step/{key}", icon=icon)


def ways_of(one: OpenedRequest, actor: Actor) -> Iterator[ActionLink]:
    """The buttons beside the sentence."""
    if not one.open:
        yield from after_the_end(one)
        return
    if one.state is RequestState.REVIEW:
        if one.row["refusal_by"] != actor.id:
            yield step(one, "approve", "Approve the refusal", "check")
        yield step(one, "decline", "Decline it", "undo")
        return
    if one.state is RequestState.CLARIFYING:
        yield step(one, "reply", "The person replied", "incoming")
    if one.contact_id is None and one.kind is not RequestKind.COMPLAINT:
        yield step(one, "link", "Find the contact", "search")
    elif not one.verified and one.kind is not RequestKind.COMPLAINT:
        yield step(one, "identity", "Note the proof", "key")
        yield step(one, "ask-identity", "Write how to prove it", "mail")
    if one.verified:
        yield from carrying(one, actor)
    yield step(one, "answer", "Answer", "check")


def carrying(one: OpenedRequest, actor: Actor) -> Iterator[ActionLink]:
    """What the kind of the request wants, once it is proved who asks."""
    if one.kind in PACKAGED:
        yield ActionLink(label="The answer", href=f"/requests/{one.id}/package", icon="file")
    elif one.kind is RequestKind.ERASURE:
        label = "The erasure" if carried_out(one) else "What goes, what stays"
        yield ActionLink(label=label, href=f"/requests/{one.id}/erasure", icon="delete")
    elif one.kind is RequestKind.RECTIFICATION:
        if one.file.corrections:
            yield step(one, "correct", "What the person says is right", "check")
        if actor.may("contacts.write"):
            href = f"/contacts/{one.contact_id}/edit?request={one.reference}"
            yield ActionLink(label="Correct the contact", href=href, icon="edit")
        yield step(one, "note", "Note what was corrected", "note")
    elif one.kind is RequestKind.RESTRICTION:
        yield step(one, "restrict", "Restrict", "lock")
    elif one.kind in STOPPING:
        yield step(one, "stop", "Record the no", "no")


def after_the_end(one: OpenedRequest) -> Iterator[ActionLink]:
    """A restriction ends long after it was asked for, and an answer is fetched after it was given."""
    if one.kind is RequestKind.RESTRICTION and one.state is RequestState.ANSWERED:
        told = any(each.step == LIFTING_TOLD for each in one.steps)
        yield step(one, "tell-lifting", "Tell that the restriction ends", "mail")
        if told:
            yield step(one, "lift", "Lift the restriction", "undo")
    if one.kind in PACKAGED and one.contact_id is not None:
        yield ActionLink(label="The answer", href=f"/requests/{one.id}/package", icon="file")
    if one.kind is RequestKind.ERASURE and one.contact_id is not None:
        yield ActionLink(label="The erasure", href=f"/requests/{one.id}/erasure", icon="delete")


def more_of(one: OpenedRequest, actor: Actor) -> Iterator[ActionLink]:
    """The menu of everything else."""
    yield step(one, "letter", "Write a letter", "mail")
    yield step(one, "incoming", "Log what came in", "incoming")
    if not one.open:
        return
    yield step(one, "assign", "Give it to somebody", "user")
    yield step(one, "task", "Plan a task", "task")
    if one.state is RequestState.REVIEW:
        return
    yield step(one, "ask", "Ask the person something", "ask")
    if not one.verified and one.contact_id is not None:
        yield step(one, "link", "Link another contact", "relations")
        yield step(one, "code", "Send a code by post", "letter")
        yield step(one, "enter-code", "Enter the code from the letter", "number")
    if not one.deadline.extended:
        yield step(one, "extend", "Extend", "clock")
    yield step(one, "refuse", "Propose to refuse", "no")
    yield step(one, "withdraw", "The person withdrew it", "undo")

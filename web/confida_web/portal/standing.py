"""How a person stands to every purpose, as their own page shows it."""

from __future__ import annotations

from collections.abc import Mapping

from confida_consent.answers import Answer, Reason, no
from confida_consent.controller import read_controller
from confida_consent.declarations import Purpose
from confida_consent.events import ChannelState, states_of
from confida_consent.gate import may
from confida_consent.gate_person import may_all
from confida_consent.gpc import AGAINST
from confida_consent.notices import Notice, notice_for
from confida_consent.purposes import all_purposes
from confida_consent.rules.checking import InvalidRules
from confida_consent.vocabulary import OBJECTABLE, SPOKEN_NO, YES, Basis, Kind
from confida_core.installation import Installation
from confida_web.portal.pages import PurposeCard, WayRow
from confida_web.portal.visit import Person

States = Mapping[tuple[str, str], ChannelState]
Answers = Mapping[str, Mapping[str, Answer]]
# What a person ended by whatever word counts as an objection where the ground is an interest of ours.
OBJECTED = SPOKEN_NO | {Kind.OBJECTED}
SUPPRESSED = "suppressed"


async def cards_of(crm: Installation, person: Person, language: str, *, gpc: bool) -> tuple[PurposeCard, ...]:
    """Every listed purpose in force, and whatever else this person once agreed to. Opens nothing."""
    states, purposes = await states_of(crm, person.id), await all_purposes(crm)
    answers, controller = await answers_of(crm, person, purposes), await read_controller(crm)
    cards = []
    for key, purpose in purposes.items():
        if (purpose.declared.listed and not purpose.retired) or agreed_somewhere(states, key):
            notice = await notice_for(crm, purpose.declared, language, controller)
            ways = tuple(
                way_of(person, purpose, channel, answers[key][channel], states) for channel in purpose.declared.channels
            )
            cards.append(card_of(purpose, notice, ways, states, language, gpc=gpc))
    return tuple(cards)


async def answers_of(crm: Installation, person: Person, purposes: Mapping[str, Purpose]) -> Answers:
    """Purpose -> channel -> what the gate says. A country's file that cannot be read must keep nobody from saying no."""
    try:
        return await may_all(crm, person.id)
    except InvalidRules:
        return {
            key: {channel: await answer_or_no(crm, person, purpose, channel) for channel in purpose.declared.channels}
            for key, purpose in purposes.items()
        }


async def answer_or_no(crm: Installation, person: Person, purpose: Purpose, channel: str) -> Answer:
    try:
        return await may(crm, person.id, purpose.declared.key, channel)
    except InvalidRules:
        return no(Reason.LAW_ASKS_CONSENT, purpose.declared.basis)


def agreed_somewhere(states: States, purpose: str) -> bool:
    return any(key == purpose and state.state in YES for (key, _), state in states.items())


def card_of(
    purpose: Purpose, notice: Notice, ways: tuple[WayRow, ...], states: States, language: str, *, gpc: bool
) -> PurposeCard:
    declared = purpose.declared
    _, wording = declared.wording(language)
    agreed = declared.basis == Basis.CONSENT and agreed_somewhere(states, declared.key)
    return PurposeCard(
        key=declared.key,
        title=wording.title,
        description=wording.description,
        basis=declared.basis,
        notice=notice.text,
        notice_id=str(notice.id),
        notice_language=notice.language,
        balancing_note=declared.balancing_note_in(language),
        retention=declared.retention_in(language),
        recipients=declared.recipients,
        ways=ways,
        signalled=gpc and agreed and declared.category in AGAINST,
    )


def way_of(person: Person, purpose: Purpose, channel: str, answer: Answer, states: States) -> WayRow:
    key, basis = purpose.declared.key, purpose.declared.basis
    known = states.get((key, channel))
    state = SUPPRESSED if answer.reason == Reason.SUPPRESSED else (known.state if known else "unknown")
    event = known.event if known else None
    return WayRow(
        channel=channel,
        label=channel,
        state=state,
        allowed=answer.allowed,
        since=answer.since or (event.indicated_at if event else None),
        until=answer.until,
        do=do_of(basis, state, answer, retired=purpose.retired),
        receipt=f"{person.base}/receipts/{event.id}" if event else "",
    )


def do_of(basis: str, state: str, answer: Answer, *, retired: bool) -> str:
    """The one thing to decide: the opposite of how it is."""
    if basis == Basis.CONSENT:
        # Also where it is not used at present: a yes that stands can be taken back.
        if state in YES and answer.reason != Reason.OTHER_VERSION:
            return "withdraw"
        return "" if retired else "give"
    if basis in OBJECTABLE:
        return "end_objection" if state in OBJECTED or state == SUPPRESSED else "object"
    return ""

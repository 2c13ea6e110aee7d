"""What we may do with somebody, as the gate says it: the box and the strip on the contact's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_consent.answers import Answer, Reason
from confida_consent.declarations import Purpose
from confida_consent.gate_person import may_all
from confida_consent.purposes import all_purposes
from confida_consent.vocabulary import CHANNEL_LABELS, Basis, Channel
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_web.consents.pages import ConsentLine, ConsentPanelData, PurposeLines, Tone
from confida_web.consents.words import GROUNDS, basis_word, channel_word, title_of
from confida_web.contacts.pages import ConfidenceChip
from confida_web.declarations import ContactPanel

# What the person, or the law on their behalf, has said no to; anything else that is missing can be asked for.
SAID_NO = frozenset(
    {Reason.WITHDRAWN, Reason.OBJECTED, Reason.SUPPRESSED, Reason.REFUSED, Reason.RESTRICTED, Reason.IN_TRASH}
)
NEEDS_FACTS = frozenset({Reason.LAW_ASKS_FACTS, Reason.FACTS_TOO_OLD})
WORDS: Mapping[Tone, str] = {"may": "May", "ask": "Ask first", "must-not": "Must not"}
CHANNEL_PLACE = {channel: place for place, channel in enumerate(CHANNEL_LABELS)}
TONE_PLACE = {tone: place for place, tone in enumerate(WORDS)}
# What follows from an agreement or a law is nothing to be asked for, and tells nothing about what else is welcome.
GIVEN = frozenset({Basis.CONTRACT, Basis.LEGAL_OBLIGATION, Basis.VITAL_INTEREST})
NAMED = 2
SHOWN_FIRST: Mapping[str, int] = {Basis.CONSENT: 0, Basis.LEGITIMATE_INTEREST: 1}


async def purpose_lines(
    crm: Installation, contact_id: UUID, lang: str, purposes: Mapping[str, Purpose]
) -> tuple[PurposeLines, ...]:
    """Every purpose in use that people are shown; opens nothing."""
    answers = await may_all(crm, contact_id, purposes)
    found = []
    for key, purpose in sorted(purposes.items(), key=lambda item: SHOWN_FIRST.get(item[1].declared.basis, 2)):
        if purpose.retired or not purpose.declared.listed:
            continue
        found.append(
            PurposeLines(
                key=key,
                title=title_of(purpose.declared, key, lang),
                basis=GROUNDS.get(purpose.declared.basis, ""),
                lines=grouped(contact_id, key, answers[key]),
            )
        )
    return tuple(found)


def grouped(contact_id: UUID, key: str, answers: Mapping[str, Answer]) -> tuple[ConsentLine, ...]:
    """Channels of which exactly the same is true stand in one line; what may be done comes first."""
    groups: dict[Answer, list[str]] = {}
    for channel in sorted(answers, key=CHANNEL_PLACE.__getitem__):
        # The same reason may stand in several laws; who reads it wants the reason once.
        groups.setdefault(answers[channel]._replace(citation=""), []).append(channel)
    lines = [
        line_of(contact_id, key, answer, channels, [answers[one].citation for one in channels])
        for answer, channels in groups.items()
    ]
    return tuple(sorted(lines, key=lambda line: TONE_PLACE[line.tone]))


def line_of(
    contact_id: UUID, key: str, answer: Answer, channels: Sequence[str], citations: Sequence[str]
) -> ConsentLine:
    tone = tone_of_answer(answer)
    return ConsentLine(
        channels=tuple(channel_word(one) for one in channels),
        tone=tone,
        word=WORDS[tone],
        ground=basis_word(answer.basis) if answer.allowed else "",
        sentence=answer.sentence,
        since=answer.since,
        until=answer.until,
        proof_href=f"/contacts/{contact_id}/consents/{answer.event_id}" if answer.event_id else None,
        citation="; ".join(dict.fromkeys(one for one in citations if one)),
        facts_href=f"/contacts/{contact_id}/consents/customer?purpose={key}&channel={channels[0]}"
        if answer.reason in NEEDS_FACTS
        else None,
    )


def tone_of_answer(answer: Answer) -> Tone:
    if answer.allowed:
        return "may"
    return "must-not" if answer.reason in SAID_NO else "ask"


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    purposes = await all_purposes(crm)
    lines = await purpose_lines(crm, contact_id, crm.settings.language, purposes)
    panel = ConsentPanelData(
        href=f"/contacts/{contact_id}", purposes=lines, may_record=access.actor.may("consents.record")
    )
    given = frozenset(key for key, one in purposes.items() if one.declared.basis in GIVEN)
    return {"panel": panel, "given": given}


def chips(data: Mapping[str, Any]) -> tuple[ConfidenceChip, ...]:
    """One for each channel: what it may be used for, in words."""
    panel: ConsentPanelData = data["panel"]
    by_word: dict[str, list[tuple[PurposeLines, ConsentLine]]] = {}
    for one in panel.purposes:
        for line in one.lines:
            for word in line.channels:
                by_word.setdefault(word, []).append((one, line))
    words = [channel_word(channel) for channel in Channel]
    return tuple(chip(word, panel.href, by_word[word], data["given"]) for word in words if word in by_word)


def chip(
    channel: str, href: str, lines: Sequence[tuple[PurposeLines, ConsentLine]], given: frozenset[str]
) -> ConfidenceChip:
    asked = [(one, line) for one, line in lines if one.key not in given]
    welcome = [(one, line) for one, line in asked if line.tone == "may"]
    against = [(one, line) for one, line in asked if line.tone == "must-not"]
    agreed = any(line.tone == "may" for one, line in lines if one.key in given)
    proof = next((line.proof_href for _, line in (welcome or against) if line.proof_href), None) or f"{href}/consents"
    if welcome:
        return ConfidenceChip(channel=channel, state="may", text=named(welcome), href=proof)
    if against:
        text = f"no to {named(against)}"
        return ConfidenceChip(
            channel=channel, state="must_not", text=f"{text}; agreed matters only" if agreed else text, href=proof
        )
    text = "ask first; agreed matters only" if agreed else "ask first"
    return ConfidenceChip(channel=channel, state="ask", text=text, href=proof)


def named(found: Sequence[tuple[PurposeLines, ConsentLine]]) -> str:
    names = ", ".join(one.title for one, _ in found[:NAMED])
    return f"{names} and {len(found) - NAMED} more" if len(found) > NAMED else names


PANEL = ContactPanel(
    key="consent",
    title="Consent",
    template="consents/panel.html",
    permission="consents.read",
    data=panel_data,
    chips=chips,
    order=10,
)

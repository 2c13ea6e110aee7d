"""The text of a notice: what a person is told before they decide (GDPR Art. 13), in plain words and plain text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from confida_consent.controller import Controller
from confida_consent.declarations import ConsentPurpose
from confida_consent.durations import FORM
from confida_consent.vocabulary import BASIS_LABELS, CHANNEL_LABELS, Basis

ENGLISH: Mapping[str, str] = {
    "purpose": "Purpose: {key}, version {version}",
    "responsible": "Who is responsible",
    "officer": "Data-protection officer",
    "basis": "On what ground",
    "channels": "By which ways (you decide on each by itself)",
    "recipients": "Who else receives your data",
    "nobody": "Nobody.",
    "retention": "How long",
    "ends": "Your consent ends by itself after {duration}.",
    "stop": "How to stop it",
    "withdraw": (
        "You can withdraw your consent at any time, as easily as you gave it; no reason is needed. "
        "What was lawful until then stays so."
    ),
    "object": "You can object at any time (GDPR Art. 21); no reason is needed.",
    "rights": "You can ask what we know about you, and have it corrected, erased, restricted or handed over to you.",
    "place": "Here: {place}",
    "complaint": "Where to complain",
    "policy": "More about how we treat data",
    "explicit": "Your explicit consent (GDPR Art. 9(2)(a))",
    "Y": "{0} years",
    "M": "{0} months",
    "D": "{0} days",
    **{f"basis.{key}": text for key, text in BASIS_LABELS.items()},
    "basis.consent": "Your consent (GDPR Art. 6(1)(a))",
    "basis.contract": "What we have agreed with you (GDPR Art. 6(1)(b))",
    "basis.legal_obligation": "A legal obligation (GDPR Art. 6(1)(c))",
    "basis.vital_interest": "Vital interests (GDPR Art. 6(1)(d))",
    "basis.public_task": "A task in the public interest (GDPR Art. 6(1)(e))",
    "basis.legitimate_interest": "Our legitimate interest (GDPR Art. 6(1)(f)), not your consent",
    **{f"channel.{key}": text for key, text in CHANNEL_LABELS.items()},
}
GERMAN: Mapping[str, str] = {
    "purpose": "Zweck: {key}, Fassung {version}",
    "responsible": "Wer verantwortlich ist",
    "officer": "Datenschutzbeauftragte Person",
    "basis": "Auf welcher Grundlage",
    "channels": "Auf welchen Wegen (Sie entscheiden über jeden einzeln)",
    "recipients": "Wer Ihre Daten außerdem erhält",
    "nobody": "Niemand.",
    "retention": "Wie lange",
    "ends": "Ihre Einwilligung endet von selbst nach {duration}.",
    "stop": "Wie Sie es beenden",
    "withdraw": (
        "Sie können Ihre Einwilligung jederzeit ebenso einfach widerrufen, wie Sie sie gegeben haben; ein Grund ist nicht "
        "nötig. Was bis dahin rechtmäßig war, bleibt es."
    ),
    "object": "Sie können jederzeit widersprechen (Art. 21 DSGVO); ein Grund ist nicht nötig.",
    "rights": ("Sie können Auskunft verlangen sowie Berichtigung, Löschung, Einschränkung und Herausgabe Ihrer Daten."),
    "place": "Hier: {place}",
    "complaint": "Wo Sie sich beschweren können",
    "policy": "Mehr darüber, wie wir mit Daten umgehen",
    "explicit": "Ihre ausdrückliche Einwilligung (Art. 9 Abs. 2 Buchst. a DSGVO)",
    "Y": "{0} Jahren",
    "M": "{0} Monaten",
    "D": "{0} Tagen",
    "basis.consent": "Ihre Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)",
    "basis.contract": "Was wir mit Ihnen vereinbart haben (Art. 6 Abs. 1 Buchst. b DSGVO)",
    "basis.legal_obligation": "Eine rechtliche Verpflichtung (Art. 6 Abs. 1 Buchst. c DSGVO)",
    "basis.vital_interest": "Lebenswichtige Interessen (Art. 6 Abs. 1 Buchst. d DSGVO)",
    "basis.public_task": "Eine Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)",
    "basis.legitimate_interest": "Unser berechtigtes Interesse (Art. 6 Abs. 1 Buchst. f DSGVO), nicht Ihre Einwilligung",
    "channel.email": "E-Mail",
    "channel.phone": "Telefon",
    "channel.sms": "SMS",
    "channel.post": "Post",
    "channel.messenger": "Messenger",
    "channel.profiling": "Auswertung",
}
LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "de": GERMAN})


def notice_text(purpose: ConsentPurpose, language: str, controller: Controller, place: str) -> tuple[str, str]:
    """The language actually used, and the whole text in it.

    place: where the person decides by themselves, an absolute address, "" if none is known.
    """
    used, wording = purpose.wording(language)
    labels = LABELS.get(used.split("-")[0], ENGLISH)
    parts = [
        wording.title,
        wording.description,
        labels["purpose"].format(key=purpose.key, version=purpose.version),
        section(labels["responsible"], identity(controller)),
        section(labels["officer"], joined(controller.officer, controller.officer_email)),
        section(labels["basis"], joined(basis_line(purpose, labels), purpose.balancing_note_in(used), between="\n")),
        section(labels["channels"], ", ".join(labels[f"channel.{channel}"] for channel in purpose.channels)),
        section(labels["recipients"], "\n".join(purpose.recipients) or labels["nobody"]),
        section(labels["retention"], joined(purpose.retention_in(used), ending(purpose, labels), between="\n")),
        section(
            labels["stop"], joined(stopping(purpose, labels), labels["rights"], whereto(labels, place), between="\n")
        ),
        section(labels["complaint"], joined(controller.authority, controller.authority_contact)),
        section(labels["policy"], controller.privacy_policy),
    ]
    return used, "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, text: str) -> str:
    return f"{title}\n{text}" if text else ""


def joined(*parts: str, between: str = ", ") -> str:
    return between.join(part for part in parts if part)


def identity(controller: Controller) -> str:
    address = joined(*controller.address_lines, controller.country)
    return joined(controller.name, address, controller.email, controller.phone, between="\n")


def basis_line(purpose: ConsentPurpose, labels: Mapping[str, str]) -> str:
    if purpose.basis == Basis.CONSENT and purpose.special_category:
        return labels["explicit"]
    return labels[f"basis.{purpose.basis}"]


def ending(purpose: ConsentPurpose, labels: Mapping[str, str]) -> str:
    found = FORM.match(purpose.validity)
    if found is None:
        return ""
    amounts = [labels[unit].format(amount) for unit, amount in zip("YMD", found.groups(), strict=True) if amount]
    return labels["ends"].format(duration=", ".join(amounts))


def stopping(purpose: ConsentPurpose, labels: Mapping[str, str]) -> str:
    if purpose.basis == Basis.CONSENT:
        return labels["withdraw"]
    return labels["object"] if purpose.basis in {Basis.LEGITIMATE_INTEREST, Basis.PUBLIC_TASK} else ""


def whereto(labels: Mapping[str, str], place: str) -> str:
    return labels["place"].format(place=place) if place else ""

"""The second half of the answer's sections: registers, what was kept back, and how to read and check it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from confida_consent.receipts.words import kind_label
from confida_consent.rights import package_sections as first
from confida_consent.rights.checklist import Facts, Span
from confida_consent.rights.package_html import Child, grid, link, listed
from confida_consent.rights.package_sections import Section, page_links, paragraph, purpose_title, span_of
from confida_consent.rights.package_words import Voice

ORDERS: Mapping[str, str] = {
    "restriction": "Your data may be stored, and hardly anything else (Art. 18)",
    "withdrawal": "You withdrew a consent",
    "objection": "You objected (Art. 21)",
    "hold": "Deletion is suspended, because something must be preserved for now",
    "suppression": "Your address is on the list of those who get no advertising",
}


def reads(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield grid(
        (voice.say("What for"), voice.say("When")),
        [(purpose_title(facts, voice, key), span_of(span, voice)) for key, span in sorted(facts.tally.reads.items())],
    ) or paragraph(voice.say("Nobody has looked at your data."))
    if facts.tally.reads:
        yield paragraph([voice.say("Each single time is listed here: "), page_links(facts, "reads")])
    yield paragraph(
        voice.say("Who of the staff it was is not told: they acted on our behalf, and have rights of their own.")
    )


def consents(facts: Facts, voice: Voice) -> Iterator[Child]:
    lines = sorted(facts.tally.consents.items(), key=lambda each: str(each[1].first))
    yield grid(
        (voice.say("Decision"), voice.say("What for"), voice.say("Way"), voice.say("When")),
        [
            (
                decided(kind, basis, voice),
                facts.wording.get(purpose, purpose),
                voice.word(channel),
                span_of(span, voice),
            )
            for (purpose, channel, kind, basis), span in lines
        ],
    ) or paragraph(voice.say("You were never asked for a consent, and none was recorded."))
    if lines:
        yield paragraph(
            voice.say("Each single decision is listed here, and the folder “receipts” holds a receipt for each: ")
        )
        yield page_links(facts, "consent_event")


def decided(kind: str, basis: str, voice: Voice) -> str:
    return kind_label(kind, basis, voice.language)


def orders(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield grid(
        (voice.say("What"), voice.say("What for"), voice.say("Way"), voice.say("Since")),
        [order_line(facts, voice, key, span) for key, span in sorted(facts.tally.orders.items())],
    ) or paragraph(voice.say("None."))


def order_line(facts: Facts, voice: Voice, key: tuple[str, str, str], span: Span) -> tuple[str, str, str, str]:
    kind, purpose, channel = key
    for_what = "" if kind in {"restriction", "hold"} else purpose_title(facts, voice, purpose)
    way = voice.word(channel) if channel else ("" if kind in {"restriction", "hold"} else voice.say("Every way"))
    return voice.say(ORDERS.get(kind, kind)), for_what, way, span_of(span, voice)


def withheld(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield grid(
        (voice.say("What was kept back"), voice.say("Legal ground"), voice.say("Why it weighs more")),
        [(one.category, one.ground, one.note) for one in facts.withheld],
    ) or paragraph(voice.say("Nothing was kept back by a decision of ours."))
    yield paragraph(voice.say("These technical fields are never part of an answer:"))
    yield grid(
        (voice.say("Data"), voice.say("Field"), voice.say("Why")),
        [
            (voice.say(label), voice.say("Everything") if field == "*" else voice.field(field), voice.say(why))
            for label, field, why in facts.left_out
        ],
    )


def redactions(facts: Facts, voice: Voice) -> Iterator[Child]:
    lines: list[tuple[str, str, str, str]] = []
    for number, one in enumerate(facts.redactions):
        for (which, key, field), count in sorted(facts.places.items()):
            if which == number:
                group = facts.tally.groups.get(key)
                reason = one.reason or voice.say("It is about somebody else (Art. 15(4)).")
                lines.append((voice.say(group.label if group else key), voice.field(field), str(count), reason))
    yield grid((voice.say("Data"), voice.say("Field"), voice.say("Entries"), voice.say("Why")), lines) or paragraph(
        voice.say("Nothing was blackened.")
    )
    if lines:
        yield paragraph(
            voice.say("Blackened passages are shown as █████, in the pages and in the files for programs alike.")
        )


def portability(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(
        voice.say(
            "The folder “portability” holds what you gave us yourself, and nothing that we concluded or wrote, as far as we "
            "use it with your consent or for a contract: as JSON with its schema, as a table (CSV) and as a card (vCard 4.0). "
            "Other programs can read it."
        )
    )
    yield listed(
        link(f"portability/{name}", name) for name in ("data.json", "schema.json", "contact.csv", "contact.vcf")
    )


def reading(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(
        voice.say(
            "Begin with the summary. These pages tell everything that must be told; the pages of your data show every entry. "
            "Everything opens without a network, runs no program, and can be printed."
        )
    )
    yield listed([link("index.html", voice.say("Summary")), link("answer.html", voice.say("The answer in detail"))])


def proof(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(
        voice.say(
            "manifest.json names every file with its SHA-256. We signed it (manifest.note), and our ledger shows that this very "
            "answer was entered there (manifest.tlog-proof). README.txt tells how to check all this without us."
        )
    )


def remedies(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(voice.say("This copy is free of charge, and so is every first copy."))
    yield paragraph(
        voice.say(
            "If you think that something is missing or wrong, tell us. You can also complain to a supervisory authority "
            "(Art. 77) and go to court against us (Art. 79), both without the other."
        )
    )
    yield paragraph(
        voice.say(
            "Copies of our data are kept for emergencies (backups), sealed. They were not searched: they hold earlier states of "
            "the same data, serve only to restore everything after a loss, and what was erased can be read in none of them, "
            "because its key is destroyed."
        )
    )
    controller = facts.controller
    contact = controller.officer_email or controller.email
    yield paragraph(
        [
            voice.say("How to reach us: "),
            controller.name,
            *([" · ", link(f"mailto:{contact}", contact)] if contact else []),
        ]
    )
    if controller.officer:
        yield paragraph([voice.say("Data-protection officer"), ": ", controller.officer])


SECTIONS: Mapping[str, Section] = {
    "confirmation": first.confirmation,
    "copy": first.copy,
    "purposes": first.purposes,
    "categories": first.categories,
    "recipients": first.recipients,
    "periods": first.periods,
    "rights": first.rights,
    "authority": first.authority,
    "sources": first.sources,
    "decisions": first.decisions,
    "transfers": first.transfers,
    "reads": reads,
    "consents": consents,
    "orders": orders,
    "withheld": withheld,
    "redactions": redactions,
    "portability": portability,
    "reading": reading,
    "proof": proof,
    "remedies": remedies,
}

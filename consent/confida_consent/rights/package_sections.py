"""The sections of the answer in words; one function for each of its items, all in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

from confida_consent.rights.checklist import ITEMS, Facts, Span
from confida_consent.rights.collecting import REGISTERS
from confida_consent.rights.package_html import Child, Html, element, grid, joined, link, listed, rows
from confida_consent.rights.package_words import Voice
from confida_consent.rights.parts import Group

# EU, EEA; other countries are named as such. (Which of them have an adequacy decision changes, and is not ours to say.)
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)
RIGHTS = (
    ("rectification", "Correct something (Art. 16)"),
    ("erasure", "Have it erased (Art. 17)"),
    ("restriction", "Have its use restricted (Art. 18)"),
    ("portability", "Take it elsewhere (Art. 20)"),
    ("objection", "Object to its use (Art. 21)"),
    ("withdrawal", "Withdraw a consent (Art. 7(3))"),
    ("complaint", "Complain to us"),
)
OWN_PURPOSES = {group.key for group, _ in REGISTERS}


def request_link(facts: Facts, kind: str, about: str = "") -> str:
    """The page where this right is used, bound to what it is about."""
    return f"{facts.address}/my/requests?kind={kind}" + (f"&about={quote(about, safe='')}" if about else "")


def paragraph(text: Child) -> Html:
    return element("p", text)


def confirmation(facts: Facts, voice: Voice) -> Iterator[Child]:
    if facts.tally.anything:
        yield paragraph(voice.say("Yes. We hold data about you; this answer contains a copy."))
    else:
        yield paragraph(voice.say("No. We searched everywhere that is listed here and found nothing about you."))
    searched = [
        (voice.say(group.label), str(facts.tally.counts[key]), unreadable(facts, voice, key))
        for key, group in facts.tally.groups.items()
    ]
    yield paragraph(voice.say("Where we searched, and how many entries we found:"))
    yield grid((voice.say("Place"), voice.say("Entries"), voice.say("Remark")), searched)


def unreadable(facts: Facts, voice: Voice, key: str) -> str:
    count = facts.tally.unreadable[key]
    return (
        voice.say("{count} more whose key was destroyed: nobody can read them any more", count=count) if count else ""
    )


def copy(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(voice.say("Each list opens on a page of its own; the same stands beside it as JSON, for programs."))
    yield grid(
        (voice.say("Data"), voice.say("Entries"), voice.say("Pages")),
        [
            (voice.say(group.label), str(facts.tally.counts[key]), page_links(facts, key))
            for key, group in facts.tally.groups.items()
            if facts.tally.pages.get(key)
        ],
    )
    if facts.tally.files:
        yield paragraph(voice.say("{count} files are in the folders of this package.", count=facts.tally.files))


def page_links(facts: Facts, key: str) -> Html:
    pages = facts.tally.pages.get(key, [])
    return joined([[link(page, str(number)), " "] for number, page in enumerate(pages, start=1)])


def purposes(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield grid(
        (voice.say("Data"), voice.say("Used for"), voice.say("Lawful basis")),
        [
            (voice.say(group.label), purpose_title(facts, voice, group.purpose), basis_of(facts, voice, group.purpose))
            for key, group in facts.tally.groups.items()
            if facts.tally.counts[key]
        ],
    ) or paragraph(voice.say("None."))


def purpose_title(facts: Facts, voice: Voice, key: str) -> str:
    declared = facts.purposes.get(key)
    return facts.wording.get(key) or (voice.say(declared.label) if declared else key or voice.say("Every purpose"))


def basis_of(facts: Facts, voice: Voice, key: str) -> str:
    declared = facts.purposes.get(key)
    return voice.word(declared.basis) if declared and declared.basis else voice.say("Not stated")


def categories(facts: Facts, voice: Voice) -> Iterator[Child]:
    held: dict[str, int] = {}
    for key, group in facts.tally.groups.items():
        if facts.tally.counts[key]:
            held[group.category or group.label] = held.get(group.category or group.label, 0) + facts.tally.counts[key]
    yield grid(
        (voice.say("Kind of data"), voice.say("Entries")),
        [(voice.say(kind), str(count)) for kind, count in held.items()],
    ) or paragraph(voice.say("None."))


def recipients(facts: Facts, voice: Voice) -> Iterator[Child]:
    if not facts.tally.recipients:
        yield paragraph(voice.say("We have handed your data to nobody."))
        return
    yield grid(
        (voice.say("Recipient"), voice.say("What for"), voice.say("Kinds of data"), voice.say("When")),
        [
            (name, purpose_title(facts, voice, purpose), kinds, span_of(span, voice))
            for (name, purpose, kinds), span in sorted(facts.tally.recipients.items())
        ],
    )
    yield paragraph([voice.say("Each single time is listed here: "), page_links(facts, "disclosure")])


def span_of(span: Span, voice: Voice) -> str:
    """ "3 times, from … to …", or one moment."""
    if span.first is None or span.last is None:
        return voice.say("{count} times", count=span.count)
    if span.count == 1:
        return voice.moment(span.first)
    first, last = voice.moment(span.first), voice.moment(span.last)
    return voice.say("{count} times, from {first} to {last}", count=span.count, first=first, last=last)


def periods(facts: Facts, voice: Voice) -> Iterator[Child]:
    lines = []
    for key, group in facts.tally.groups.items():
        if facts.tally.counts[key]:
            sentence = period_of(facts, voice, group)
            lines.append((voice.say(group.label), sentence, end_told(facts, voice, key)))
    yield grid((voice.say("Data"), voice.say("How long"), voice.say("Deleted by")), lines) or paragraph(
        voice.say("None.")
    )


def end_told(facts: Facts, voice: Voice, key: str) -> str:
    end, review = facts.tally.ends.get(key), facts.periods.reviews.get(key)
    if end is not None:
        return voice.day(end)
    if review is not None:
        return voice.say("After {day} somebody decides whether they are still needed", day=voice.day(review))
    return voice.say("No date can be said yet")


def period_of(facts: Facts, voice: Voice, group: Group) -> str:
    """How long in words, with the law that says so."""
    citation = facts.periods.citation(group.retention_class)
    sentence = voice.say(facts.periods.sentence(group.retention_class))
    return f"{sentence} ({citation})" if citation else sentence


def rights(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(
        voice.say(
            "You can do each of these at any time, free of charge. Every entry on the pages of your data has links too."
        )
    )
    yield listed(link(request_link(facts, kind), voice.say(label)) for kind, label in RIGHTS)


def authority(facts: Facts, voice: Voice) -> Iterator[Child]:
    controller = facts.controller
    yield paragraph(
        voice.say("You can complain to a supervisory authority, such as the one that is responsible for us:")
    )
    contact = controller.authority_contact
    yield rows(
        (label, value)
        for label, value in (
            (
                voice.say("Authority"),
                controller.authority or voice.say("The authority of the place where you live or work"),
            ),
            (voice.say("Contact"), link(contact, contact) if contact else ""),
        )
        if value
    )


def sources(facts: Facts, voice: Voice) -> Iterator[Child]:
    for at, origin, note in facts.tally.origins:
        when = voice.moment(at) if at else ""
        yield paragraph(
            voice.say("Imported on {when}. {origin}. {note}", when=when, origin=voice.say(origin), note=note)
        )
    yield grid(
        (voice.say("Data"), voice.say("Source"), voice.say("Entries")),
        [
            (voice.say(facts.tally.groups[key].label), voice.say(sentence), str(count))
            for key, sentences in facts.tally.sources.items()
            for sentence, count in sentences.most_common()
        ],
    )
    yield paragraph(voice.say("Every entry on the pages of your data names its own source."))


def decisions(facts: Facts, voice: Voice) -> Iterator[Child]:
    yield paragraph(
        voice.say(
            "None. No decision about you was made by a machine alone, and none of the programs we use makes such decisions."
        )
    )
    if any(purpose == "profiling" for purpose, *_ in facts.tally.consents):
        yield paragraph(
            voice.say(
                "Conclusions about your interests may choose which messages you get. They decide nothing else, and you can "
                "object at any time."
            )
        )


def transfers(facts: Facts, voice: Voice) -> Iterator[Child]:
    country = facts.controller.storage_country
    if not country:
        yield paragraph(voice.say("Where your data are stored has not been written down here; ask us."))
    elif country in EEA:
        yield paragraph(
            voice.say(
                "Your data are stored in {country}. Storing them there transfers them to no country outside the European "
                "Economic Area.",
                country=voice.value("country", country),
            )
        )
    else:
        yield paragraph(
            voice.say(
                "Your data are stored in {country}, outside the European Economic Area; ask us for the safeguards.",
                country=voice.value("country", country),
            )
        )
    names = sorted({name for name, _, _ in facts.tally.recipients if name})
    if names:
        yield paragraph(
            voice.say("These received data about you; in which country they work is not part of our register:")
        )
        yield listed(names)


Section = Callable[[Facts, Voice], Iterator[Child]]


def section_of(number: int, title: str, written: Section, facts: Facts, voice: Voice) -> Html:
    """One numbered section, with an anchor to link to."""
    return element(
        "section", element("h2", f"{number}. {voice.say(title)}"), list(written(facts, voice)), id=f"item-{number}"
    )


TITLES = {key: (number, title) for number, key, title in ITEMS}

"""The pages of the answer: the summary on one page, the twenty items, and every entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from confida_consent.rights.checklist import ITEMS, Facts
from confida_consent.rights.package_html import Child, Html, document, element, joined, link, listed, rows
from confida_consent.rights.package_sections import period_of, request_link, section_of
from confida_consent.rights.package_sections_end import SECTIONS
from confida_consent.rights.package_words import Voice
from confida_consent.rights.parts import Group, Item

# The rights that can be used for a single entry.
FOR_ENTRIES = (("rectification", "Correct"), ("erasure", "Erase"), ("restriction", "Restrict"), ("objection", "Object"))
ABOUT = "this-entry"
TITLE, SUMMARY, DETAIL = "Your data with {name}", "Summary", "The answer in detail"


def title_of(facts: Facts, voice: Voice) -> str:
    return voice.say(TITLE, name=facts.controller.name)


def summary_page(facts: Facts, voice: Voice) -> bytes:
    """One page: the answer in short, and where everything is."""
    tally = facts.tally
    if facts.portability_only:
        lead = voice.say("This is the copy of your data to take elsewhere, as you asked.")
    elif tally.anything:
        lead = voice.say(
            "Yes, we hold data about you. This package contains a copy of all of them, and what the law wants you to be told."
        )
    else:
        lead = voice.say("We found no data about you. This package tells where we searched.")
    entries = sum(tally.counts.values())
    kinds = {voice.say(group.category or group.label) for key, group in tally.groups.items() if tally.counts[key]}
    facts_told: list[tuple[str, Child]] = [
        (voice.say("Reference"), facts.reference),
        (voice.say("You asked on"), voice.day(facts.received_at)),
        (voice.say("Answered on"), voice.moment(facts.created_at)),
        (voice.say("Entries"), voice.size(entries)),
        (voice.say("Kinds of data"), listed(sorted(kinds)) or voice.say("None.")),
        (
            voice.say("Received by"),
            ", ".join(sorted({name for name, _, _ in tally.recipients if name})) or voice.say("Nobody"),
        ),
        (voice.say("Kept back"), str(len(facts.withheld)) if facts.withheld else voice.say("Nothing")),
        (voice.say("Files"), str(tally.files)),
    ]
    body: list[Child] = [element("h1", title_of(facts, voice)), element("p", lead), rows(facts_told)]
    if not facts.portability_only:
        body.append(element("h2", voice.say("What this answer tells")))
        body.append(
            listed(link(f"answer.html#item-{number}", f"{number}. {voice.say(title)}") for number, _, title in ITEMS)
        )
    body.append(element("footer", listed(contents(facts, voice))))
    return document(voice.main, title_of(facts, voice), element("section", body, class_="summary"))


def contents(facts: Facts, voice: Voice) -> Iterator[Child]:
    if not facts.portability_only:
        yield link("answer.html", voice.say(DETAIL))
    if facts.tally.anything:
        yield joined([link("portability/data.json", "portability/"), " ", voice.say("A copy to take elsewhere")])
    yield joined([link("manifest.json", "manifest.json"), " ", voice.say("Every file with its SHA-256")])
    yield joined([link("README.txt", "README.txt"), " ", voice.say("How to check that this answer is genuine")])


def answer_page(facts: Facts, voice: Voice) -> bytes:
    """All twenty items, one after the other."""
    sections = [section_of(number, title, SECTIONS[key], facts, voice) for number, key, title in ITEMS]
    back = element("nav", link("index.html", voice.say(SUMMARY)))
    return document(voice.main, voice.say(DETAIL), back, element("h1", voice.say(DETAIL)), sections)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a group's entries. number: from 1. paths: where the file of each item is in the package, "" without one."""

    group: Group
    number: int
    items: Sequence[Item]
    paths: Sequence[str]


def group_page(facts: Facts, voice: Voice, leaf: Leaf) -> bytes:
    """Every entry of the leaf, with what is said of all of them on top."""
    group = leaf.group
    title = f"{voice.say(group.label)} ({leaf.number})"
    about = rows(
        (voice.say(label), value)
        for label, value in (
            ("Kind of data", voice.say(group.category or group.label)),
            ("Used for", voice.say(facts.purposes[group.purpose].label) if group.purpose in facts.purposes else ""),
            ("How long", period_of(facts, voice, group)),
        )
        if value
    )
    rights = rights_for(facts, voice)
    shown = [entry(facts, voice, group, found, rights) for found in zip(leaf.items, leaf.paths, strict=True)]
    back = element(
        "nav", link("../index.html", voice.say(SUMMARY)), " · ", link("../answer.html#item-2", voice.say(DETAIL))
    )
    return document(voice.main, title, back, element("h1", title), about, shown, up="../")


def entry(facts: Facts, voice: Voice, group: Group, found: tuple[Item, str], rights: str) -> Html:
    """One entry: every field that holds something, its source, until when it is kept, and links to the rights.

    found: the item, and where its file is.
    """
    item, path = found
    fields = {**item.columns, **item.content}
    shown: list[tuple[str, Child]] = [
        (voice.field(name), text)
        for name, value in fields.items()
        if (text := worded(facts, voice, name, value, fields))
    ]
    if path:
        shown.append((voice.say("File"), link(f"../{path}", item.name)))
    elif item.name and item.read is None:
        shown.append((voice.say("File"), voice.say("Kept back; see the answer in detail.")))
    if item.others:
        shown.append((voice.say("Also about"), voice.say("{count} other people", count=item.others)))
    if item.source:
        shown.append((voice.say("Source"), voice.say(item.source)))
    end = facts.periods.end_of(group, item)
    if end is not None:
        shown.append((voice.say("Deleted by"), voice.day(end)))
    bound = Html(rights.replace(ABOUT, quote(f"{group.key}/{item.id}", safe=""))) if item.id else None
    return element("article", rows(shown), bound, id=str(item.id or ""))


def worded(facts: Facts, voice: Voice, name: str, value: Any, fields: Mapping[str, Any]) -> str:
    if isinstance(value, bytes):
        # Nobody reads bytes; they stand in the JSON beside this page.
        return voice.say("{count} bytes, see the JSON", count=len(value)) if value else ""
    if name == "purpose" and isinstance(value, str):
        declared = facts.purposes.get(value)
        return facts.wording.get(value) or (voice.say(declared.label) if declared else value)
    return voice.value(name, value, fields)


def rights_for(facts: Facts, voice: Voice) -> str:
    """Links to the rights for the entries of a page; ABOUT stands where each entry's own name goes."""
    links: list[Child] = []
    for kind, label in FOR_ENTRIES:
        links += [" · " if links else "", link(request_link(facts, kind, ABOUT), voice.say(label))]
    return str(element("p", links, class_="quiet"))

"""Reads vCard files of any version and any age, card by card, and never fails on any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confida_core.exchange.assembly import DraftAssembly
from confida_core.exchange.charsets import decoded, to_utf8
from confida_core.exchange.draft import LONGEST_SOURCE_TEXT, ContactDraft, RowError, quoted
from confida_core.exchange.vcard.cards import MOST_PROPERTIES, RawCard, split_cards, unfold
from confida_core.exchange.vcard.fields import CardReading, read_properties
from confida_core.exchange.vcard.labels import plain_label
from confida_core.exchange.vcard.properties import Property, parse_property, unescape

_OLD_STYLE = re.compile(rb"VERSION\s*:\s*2\.1\s*", re.IGNORECASE)
_DEEPEST_AGENT = 3


def read_vcards(data: bytes, region: str = "") -> Iterator[ContactDraft | RowError]:
    """One draft or error per card, in the order of the file; text between cards is an error of its own.

    region: ISO 3166-1 alpha-2 for phone numbers without country code, or "". Never raises, for no bytes at all;
    time and memory grow with the size of the file only. Sources: RFC 2425, 2426, 6350, 6868, vCard 2.1 of 1996.
    """
    for row, card in enumerate(split_cards(to_utf8(data)), start=1):
        source_text = _source_text(card)
        if card.problem:
            yield RowError(row=row, source_text=source_text, reason=card.problem)
            continue
        lines, nested = unfold(card.lines)
        if len(lines) > MOST_PROPERTIES:
            reason = f"The card has more than {MOST_PROPERTIES:,} properties."
            yield RowError(row=row, source_text=source_text, reason=reason)
            continue
        parts = DraftAssembly(row=row, source_text=source_text, region=region, empty_reason="The card is empty.")
        if card.warning:
            parts.warn(card.warning)
        _read_card(parts, lines, nested)
        yield parts.build()


def _read_card(parts: DraftAssembly, lines: list[bytes], nested: list[list[bytes]]) -> None:
    properties = _properties(parts, lines)
    grouped = [found for found in properties if found.group]
    labels = {found.group: plain_label(found.text()) for found in grouped if found.name == "X-ABLABEL"}
    countries = {found.group: found.text() for found in grouped if found.name == "X-ABADR"}
    # The preferred number or address stands first, otherwise the order of the card stays.
    properties.sort(key=Property.preference)
    read_properties(CardReading(parts, labels, countries), properties)
    for agent in [*nested, *_escaped_agents(properties)]:
        parts.keep("Agent", _one_line(agent, _DEEPEST_AGENT))
        parts.warn("The card of an agent inside this card is in the note.")


def _properties(parts: DraftAssembly, lines: list[bytes]) -> list[Property]:
    old_style = any(_OLD_STYLE.fullmatch(line) for line in lines)
    found = []
    for line in lines:
        parsed = parse_property(line, old_style)
        if parsed is None:
            parts.keep("Unreadable line", decoded(line)[0])
            parts.warn("A line could not be read; it is in the note.")
        else:
            found.append(parsed)
    return found


def _escaped_agents(properties: list[Property]) -> Iterator[list[bytes]]:
    """vCard 3.0 holds the agent as one escaped text."""
    for found in properties:
        text = found.text() if found.name == "AGENT" else ""
        if text.upper().startswith("BEGIN:VCARD"):
            yield [line for line in text.encode("utf-8", "replace").split(b"\n") if b":VCARD" not in line.upper()]


def _one_line(lines: list[bytes], depth: int) -> str:
    """A nested card as one line of text: its properties one after the other, embedded files left out."""
    own, nested = unfold(lines)
    old_style = any(_OLD_STYLE.fullmatch(line) for line in own)
    found = [parse_property(line, old_style) for line in own]
    said = [
        f"{one.name} {unescape(one.undecoded()[0], old_style)}"
        for one in found
        if one is not None and one.name != "VERSION" and not one.is_base64
    ]
    deeper = [f"AGENT ({_one_line(agent, depth - 1)})" for agent in nested] if depth else []
    return "; ".join([*said, *deeper])


def _source_text(card: RawCard) -> str:
    """The card as it stood in the file, as far as the report shows it."""
    kept, size = [], 0
    for line in card.lines:
        kept.append(line)
        size += len(line)
        if size > LONGEST_SOURCE_TEXT:
            break
    text = "\n".join(decoded(line)[0] for line in kept).replace("\x00", "")
    return quoted(text if card.outside else f"BEGIN:VCARD\n{text}\nEND:VCARD")

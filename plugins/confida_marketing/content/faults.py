"""What stops an e-mail before the first one leaves, each in one sentence that says where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from confida_marketing.content.blanks import Blank, Broken, check_blank, marked
from confida_marketing.content.colours import is_colour
from confida_marketing.content.email_content import KINDS, Block, EmailContent
from confida_marketing.content.light_markdown import SAFE, unsafe_targets
from confida_marketing.content.writing import link_lines

LARGEST = 400_000
FOLLOWED = "begins with https://, http://, mailto: or tel: and holds no personal field"


@dataclass(frozen=True, slots=True)
class Fault:
    """block: its place, from 0; None for what is no block. field: of the form, such as `subject` or `text`."""

    sentence: str
    block: int | None = None
    field: str = ""

    @property
    def form_name(self) -> str:
        return self.field if self.block is None else f"blocks-{self.block}-{self.field}"


class BrokenEmail(ValueError):
    """An e-mail that cannot be sent to anybody. faults: why, at least one."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("the e-mail cannot be sent as it is")
        self.faults = faults

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(fault.sentence for fault in self.faults)


def faults_of(content: EmailContent, known: Mapping[str, str], pictures: Collection[str]) -> list[Fault]:
    """known: names of the fields there are. pictures: ids of those that exist."""
    found = []
    if not content.subject.strip():
        found.append(Fault("It has no subject.", field="subject"))
    for name, text in (("subject", content.subject), ("preheader", content.preheader), ("text", content.text)):
        found += [Fault(f"{words_of(name)}: {what}.", field=name) for what in broken_fields(text, known)]
    for name in ("accent", "backdrop"):
        if not is_colour(getattr(content, name)):
            found.append(Fault("A colour is written like #1d5b8f.", field=name))
    if not any(says_something(block) for block in content.blocks):
        found.append(Fault("It says nothing yet: add a text, a heading or a picture.", field="blocks"))
    if sum(len(block.text) + len(block.other) for block in content.blocks) > LARGEST:
        found.append(Fault("It is too long to be sent.", field="blocks"))
    for place, block in enumerate(content.blocks):
        found += [
            Fault(f"Block {place + 1} ({KINDS.get(block.kind, 'unknown').lower()}): {what}.", place, name)
            for name, what in block_faults(block, known, pictures)
        ]
    return found


def words_of(name: str) -> str:
    return {"subject": "Subject", "preheader": "Preview line", "text": "Text part"}[name]


def says_something(block: Block) -> bool:
    return bool(block.text.strip() or block.other.strip() or block.label.strip() or block.picture)


def broken_fields(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """The first thing that is wrong with the personal fields of a text."""
    try:
        blanks: list[Blank] = []
        marked(text, blanks)
        for blank in blanks:
            check_blank(blank, known)
    except Broken as wrong:
        yield str(wrong)


def block_faults(block: Block, known: Mapping[str, str], pictures: Collection[str]) -> Iterator[tuple[str, str]]:
    """Field of the form and what is wrong with it."""
    if block.kind not in KINDS:
        yield "text", "there is no such kind of block"
    for name in ("text", "other", "label", "alt"):
        for what in broken_fields(getattr(block, name), known):
            yield name, what
    yield from link_faults(block)
    if block.picture and block.kind in {"picture", "columns"}:
        if block.picture not in pictures:
            yield "picture", "the picture is not there any more"
        if not block.alt.strip():
            yield "alt", "say what the picture shows, for those who cannot see it"
    elif block.kind == "picture":
        yield "picture", "choose a picture, or remove the block"


def link_faults(block: Block) -> Iterator[tuple[str, str]]:
    if block.kind == "button":
        if not block.label.strip():
            yield "label", "a button needs words"
        if not SAFE.fullmatch(block.href):
            yield "href", f"a button needs an address that {FOLLOWED}"
    elif block.kind == "picture" and block.href and not SAFE.fullmatch(block.href):
        yield "href", f"the address {FOLLOWED}"
    if block.kind == "links":
        wrong = [href for _, href in link_lines(block.text) if not SAFE.fullmatch(href) or "{{" in href]
    else:
        wrong = unsafe_targets(block.text)
        yield from (("other", f"the address of a link {FOLLOWED}") for _ in unsafe_targets(block.other)[:1])
    if wrong:
        yield "text", f"the address of a link {FOLLOWED}"

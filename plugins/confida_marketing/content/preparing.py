"""Before the first mail: everything is looked at once, and what is the same for everybody is made once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

import msgspec

from confida_consent.api import Controller, read_controller
from confida_core.api import Installation, custom_fields
from confida_marketing.content.blanks import CUSTOM, FIELDS, Blank, marked
from confida_marketing.content.design import Design, design_of
from confida_marketing.content.email_content import Block, EmailContent
from confida_marketing.content.faults import BrokenEmail, Fault, faults_of
from confida_marketing.content.footer_words import WORDS
from confida_marketing.content.pictures import pictures_of
from confida_marketing.content.pictures_shown import ShownPicture
from confida_marketing.content.plain import plain_text
from confida_marketing.content.rendering import EndedParts, Prepared
from confida_marketing.content.slots import Own, Slots, Target, parts_of
from confida_marketing.content.variants import as_variant
from confida_marketing.content.writing import Writer, shell

NO_ADDRESS = (
    "Nobody may be written to without saying who writes: add street and place of your organisation in the settings."
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes. lines: the postal address."""

    name: str
    lines: tuple[str, ...]


async def prepare(crm: Installation, content: EmailContent, variant: str = "") -> Prepared:
    """variant: key of the one to be sent, "" or "a" for the e-mail itself. Raises BrokenEmail naming every fault.

    Four queries, whatever the number of recipients.
    """
    content = as_variant(content, variant)
    known = await known_fields(crm)
    pictures = await pictures_of(crm, picture_ids(content))
    sender = sender_of(await read_controller(crm))
    faults = all_faults(content, known, pictures, sender)
    if faults:
        raise BrokenEmail(tuple(faults))
    return compiled(content, sender, pictures)


async def known_fields(crm: Installation) -> dict[str, str]:
    """Name -> label of every personal field, those of the organisation's own last."""
    own = {f"{CUSTOM}{one.key}": one.label for one in await custom_fields(crm) if not one.retired}
    return {**FIELDS, **own}


def picture_ids(content: EmailContent) -> set[str]:
    return {block.picture for block in content.blocks if block.picture}


def sender_of(controller: Controller) -> Sender:
    return Sender(controller.name, controller.address_lines)


def all_faults(
    content: EmailContent, known: Mapping[str, str], pictures: Collection[str], sender: Sender
) -> list[Fault]:
    missing = [] if sender.name and len(sender.lines) > 1 else [Fault(NO_ADDRESS)]
    return missing + faults_of(content, known, pictures)


def compiled(content: EmailContent, sender: Sender, pictures: Mapping[str, ShownPicture]) -> Prepared:
    """Of a content without faults; the sender's name is known already and no slot any more."""
    slots, design = Slots(), design_of(content)
    subject, preheader, written = (
        slotted(text, slots, sender) for text in (content.subject, content.preheader, content.text)
    )
    blocks = tuple(slotted_block(block, slots, sender) for block in content.blocks)

    def target(url: str) -> str:
        return slots.mark(Target(url))

    rows = Writer(design, target, pictures).blocks(blocks)
    text = written.strip() or plain_text(blocks, target)
    bodies = {}
    for language in WORDS:
        foot = html_foot(design, slots, sender, language)
        html = shell(
            design,
            subject=escape(subject),
            preheader=escape(preheader),
            language=escape(content.language or "en"),
            rows=rows,
            foot=foot,
        )
        whole = f"{text}\n\n-- \n{plain_foot(slots, sender, language)}"
        bodies[language] = EndedParts(html=parts_of(html), text=parts_of(whole))
    headers = {"Content-Language": content.language} if content.language.isascii() and content.language else {}
    return Prepared(
        subject=parts_of(subject), bodies=bodies, slots=slots.all(), language=content.language, headers=headers
    )


def slotted(text: str, slots: Slots, sender: Sender) -> str:
    blanks: list[Blank] = []
    with_marks = marked(text, blanks)
    for place, blank in enumerate(blanks):
        if blank.name == "sender":
            blanks[place] = Blank("sender", sender.name)
    return slots.marked(with_marks, blanks)


def slotted_block(block: Block, slots: Slots, sender: Sender) -> Block:
    texts = {name: slotted(getattr(block, name), slots, sender) for name in ("text", "other", "label", "alt")}
    return msgspec.structs.replace(block, **texts)


def html_foot(design: Design, slots: Slots, sender: Sender, language: str) -> str:
    """Why, who, and how to stop it: at the end of every e-mail, whatever its blocks say."""
    words, style, link = WORDS[language], design.style("foot"), design.style("foot-a")
    who = " · ".join(escape(line) for line in (sender.name, *sender.lines))
    choose = f'<a href="{slots.mark(Own("preferences"))}"{link}>{escape(words["preferences"])}</a>'
    stop = f'<a href="{slots.mark(Own("unsubscribe"))}"{link}>{escape(words["unsubscribe"])}</a>'
    return (
        f'<div lang="{language}"><p{style}>{slots.mark(Own("why"))}</p>'
        f"<p{style}>{choose} &nbsp;·&nbsp; {stop}</p><p{style}>{who}</p></div>"
    )


def plain_foot(slots: Slots, sender: Sender, language: str) -> str:
    words = WORDS[language]
    return "\n".join(
        (
            slots.mark(Own("why")),
            f"{words['preferences']}: {slots.mark(Own('preferences'))}",
            f"{words['unsubscribe']}: {slots.mark(Own('unsubscribe'))}",
            "",
            sender.name,
            *sender.lines,
        )
    )

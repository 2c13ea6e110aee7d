"""Words of letters, calls and text messages: the same personal fields as in e-mails, filled in for one person."""

from __future__ import annotations

from collections.abc import Callable

from confida_consent.api import read_controller
from confida_core.api import ContactContent, Installation
from confida_marketing.content.blanks import Blank, Broken, check_blank, split_blanks
from confida_marketing.content.preparing import known_fields
from confida_marketing.content.recipients import fields_of
from confida_marketing.content.rendering import one_line

LONGEST_VALUE = 200


class BrokenWords(ValueError):
    """A personal field that cannot be filled in. sentence: why, for the person at the form."""

    def __init__(self, sentence: str) -> None:
        super().__init__("the words cannot be sent as they are")
        self.sentence = sentence


async def words_for(crm: Installation, text: str) -> Callable[[ContactContent], str]:
    """What fills in the fields of this text for a contact; what stands in a field is one line. Raises BrokenWords."""
    known, sender = await known_fields(crm), (await read_controller(crm)).name
    try:
        parts = split_blanks(text)
        for part in parts:
            if isinstance(part, Blank):
                check_blank(part, known)
    except Broken as wrong:
        raise BrokenWords(f"{str(wrong)[:1].upper()}{str(wrong)[1:]}.") from None

    def filled(content: ContactContent) -> str:
        values = {**fields_of(content), "sender": sender}
        return "".join(
            part if isinstance(part, str) else one_line(values.get(part.name, "")[:LONGEST_VALUE]) or part.fallback
            for part in parts
        )

    return filled


async def broken_words(crm: Installation, text: str) -> str:
    """What is wrong with the personal fields of this text, in one sentence; "" for nothing."""
    try:
        await words_for(crm, text)
    except BrokenWords as wrong:
        return wrong.sentence
    return ""

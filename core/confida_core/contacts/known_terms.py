"""By what a person is known in texts about others: names, addresses and numbers, and texts without them.

Used when somebody is erased who shared records with others. A term that one of the others has too is theirs, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from confida_core.contacts.content import ContactContent
from confida_core.contacts.rewriting import ERASED, rewritten

# Between the digits of a number that somebody typed by hand.
_GAP = r"[\s()./\u2010-\u2015-]{0,3}"
_SHORTEST_WORD = 2
_SHORTEST_PHRASE = 4
_SHORTEST_NUMBER = 6

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """words: parts of a name, found as spelt or in capitals, so that no other word is taken for a name. phrases: whole
    names, addresses and links, folded, found in any case. numbers: digits of phone numbers, country code first.
    """

    words: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def __or__(self, other: KnownTerms) -> KnownTerms:
        return KnownTerms(self.words | other.words, self.phrases | other.phrases, self.numbers | other.numbers)

    def __sub__(self, other: KnownTerms) -> KnownTerms:
        return KnownTerms(self.words - other.words, self.phrases - other.phrases, self.numbers - other.numbers)

    def pattern(self) -> re.Pattern[str] | None:
        """Finds every one of them, the longest first; None if there are none."""
        parts = [(len(phrase), f"(?i:{bounded(phrase)})") for phrase in self.phrases]
        parts += [(len(word), bounded(spelling)) for word in self.words for spelling in {word, word.upper()}]
        parts += [(len(number), dialled(number)) for number in self.numbers]
        if not parts:
            return None
        # A phrase counts before a word in it, and equals in a fixed order.
        return re.compile("|".join(part for _, part in sorted(parts, key=lambda each: (-each[0], each[1]))))


def bounded(text: str) -> str:
    """The text as a whole word, also in the genitive without an apostrophe."""
    spaced = r"\s+".join(re.escape(part) for part in text.split())
    return rf"(?<!\w){spaced}(?=s?(?!\w))"


def dialled(digits: str) -> str:
    """A number as people write it: with or without country code, with gaps."""
    code, national = split_number(digits)
    written = _GAP.join(national)
    before = rf"(?:(?:\+|00)?{_GAP.join(code)}{_GAP}(?:\(0\){_GAP})?|0{_GAP})?" if code else r"\+?"
    return rf"(?<!\d){before}{written}(?!\d)"


def split_number(digits: str) -> tuple[str, str]:
    """Country code and the rest; the code is empty where the number is not understood."""
    import phonenumbers

    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return "", digits
    code = str(number.country_code)
    return code, digits.removeprefix(code)


def terms_of(content: ContactContent) -> KnownTerms:
    """What identifies this person or organisation in a text."""
    name = content.name
    wholes = [content.display_name, content.nickname]
    if name.given and name.family:
        wholes += [f"{name.given} {name.family}", f"{name.family}, {name.given}"]
    # A single word is a name only as it is spelt.
    single = [whole for whole in wholes if len(whole.split()) == 1]
    wholes = [whole for whole in wholes if len(whole.split()) > 1]
    wholes += [email.address for email in content.emails]
    wholes += [link.url for link in content.links]
    wholes += [line for address in content.addresses for line in address.street.splitlines() if has_digit(line)]
    numbers = (re.sub(r"\D", "", phone.number.partition(";")[0]) for phone in content.phones)
    return KnownTerms(
        words=frozenset([*words_of(content), *(word for text in single for word in proper_words(text))]),
        phrases=frozenset(each for whole in wholes if len(each := folded(whole)) >= _SHORTEST_PHRASE),
        numbers=frozenset(number for number in numbers if len(number) >= _SHORTEST_NUMBER),
    )


def words_of(content: ContactContent) -> Iterator[str]:
    """Parts of a name and of a nickname, without titles and particles."""
    name = content.name
    for text in (name.given, name.additional, name.family, content.nickname):
        yield from proper_words(text)


def proper_words(text: str) -> Iterator[str]:
    for word in text.split():
        if len(word) >= _SHORTEST_WORD and not word.endswith(".") and not word[0].islower():
            yield word


def person_words(content: ContactContent) -> KnownTerms:
    """The words of a person's shown name, for somebody whose parts of the name are not known."""
    if content.name.given or content.name.family:
        return KnownTerms()
    return KnownTerms(words=frozenset(proper_words(content.display_name)))


def has_digit(line: str) -> bool:
    return any(character.isdigit() for character in line)


def folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" ,")


def all_terms(contents: Iterable[tuple[bool, ContactContent]]) -> KnownTerms:
    """Of several contents. The first of each pair: whether it is a person's, whose shown name is taken apart if need be."""
    found = KnownTerms()
    for is_person, content in contents:
        found |= terms_of(content)
        if is_person:
            found |= person_words(content)
    return found


def redacted(content: T, pattern: re.Pattern[str] | None) -> T:
    """The same content with every text in it redacted; the very same object if nothing was found."""
    if pattern is None:
        return content
    found = pattern
    return rewritten(content, lambda _, text: found.sub(ERASED, text))

"""Other people in the texts about somebody: found for a reviewer to decide, and blackened in what is handed over (Art. 15(4))."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from msgspec import structs

from confida_consent.rights.content import Redaction, Suggestion
from confida_consent.rights.parts import Group, Item
from confida_core.contacts.content import ContactContent
from confida_core.index.fold import fold
from confida_core.index.index import Index
from confida_core.storage.batches import batches

BLACK = "█████"
LONGEST_NAME = 4
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# Without a plus or a nought in front it may be any number.
PHONE = re.compile(r"(?<![\w/])(?:\+|0)\d[\d ()/.-]{5,}\d")
WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")

Place = tuple[str, str]


def texts_of(values: Mapping[str, Any]) -> Iterator[Place]:
    """Every text in a record, with the field it stands in; parts of a field count as that field."""
    for field, value in values.items():
        for text in strings_in(value):
            yield field, text


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from strings_in(name)
            yield from strings_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings_in(each)


def digits(number: str) -> str:
    """The end of a telephone number, by which two ways of writing it are compared."""
    return re.sub(r"\D", "", number)[-9:]


def names_of(content: ContactContent) -> set[str]:
    """Folded names by which a person is called."""
    name = content.name
    called = (content.display_name, name.given, name.family, f"{name.given} {name.family}", content.nickname)
    return {fold(each) for each in called if len(each.strip()) > 2}


def own_words(content: ContactContent) -> set[str]:
    """What of the person's own must not be taken for somebody else's; folded, numbers as `digits`."""
    words = names_of(content) | {fold(mail.address) for mail in content.emails}
    return words | {digits(phone.number) for phone in content.phones}


def phrases(text: str, firsts: AbstractSet[str] = frozenset()) -> Iterator[tuple[str, bool]]:
    """What in a text could be somebody's name, as written: several words that begin and end with a capital (True), and one
    to four words of which the first is one of `firsts`, folded (False).
    """
    words = [(found.start(), found.end(), found.group()) for found in WORD.finditer(text)]
    for place, (start, _, word) in enumerate(words):
        capital, first = word[0].isupper(), fold(word) in firsts
        if first:
            yield word, False
        if not capital and not first:
            continue
        for _, end, last in words[place + 1 : place + LONGEST_NAME]:
            named = capital and last[0].isupper()
            if named or first:
                yield text[start:end], named


def known_names(index: Index, folded: Sequence[str]) -> set[str]:
    """Which of these are the full name of some contact; asks the index in this thread."""
    found: set[str] = set()
    for batch in batches(folded, 400):
        marks = ", ".join("?" * len(batch))
        rows = index.connection().execute(f"SELECT name FROM contact WHERE name IN ({marks})", tuple(batch))
        found |= {name for (name,) in rows}
    return found


class Finder:
    """Collects suggestions over a whole answer; what was decided before is not suggested again."""

    def __init__(self, own: set[str], decided: Sequence[Redaction]) -> None:
        self.own = own
        self.decided = {fold(each.words) for each in decided if each.words}
        self.people: dict[str, str] = {}
        self._firsts: set[str] = set()
        self.found: dict[str, Suggestion] = {}

    def meet(self, content: ContactContent) -> None:
        """Somebody who shares a record with the person; from now on their names are looked for."""
        names = names_of(content) - self.own
        self.people |= dict.fromkeys(names, "name")
        self._firsts |= {name.split(" ", maxsplit=1)[0] for name in names}
        self.people |= {fold(mail.address): "email" for mail in content.emails if fold(mail.address) not in self.own}

    def candidates(self, items: Sequence[Item]) -> list[str]:
        """Folded phrases that may be somebody's full name, to be asked of the index."""
        found = {
            fold(words)
            for item in items
            for _, text in texts_of(item.content)
            for words, named in phrases(text)
            if named
        }
        return sorted(found - self.own)

    def look(self, group: Group, items: Sequence[Item], names: set[str]) -> None:
        """Note what in these records may be about others. names: folded full names of contacts."""
        for item in items:
            seen: set[str] = set()
            for field, text in texts_of(item.content):
                for words, kind in self._others_in(text, names):
                    key = fold(words)
                    if key not in seen and key not in self.decided:
                        seen.add(key)
                        first = Suggestion(
                            words=words[:2000], kind=kind, record=group.key, record_id=str(item.id or ""), field=field
                        )
                        known = self.found.get(key)
                        self.found[key] = structs.replace(known, places=known.places + 1) if known else first

    def _others_in(self, text: str, names: set[str]) -> Iterator[tuple[str, str]]:
        for found in EMAIL.finditer(text):
            if fold(found.group()) not in self.own:
                yield found.group(), "email"
        for found in PHONE.finditer(text):
            if digits(found.group()) not in self.own:
                yield found.group(), "phone"
        for words, named in phrases(text, self._firsts):
            key = fold(words)
            if key not in self.own and (key in self.people or (named and key in names)):
                yield words, self.people.get(key, "name")

    def suggestions(self, most: int = 1_000) -> list[Suggestion]:
        """The most frequent first. Further ones come up when these are decided and the answer is made anew."""
        return sorted(self.found.values(), key=lambda each: (-each.places, each.words))[:most]


class Blackener:
    """Applies what was decided; counts where."""

    def __init__(self, redactions: Sequence[Redaction]) -> None:
        self._everywhere = [(number, one) for number, one in enumerate(redactions) if not one.record]
        self._at: dict[tuple[str, str], list[tuple[int, Redaction]]] = {}
        for number, one in enumerate(redactions):
            if one.record:
                self._at.setdefault((one.record, one.record_id), []).append((number, one))
        self._patterns = {number: pattern_of(one.words) for number, one in enumerate(redactions) if one.words}
        # (number of the redaction, group, field) -> in how many records.
        self.places: Counter[tuple[int, str, str]] = Counter()

    def applied(self, group: Group, item: Item) -> Item:
        """The item as it may be handed over; without its bytes if the whole file was kept back."""
        wanted = [*self._everywhere, *self._at.get((group.key, str(item.id or "")), ())]
        if not wanted:
            return item
        content = {field: self._field(group, field, value, wanted) for field, value in item.content.items()}
        # Columns hold words of ours and no texts: what is blackened wherever it stands is not meant there.
        named = [one for one in wanted if one[1].record]
        columns = {field: self._field(group, field, value, named) for field, value in item.columns.items()}
        provided = {field: self._quietly(field, value, wanted) for field, value in item.provided.items()}
        whole = item.read is not None and any(not one.words and not one.field for _, one in wanted)
        if whole:
            self.places[
                next(number for number, one in wanted if not one.words and not one.field), group.key, "file"
            ] += 1
        name = str(self._quietly("name", item.name, wanted))
        return replace(
            item, content=content, columns=columns, provided=provided, name=name, read=None if whole else item.read
        )

    def _field(self, group: Group, field: str, value: Any, wanted: Sequence[tuple[int, Redaction]]) -> Any:
        for number, one in wanted:
            after = self._one(number, one, field, value)
            if after != value:
                self.places[number, group.key, field] += 1
                value = after
        return value

    def _quietly(self, field: str, value: Any, wanted: Sequence[tuple[int, Redaction]]) -> Any:
        for number, one in wanted:
            value = self._one(number, one, field, value)
        return value

    def _one(self, number: int, one: Redaction, field: str, value: Any) -> Any:
        if one.field not in {"", field}:
            return value
        if not one.words:
            return BLACK if one.field and value else value
        return blackened(value, self._patterns[number])


def pattern_of(words: str) -> re.Pattern[str]:
    """The words as whole words, whatever their case and however many spaces are between them."""
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


def blackened(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(BLACK, value)
    if isinstance(value, Mapping):
        return {blackened(name, pattern): blackened(each, pattern) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [blackened(each, pattern) for each in value]
    return value

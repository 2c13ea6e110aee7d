"""What the search and the palette show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_web.display import Option
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One result. detail: what tells two people of one name apart. group: heading under which it stands."""

    label: str
    href: str
    detail: str = ""
    icon: str = "user"
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchPage(Page):
    """POST /search (field `q`): the whole page of results, for those without JavaScript and for Enter."""

    template: ClassVar[str] = "search/search.html"
    title: ClassVar[str] = "Search"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    q: str = ""
    hits: tuple[Hit, ...] = ()
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class PalettePage(Page):
    """POST /search/palette (field `q`): at most 8 hits, always as block `options`."""

    template: ClassVar[str] = "search/palette.html"
    title: ClassVar[str] = "Search"
    blocks: ClassVar[tuple[str, ...]] = ("options",)

    q: str = ""
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeopleChoices(Page):
    """POST /search/people (field `people-q`): whom to add as participant, always as block `choices`."""

    template: ClassVar[str] = "search/people.html"
    title: ClassVar[str] = "People"
    blocks: ClassVar[tuple[str, ...]] = ("choices",)

    people: tuple[Option, ...] = ()

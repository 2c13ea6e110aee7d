"""What the search and the palette show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_web.display import Option
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One result. detail: what tells two people of one name apart. group: heading under which it stands.

    action: takes a POST without fields, instead of `href`.
    """

    label: str
    href: str = ""
    action: str = ""
    detail: str = ""
    icon: str = "user"
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchPage(Page):
    """POST /search (field `q`): the whole page of results, for those without JavaScript and for Enter.

    others: what was found besides contacts, by group. failed: one sentence for each source that cannot be searched.
    """

    template: ClassVar[str] = "search/search.html"
    title: ClassVar[str] = "Search"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    q: str = ""
    hits: tuple[Hit, ...] = ()
    more: bool = False
    others: tuple[Hit, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PalettePage(Page):
    """POST /search/palette (field `q`): a few hits of each kind, always as block `options`. failed: what cannot be searched."""

    template: ClassVar[str] = "search/palette.html"
    title: ClassVar[str] = "Search"
    blocks: ClassVar[tuple[str, ...]] = ("options",)

    q: str = ""
    hits: tuple[Hit, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeopleChoices(Page):
    """POST /search/people (field `people-q`): whom to add as participant, always as block `choices`."""

    template: ClassVar[str] = "search/people.html"
    title: ClassVar[str] = "People"
    blocks: ClassVar[tuple[str, ...]] = ("choices",)

    people: tuple[Option, ...] = ()

"""What surrounds every page: who is signed in, where they are, how they like to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from confida_web.formatting import initials

Theme = Literal["auto", "light", "dark"]
Density = Literal["comfortable", "compact"]
Direction = Literal["ltr", "rtl"]
Tone = Literal["done", "notice", "problem"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NavItem:
    """One place of the side navigation or of quick add. icon: a symbol of static/icons.svg or plugin-icons.svg. badge: 0 shows none.

    group: the heading it stands under, "" for none.
    """

    key: str
    label: str
    icon: str
    href: str
    current: bool = False
    badge: int = 0
    group: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Toast:
    """What just happened, in one sentence. undo_url: takes a POST that reverses it, or None."""

    message: str
    undo_url: str | None = None
    tone: Tone = "done"


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageLink:
    """One language a page can be read in. label: in that language itself. href: a GET that changes no data."""

    code: str
    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What the layout shows; without arguments the frame of a stranger, in which error pages and the login stand.

    nav_items and quick_add: in the order shown, already reduced to what this account may do.
    csrf_token: "" where no session exists. lang: BCP 47. time_zone: IANA name; all times are shown in it.
    reminder: one sentence that stays on top of every page until it is dealt with, with `reminder_href`; "" shows none.
    slim_nav: the side navigation shows icons only. single_key: single-letter shortcuts are on (WCAG 2.1.4).
    words: the catalogue the page's own words are taken from; staff pages are written in English so far, whatever `lang`.
    portal: the page belongs to the public side, which knows no staff. base: where that person's pages begin ("/my" or a
    link's own address). languages: those the page can be switched to. person_in: somebody is on their own pages, whose
    name is person_name; may_sign_out: with a session, not by a link. places: of these pages, in order.
    scripts: static files that plugins load on every page.
    """

    account_name: str = ""
    permissions: frozenset[str] = frozenset()
    nav_items: tuple[NavItem, ...] = ()
    quick_add: tuple[NavItem, ...] = ()
    csrf_token: str = ""
    theme: Theme = "auto"
    density: Density = "comfortable"
    lang: str = "en"
    dir: Direction = "ltr"
    time_zone: str = "UTC"
    toast: Toast | None = None
    due_count: int = 0
    instance_name: str = "Confida"
    reminder: str = ""
    reminder_href: str = ""
    slim_nav: bool = False
    single_key: bool = True
    words: str = "en"
    portal: bool = False
    base: str = "/my"
    languages: tuple[LanguageLink, ...] = ()
    person_in: bool = False
    person_name: str = ""
    may_sign_out: bool = False
    places: tuple[NavItem, ...] = ()
    scripts: tuple[str, ...] = ()

    @property
    def signed_in(self) -> bool:
        return bool(self.account_name)

    @property
    def places_by_group(self) -> tuple[tuple[str, tuple[NavItem, ...]], ...]:
        """(heading, its places) in the order shown: a group stands where its first place does; "" is the heading of the rest."""
        gathered: list[tuple[str, list[NavItem]]] = []
        for item in self.nav_items:
            open_ones = gathered if item.group else gathered[-1:]
            items = next((items for group, items in open_ones if group == item.group), None)
            if items is None:
                items = []
                gathered.append((item.group, items))
            items.append(item)
        return tuple((group, tuple(items)) for group, items in gathered)

    @property
    def first_places(self) -> tuple[NavItem, ...]:
        """Those that have room on a phone; everything else stands in the menu beside them."""
        return tuple(item for item in self.nav_items if not item.group)[:4]

    @property
    def initials(self) -> str:
        return initials(self.account_name)


STRANGER = Frame()

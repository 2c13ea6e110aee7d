"""The frozen dataclasses that web's hooks return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access
    from confida_web.contacts.pages import ConfidenceChip


@dataclass(frozen=True, kw_only=True, slots=True)
class NavDeclaration:
    """One place of the side navigation, or of quick add.

    icon: a symbol of static/icons.svg or plugin-icons.svg. permission: who sees it. order: smaller stands higher. quick_add: in the "+" menu
    instead of at the side. badge: how many things wait there, asked once per whole page; it may raise, then 0 is shown.
    group: the heading under which a plugin with several places gathers them; "" for none. It stands where its first place would.
    """

    key: str
    label: str
    icon: str
    href: str
    permission: str
    order: int = 100
    quick_add: bool = False
    group: str = ""
    badge: Callable[[Installation, Access], Awaitable[int]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPanel:
    """A box on a contact's page. data: what its template may use; it opens personal data through the access it is given.

    template: below the plugin's template folder. A panel that raises is replaced by a notice; the page lives.
    chips: what of the same data stands in the strip below the contact's name, if anything.
    """

    key: str
    title: str
    template: str
    permission: str
    data: Callable[[Installation, Access, UUID], Awaitable[Mapping[str, Any]]]
    chips: Callable[[Mapping[str, Any]], Sequence[ConfidenceChip]] | None = None
    order: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class DashboardWidget:
    """A box on "My day"; otherwise as `ContactPanel`."""

    key: str
    title: str
    template: str
    permission: str
    data: Callable[[Installation, Access], Awaitable[Mapping[str, Any]]]
    order: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PageScript:
    """A script on every page of staff, such as one that tells of a call.

    src: of a static file, as in `static()`: `x/<key>/<name>.js`. permission: of whom it is for. wanted: whether this actor
    has it, asked once per whole page; it may raise, then it is left out.
    """

    key: str
    src: str
    permission: str
    wanted: Callable[[Installation, Access], Awaitable[bool]]
    order: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalItem:
    """A place on the pages of a person who is signed in to the public side, beside their choices and requests.

    label: English; labels: the same in other languages of the public side, by tag ("de"). href: below /my/x/<key>/.
    by_link: where it leads those who came by a link of their own, "{base}" standing for where their pages begin; "" hides
    it from them, which is right for everything that shows more than their consents: such a link lay in a mail for weeks.
    badge: how many things wait there for this person; it is given the person's own access. 0 shows none.
    """

    key: str
    label: str
    href: str
    labels: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""
    order: int = 100
    by_link: str = ""
    badge: Callable[[Installation, Access, UUID], Awaitable[int]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One entry of the palette (Ctrl K): a page to go to, or a thing to do at once.

    href: a page of this installation. action: an address that takes a POST without fields, instead of a page; a plugin's
    begins with /x/<key>/. permission: who is offered it. keywords: other words by which it is found, beside its label.
    """

    key: str
    label: str
    permission: str
    href: str = ""
    action: str = ""
    keywords: tuple[str, ...] = ()
    icon: str = "next"
    order: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAction:
    """What can be done with the contacts that somebody ticked in the list of contacts.

    action: an address that takes a POST whose fields `ids` are those contacts; a plugin's begins with /x/<key>/.
    permission: who is offered it.
    """

    key: str
    label: str
    action: str
    permission: str
    icon: str = "next"
    order: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One result of a search. label, detail: plain text, which the page escapes. href: a page of this installation."""

    label: str
    href: str
    detail: str = ""
    icon: str = "search"


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchSource:
    """What else than contacts the search finds. label: the heading above its results. permission: who is shown them.

    find: for the words somebody typed (not empty, in lower case, at most eight) the best results first, at most `limit`;
    it opens personal data through the access it is given. `matches_words` says whether a text holds the words.
    """

    key: str
    label: str
    permission: str
    find: Callable[[Installation, Access, tuple[str, ...], int], Awaitable[Sequence[Found]]]
    order: int = 100

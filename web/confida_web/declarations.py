"""The frozen dataclasses that web's hooks return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access
    from confida_web.contacts.pages import ConfidenceChip


@dataclass(frozen=True, kw_only=True, slots=True)
class NavDeclaration:
    """One place of the side navigation, or of quick add.

    icon: a symbol of static/icons.svg. permission: who sees it. order: smaller stands higher. quick_add: in the "+" menu
    instead of at the side. badge: how many things wait there, asked once per whole page; it may raise, then 0 is shown.
    """

    key: str
    label: str
    icon: str
    href: str
    permission: str
    order: int = 100
    quick_add: bool = False
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

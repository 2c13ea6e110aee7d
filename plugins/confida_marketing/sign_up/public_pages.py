"""What the public pages of forms and events show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_marketing.sign_up.fields import Asked
from confida_web.api import Errors, Page, mark


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A purpose to agree to, with the text that the decision is about."""

    key: str
    title: str
    description: str
    notice: str
    notice_id: str
    language: str
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class PublicFormPage(Page):
    """GET and POST /my/x/marketing/f/<slug>. framed: within a page of another site. again: to be looked at once more."""

    template: ClassVar[str] = "marketing/sign_up/public_form.html"
    title: ClassVar[str] = mark("Form")

    action: str
    heading: str
    intro: str
    button: str
    stamp: str
    framed: bool = False
    again: bool = False
    asked: tuple[Asked, ...] = ()
    offers: tuple[Offer, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    policy_href: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ThanksPage(Page):
    """After a form. confirm: a mail asks to confirm what was ticked. text: the organisation's own words, "" for usual ones."""

    template: ClassVar[str] = "marketing/sign_up/thanks.html"
    title: ClassVar[str] = mark("Thank you")

    text: str = ""
    framed: bool = False
    confirm: bool = False
    event: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEvent:
    """An event as everybody sees it. left: seats, None for as many as like. day, time: words of the house's own clock."""

    title: str
    place: str
    description: str
    price: str
    starts_at: datetime
    when: str
    left: int | None
    waiting_list: bool
    over: bool

    @property
    def full(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, kw_only=True)
class PublicEventPage(Page):
    """GET and POST /my/x/marketing/e/<slug>."""

    template: ClassVar[str] = "marketing/sign_up/public_event.html"
    title: ClassVar[str] = mark("Event")

    action: str
    calendar: str
    event: ShownEvent
    stamp: str
    again: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    policy_href: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PlacePage(Page):
    """GET and POST /my/x/marketing/place/<token>: somebody's own place. state: in, waiting or cancelled."""

    template: ClassVar[str] = "marketing/sign_up/place.html"
    title: ClassVar[str] = mark("Your place")

    action: str
    event: ShownEvent
    state: str
    name: str
    calendar: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnDonation:
    """amount: minor units."""

    on_day: object
    amount: int
    currency: str
    source: str
    recurring: bool


@dataclass(frozen=True, kw_only=True)
class OwnDonationsPage(Page):
    """GET /my/x/marketing/donations, and one year of them for printing."""

    template: ClassVar[str] = "marketing/sign_up/own_donations.html"
    title: ClassVar[str] = mark("Your donations")

    base: str
    rows: tuple[OwnDonation, ...] = ()
    years: tuple[int, ...] = ()
    sums: tuple[tuple[int, str], ...] = ()
    year: int = 0
    name: str = ""
    house: tuple[str, ...] = ()

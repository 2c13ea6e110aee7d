"""What the pages of forms and submissions show to colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_marketing.sign_up.content import AskedFor, Sent
from confida_web.api import Errors, Option, Page, PersonRef, Tab, mark

FORMS, SUBMISSIONS = "/x/marketing/forms", "/x/marketing/forms/submissions"
EVENTS, DONATIONS, SCORES = "/x/marketing/forms/events", "/x/marketing/forms/donations", "/x/marketing/forms/scores"
CHANGED_MEANWHILE = mark("Somebody else changed this meanwhile. Save again to replace theirs.")


def tabs_of(current: str) -> tuple[Tab, ...]:
    """What stands beside forms. current: address of one of them."""
    places = {
        mark("Forms"): FORMS,
        mark("Sent to us"): SUBMISSIONS,
        mark("Events"): EVENTS,
        mark("Donations"): DONATIONS,
        mark("Scores"): SCORES,
    }
    return tuple(Tab(label=label, href=href, current=href == current) for label, href in places.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class FormRow:
    """One line of the list. sent: how often somebody sent it."""

    id: str
    title: str
    href: str
    active: bool
    sent: int = 0
    asks: int = 0


@dataclass(frozen=True, kw_only=True)
class FormsPage(Page):
    """GET /x/marketing/forms. trash: those in the trash."""

    template: ClassVar[str] = "marketing/sign_up/forms.html"
    title: ClassVar[str] = "Forms"

    tabs: tuple[Tab, ...]
    rows: tuple[FormRow, ...] = ()
    trash: bool = False
    may_write: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldRow:
    """Something that may be asked. place: in the order of the form."""

    name: str
    label: str
    asked: bool = False
    required: bool = False
    words: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class FormFormPage(Page):
    """A form as it is written. public: its address; frame, snippet: what other sites may put into their pages."""

    template: ClassVar[str] = "marketing/sign_up/form.html"
    title: ClassVar[str] = "Form"

    action: str
    new: bool = True
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    active: bool = False
    rows: tuple[FieldRow, ...] = ()
    purposes: tuple[Option, ...] = ()
    lists: tuple[Option, ...] = ()
    public: str = ""
    iframe: str = ""
    snippet: str = ""
    sent: int = 0
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmissionRow:
    """One line of the list of what was sent."""

    id: str
    who: PersonRef
    form: str
    at: datetime
    first: str = ""
    asks: bool = False
    assignee: str = ""
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class SubmissionsPage(Page):
    """GET /x/marketing/forms/submissions. kinds: open ones, or those that are done."""

    template: ClassVar[str] = "marketing/sign_up/submissions.html"
    title: ClassVar[str] = "Sent to us"

    tabs: tuple[Tab, ...]
    kinds: tuple[Tab, ...]
    rows: tuple[SubmissionRow, ...] = ()
    older: str = ""


@dataclass(frozen=True, kw_only=True)
class SubmissionPage(Page):
    """GET /x/marketing/forms/submissions/<id>. can_hand: there is a plugin that sells; handed: they were already."""

    template: ClassVar[str] = "marketing/sign_up/submission.html"
    title: ClassVar[str] = "Sent to us"

    id: str
    who: PersonRef
    form: str
    at: datetime
    sent: tuple[Sent, ...]
    message: str
    purposes: tuple[AskedFor, ...]
    new_contact: bool
    done: bool
    version: int
    colleagues: tuple[Option, ...] = ()
    assignee: str = ""
    may_write: bool = False
    can_hand: bool = False
    handed: bool = False

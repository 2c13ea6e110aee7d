"""What the pages of requests show. Titles, and whatever comes from `requests_words`, are translated by the templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_web.display import Errors, Option
from confida_web.languages import mark
from confida_web.page import Page
from confida_web.portal.requests_words import KindWords


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRequest:
    """One of the requests of somebody who is in. title, state: words to translate."""

    reference: str
    title: str
    state: str
    received_at: datetime
    due_on: date
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The form as it was typed. whose: self or other."""

    kind: str = ""
    whose: str = "self"
    identifier: str = ""
    name: str = ""
    scope: str = ""
    message: str = ""
    mandate: str = ""
    language: str = ""
    delivery: str = "portal"
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class AskPage(Page):
    """GET /my/requests. Posts the fields of `Draft`, `mandate_file` and `website`, which nobody fills in, as multipart.

    countries: only where the organisation has not said whose rules apply. person_in: with a session, so that nothing has to
    be proved. own: their requests.
    """

    template: ClassVar[str] = "portal/requests.html"
    title: ClassVar[str] = mark("Your requests")

    kinds: tuple[KindWords, ...] = ()
    draft: Draft = Draft()
    languages: tuple[Option, ...] = ()
    countries: tuple[Option, ...] = ()
    person_in: bool = False
    own: tuple[OwnRequest, ...] = ()
    errors: Errors = field(default_factory=dict)
    megabytes: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRow:
    """what: words to translate."""

    at: datetime
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRow:
    """One message of the correspondence. ours: we wrote it."""

    at: datetime
    ours: bool
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class StatusPage(Page):
    """GET /my/requests/{token}. `at` is its own address, below which the forms post: code, message, withdraw, package.

    known: what is shown is how it really stands. proven: it has just been proved, or is known by a session, who reads this.
    fresh: proved by a code within the last minutes, which the package asks for. mine: whoever is in may say that it is theirs.
    package: state of the answer, "" if there is none. done: what just happened, one word. reasons: of an extension or refusal.
    """

    template: ClassVar[str] = "portal/requests_status.html"
    title: ClassVar[str] = mark("How your request stands")

    at: str
    reference: str
    kind: str
    asked: str
    state: str
    state_words: str
    received_at: datetime
    due_on: date
    known: bool = False
    verified: bool = False
    proven: bool = False
    fresh: bool = False
    open: bool = True
    mine: bool = False
    mandate: bool = False
    extended: bool = False
    reasons: str = ""
    authority: str = ""
    closed_at: datetime | None = None
    steps: tuple[StepRow, ...] = ()
    letters: tuple[LetterRow, ...] = ()
    package: str = ""
    package_until: datetime | None = None
    package_taken: datetime | None = None
    plan_confirmed: bool = False
    certificate: bool = False
    certificate_until: datetime | None = None
    done: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProvePage(Page):
    """GET {at}/code, the same whoever asks. Posts code; the same address with `do` = send makes a new one."""

    template: ClassVar[str] = "portal/requests_code.html"
    title: ClassVar[str] = mark("Prove that it is you")

    at: str
    reference: str
    errors: Errors = field(default_factory=dict)
    minutes: int = 10
    tries: int = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    """what, ground: in the reader's language already. until: None where no rule says it."""

    what: str
    count: int
    ground: str = ""
    until: date | None = None
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class ErasePage(Page):
    """GET {at}/erasure: what an erasure would do now. Posts seen and suppress. held_since: of legal holds."""

    template: ClassVar[str] = "portal/requests_erasure.html"
    title: ClassVar[str] = mark("Before your data are erased")

    at: str
    reference: str
    goes: tuple[PlanLine, ...] = ()
    stays: tuple[PlanLine, ...] = ()
    shared: tuple[PlanLine, ...] = ()
    recipients: tuple[str, ...] = ()
    held_since: tuple[datetime, ...] = ()
    seen: str = ""
    changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """label: words to translate. values: as they are stored."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DetailsPage(Page):
    """GET /my/details: what is held of somebody who is in."""

    template: ClassVar[str] = "portal/requests_details.html"
    title: ClassVar[str] = mark("Your details")

    details: tuple[Detail, ...] = ()
    kinds: tuple[KindWords, ...] = ()
    done: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressFields:
    """One postal address of the form."""

    street: str = ""
    postal_code: str = ""
    locality: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class CorrectPage(Page):
    """GET /my/details/edit. Posts name, email0…, phone0…, street0…, postal_code0…, locality0…, region0…, country0…, language,
    remark, and country where `countries` says that one has to be chosen. One empty row of each stands at the end.
    """

    template: ClassVar[str] = "portal/requests_correct.html"
    title: ClassVar[str] = mark("Correct your details")

    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[AddressFields, ...] = ()
    languages: tuple[Option, ...] = ()
    language: str = ""
    countries: tuple[Option, ...] = ()
    remark: str = ""
    errors: Errors = field(default_factory=dict)

"""What the pages of journeys show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_marketing.journeys.diagram import Diagram
from confida_marketing.segments.form import Group
from confida_web.api import Errors, FilterField, Option, Page, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyRow:
    """One journey in a list. inside: on the way now; reached, done: who came to the goal or the end; total: ever begun."""

    id: str
    name: str
    begins: str
    state: str
    tone: str
    inside: int
    reached: int
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class JourneysPage(Page):
    """GET /x/marketing/journeys."""

    template: ClassVar[str] = "marketing/journeys/list.html"
    title: ClassVar[str] = "Journeys"

    tabs: tuple[Tab, ...]
    rows: tuple[JourneyRow, ...]
    which: str
    may_write: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    key: str
    name: str
    aim: str


@dataclass(frozen=True, kw_only=True)
class NewJourneyPage(Page):
    """GET /x/marketing/journeys/new."""

    template: ClassVar[str] = "marketing/journeys/new.html"
    title: ClassVar[str] = "New journey"

    ready: tuple[Ready, ...]
    name: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRow:
    """One step. ways: how it goes on, in words. faults: what is to be mended. refused: what follows a no of the gate."""

    key: str
    kind: str
    kind_label: str
    icon: str
    place: int
    title: str
    text: str
    ways: tuple[str, ...]
    refused: str
    waiting: int
    passed: int
    left: int
    not_allowed: int
    faults: tuple[str, ...]
    first: bool
    last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    key: str
    label: str
    number: int


@dataclass(frozen=True, kw_only=True)
class JourneyPage(Page):
    """GET /x/marketing/journeys/<id>. running: number of its version; older: who is on the way in another one."""

    template: ClassVar[str] = "marketing/journeys/journey.html"
    title: ClassVar[str] = "Journey"

    id: str
    name: str
    aim: str
    goal: str
    goal_words: str
    begins: str
    inside_words: str
    reentry: str
    purpose: str
    state: str
    state_label: str
    tone: str
    running: int
    changed: bool
    older: int
    broken: bool
    steps: tuple[StepRow, ...]
    kinds: tuple[Option, ...]
    faults: tuple[str, ...]
    figures: tuple[Figure, ...]
    diagram: Diagram
    may_write: bool
    may_send: bool
    version: int
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class ConditionsPage(Page):
    """What every form with conditions of the shared language shows; `segments/parts.html` draws its rows."""

    match: str
    groups: tuple[Group, ...]
    hows: tuple[Option, ...]
    filter_fields: tuple[FilterField, ...]
    operators: tuple[tuple[str, str, str], ...]
    errors: Errors
    version: int


@dataclass(frozen=True, kw_only=True)
class JourneyFormPage(ConditionsPage):
    """GET /x/marketing/journeys/<id>/edit: everything but its steps."""

    template: ClassVar[str] = "marketing/journeys/form.html"
    title: ClassVar[str] = "Change journey"

    id: str
    name: str
    values: dict[str, str]
    purposes: tuple[Option, ...]
    triggers: tuple[Option, ...]
    segments: tuple[Option, ...]
    consents: tuple[Option, ...]
    events: tuple[Option, ...]
    dates: tuple[Option, ...]
    reentries: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class StepFormPage(ConditionsPage):
    """GET /x/marketing/journeys/<id>/steps/<key>, and .../steps/new."""

    template: ClassVar[str] = "marketing/journeys/step.html"
    title: ClassVar[str] = "Step"

    id: str
    name: str
    action: str
    kind: str
    kind_label: str
    after: str
    is_new: bool
    fork: bool
    gated: bool
    values: dict[str, str]
    targets: tuple[Option, ...]
    emails: tuple[Option, ...]
    people: tuple[Option, ...]
    weekdays: tuple[Option, ...]
    refusals: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedRow:
    """One thing that would happen. subject: of the mail. tone, verdict: what the gate or a limit says, "" where it is not asked."""

    at: datetime
    title: str
    kind: str
    icon: str
    text: str
    subject: str
    verdict: str
    tone: str
    way: str


@dataclass(frozen=True, kw_only=True)
class SimulationPage(Page):
    """GET /x/marketing/journeys/<id>/simulate."""

    template: ClassVar[str] = "marketing/journeys/simulate.html"
    title: ClassVar[str] = "Try it on one person"

    id: str
    name: str
    words: str
    hits: tuple[Option, ...]
    person: str
    person_href: str
    begins: str
    begins_tone: str
    rows: tuple[SimulatedRow, ...]
    ending: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    entry_id: str
    name: str
    href: str
    step: str
    state: str
    tone: str
    at: datetime | None
    why: str
    inside: bool


@dataclass(frozen=True, kw_only=True)
class JourneyPeoplePage(Page):
    """GET /x/marketing/journeys/<id>/people. hidden: how many this reader may not see."""

    template: ClassVar[str] = "marketing/journeys/people.html"
    title: ClassVar[str] = "People in the journey"

    id: str
    name: str
    tabs: tuple[Tab, ...]
    rows: tuple[PersonRow, ...]
    hidden: int
    following: str
    may_write: bool

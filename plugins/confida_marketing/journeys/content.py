"""What is sealed of journeys, and how each record stands at export and erasure."""

from __future__ import annotations

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed, ShortText, TableDeclaration
from confida_marketing.journeys.plan import Plan
from confida_marketing.journeys.tables import Journey, JourneyEntry, JourneyPast, JourneyPlan, JourneySeen


class JourneyContent(Sealed, frozen=True):
    """name: never empty. aim: what it is for, in words. goal: what somebody has reached who leaves by its condition, in words.

    plan: as it is written. before: as it was before the last change of its steps, for who wants that back.
    """

    name: ShortText = ""
    aim: LongText = ""
    goal: LineText = ""
    plan: Plan = Plan()
    before: Plan | None = None


PLANNED = InAnswer(left_out={"*": "What the organisation plans; nothing in it is about one of its contacts."})
JOURNEY = RecordDeclaration(
    table=Journey,
    content=JourneyContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Journeys",
    clear={"state": "one of four words", "fault": "a code"},
    answer=PLANNED,
)
PLAN = RecordDeclaration(
    table=JourneyPlan,
    content=Plan,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Plans of journeys",
    answer=PLANNED,
)
RECORDS = (JOURNEY, PLAN)
TABLES = (
    TableDeclaration(
        table=JourneyEntry,
        subject="contact_id",
        subject_free="Ids, times and keys; rows go with their contact. What was sent stands among the person's messages.",
        clear={
            "step": "a key",
            "state": "one of five words",
            "reason": "a code",
            "mails": "keys",
        },
    ),
    TableDeclaration(
        table=JourneyPast,
        subject="contact_id",
        subject_free="Ids, times and keys; rows go with their contact.",
        clear={"step": "a key", "what": "one of a few words", "reason": "a code"},
    ),
    TableDeclaration(table=JourneySeen, subject="contact_id", subject_free="Ids only; rows go with their contact."),
)

"""What is sealed of forms, events, donations and scores, and how it is declared."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed, ShortText
from confida_marketing.sign_up.tables import (
    Arrival,
    Donation,
    Event,
    Form,
    Qualified,
    Registration,
    Score,
    ScoreRule,
    Submission,
)


class FormField(Sealed, frozen=True):
    """One question. key: one of `fields.FIELDS`, or `custom.<key>`. label: "" for the usual words."""

    key: ShortText
    label: ShortText = ""
    required: bool = False


class FormContent(Sealed, frozen=True):
    """title, intro, thanks, button: as people read them; "" for the usual words. redirect: an https address, or "".

    purposes: keys of what people may agree to. sites: origins that may show it in a frame.
    """

    title: ShortText = ""
    intro: LongText = ""
    thanks: LongText = ""
    button: ShortText = ""
    redirect: LineText = ""
    fields: list[FormField] = []
    purposes: list[ShortText] = []
    sites: list[LineText] = []


class ArrivalContent(Sealed, frozen=True):
    """values: by key of the field, as typed. purposes: key and notice that was shown. form_id or event_id: which of both."""

    form_id: UUID | None = None
    event_id: UUID | None = None
    values: dict[str, LongText] = {}
    purposes: list[tuple[str, UUID]] = []
    language: ShortText = ""
    signalled: bool = False


class Sent(Sealed, frozen=True):
    """One answer, with the words of its question."""

    label: ShortText
    text: LongText = ""


class AskedFor(Sealed, frozen=True):
    """A purpose that was ticked, with the notice that was shown."""

    purpose: ShortText
    title: ShortText = ""
    notice_id: UUID | None = None
    notice_version: int = 0


class SubmissionContent(Sealed, frozen=True):
    """form: what it was called. sent: what was typed. purposes: what was ticked, which alone is no consent yet."""

    form: ShortText = ""
    sent: list[Sent] = []
    message: LongText = ""
    purposes: list[AskedFor] = []
    language: ShortText = ""


class EventContent(Sealed, frozen=True):
    """What everybody may read of it."""

    title: ShortText = ""
    place: LineText = ""
    description: LongText = ""
    price: LineText = ""


class RegistrationContent(Sealed, frozen=True):
    """name, email: as typed. token: the secret of their own page. note: what else they said."""

    name: ShortText = ""
    email: ShortText = ""
    phone: ShortText = ""
    note: LongText = ""
    language: ShortText = ""
    token: ShortText = ""


class DonationContent(Sealed, frozen=True):
    """source: how it came, such as a bank transfer."""

    source: ShortText = ""
    note: LongText = ""


class RuleContent(Sealed, frozen=True):
    """condition: JSON of the condition language."""

    name: ShortText = ""
    condition: LongText = ""


class ScorePart(Sealed, frozen=True):
    """name: of the rule."""

    name: ShortText
    points: int


class ScoreContent(Sealed, frozen=True):
    """What the points are for."""

    parts: list[ScorePart] = []


class QualifiedContent(Sealed, frozen=True):
    """reason: in words."""

    reason: LongText = ""


OURS = "What the organisation asks and offers; nothing in it is about one person."
FORM = RecordDeclaration(
    table=Form, content=FormContent, subject=None, retention_class="relationship", purpose="operation", label="Forms",
    clear={"slug": "the end of a public address"}, answer=InAnswer(left_out={"*": OURS}),
)  # fmt: skip
# Nobody is known yet whose key could seal it; a job takes it within seconds.
ARRIVAL = RecordDeclaration(
    table=Arrival, content=ArrivalContent, subject=None, retention_class="relationship", purpose="operation",
    label="What was sent just now", answer=InAnswer(left_out={"*": "It waits for some seconds only."}),
)  # fmt: skip
SUBMISSION = RecordDeclaration(
    table=Submission, content=SubmissionContent, subject="contact_id", retention_class="relationship",
    purpose="relationship", label="What they sent by forms", answer=InAnswer(source="You, by a form on the web."),
)  # fmt: skip
EVENT = RecordDeclaration(
    table=Event, content=EventContent, subject=None, retention_class="relationship", purpose="operation", label="Events",
    clear={"slug": "the end of a public address"}, answer=InAnswer(left_out={"*": OURS}),
)  # fmt: skip
REGISTRATION = RecordDeclaration(
    table=Registration, content=RegistrationContent, subject="contact_id", retention_class="relationship",
    purpose="relationship", label="Places at events",
    clear={"state": "one of three words", "token_hash": "hash of a random token"},
    answer=InAnswer(source="You, by the form of the event."),
)  # fmt: skip
DONATION = RecordDeclaration(
    table=Donation, content=DonationContent, subject="contact_id", retention_class="relationship",
    purpose="relationship", label="Donations", clear={"currency": "an ISO 4217 code"},
    answer=InAnswer(source="Your payments, as a colleague or an import wrote them down."),
)  # fmt: skip
RULE = RecordDeclaration(
    table=ScoreRule, content=RuleContent, subject=None, retention_class="relationship", purpose="operation",
    label="Rules of scores", answer=InAnswer(left_out={"*": OURS}),
)  # fmt: skip
SCORE = RecordDeclaration(
    table=Score, content=ScoreContent, subject="contact_id", retention_class="relationship", purpose="relationship",
    label="Scores",
    answer=InAnswer(
        category="What we conclude of your interest",
        source="Computed by rules of ours from what is kept of you; the rules that fitted are named.",
    ),
)  # fmt: skip
QUALIFIED = RecordDeclaration(
    table=Qualified, content=QualifiedContent, subject="contact_id", retention_class="relationship",
    purpose="relationship", label="Handed over to sales", answer=InAnswer(source="A colleague, or a score."),
)  # fmt: skip
RECORDS = (FORM, ARRIVAL, SUBMISSION, EVENT, REGISTRATION, DONATION, RULE, SCORE, QUALIFIED)

"""Samples of the pages of data subjects' requests, with the reasons and the lengths that real ones have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from confida_web.display import Option, Paging, PersonRef, Tab, TaskRow
from confida_web.page import Page
from confida_web.requests import pages, pages_carrying

LONG = "Bartholomäus-Maximilian Freiherr von und zu Hohenstein-Wachtmeister-Łukaszewiczówna der Jüngere"
HREF = "/requests/0199f3b2-7c41-7000-8000-000000000001"
LETTER = (
    "You asked for access to your data (number R-7KQ4-M2XD), received on 5 March 2026.\n\n"
    "We do not do what you ask. The reasons:\n\nIt was answered last week, and nothing has changed since.\n\n"
    "You can complain to a supervisory authority, in particular where you live, where you work, or to ours: Berlin Authority."
)


def row(now: datetime, number: int, **changes: object) -> pages.RequestRow:
    values: dict[str, object] = {
        "href": HREF,
        "reference": f"R-7KQ{number}-M2XD",
        "kind": "Access",
        "state": "In progress",
        "tone": "quiet",
        "source": "Portal",
        "who": "Ada Lovelace",
        "confirmed": True,
        "received_at": now - timedelta(days=number),
        "countdown": pages.Countdown(due_on=(now + timedelta(days=25)).date(), days=25),
        "assignee": "Olga Petrova",
    }
    return pages.RequestRow(**(values | changes))  # type: ignore[arg-type]


def queue_samples(now: datetime) -> dict[str, Page]:
    def left(days: int, urgency: pages.Urgency, *, stopped: bool = False) -> pages.Countdown:
        return pages.Countdown(due_on=(now + timedelta(days=days)).date(), days=days, urgency=urgency, stopped=stopped)

    rows = (
        row(
            now,
            2,
            countdown=left(-3, "late"),
            state="Not proved yet who asks",
            tone="ask",
            confirmed=False,
            assignee="",
        ),
        row(
            now,
            3,
            countdown=left(0, "soon"),
            who=LONG,
            kind="Copy to take elsewhere",
            state="Refusal proposed",
            tone="ask",
        ),
        row(now, 4, countdown=left(6, "soon", stopped=True), who="محمد عبد الرحمن", state="Question open", tone="ask"),
        row(now, 5, who="", kind="Erasure", source="Letter"),
        row(now, 6, countdown=left(40, "closed"), state="Answered", tone="may"),
    )
    columns = (
        pages.SortColumn(key="due", label="Time left", href="/requests?sort=-due", direction="ascending"),
        pages.SortColumn(key="reference", label="Request", href="/requests?sort=reference"),
        *(
            pages.SortColumn(key="", label=label)
            for label in ("Who asks", "What for", "Where it stands", "Received", "With")
        ),
    )
    tabs = (Tab(label="Open", href="/requests", current=True), Tab(label="Late", href="/requests?which=late"))
    kinds = (Option(value="", label="Every kind", chosen=True), Option(value="access", label="Access"))
    states = (Option(value="", label="Every state", chosen=True), Option(value="review", label="Refusal proposed"))
    paging = Paging(previous="/requests", following="/requests?skip=100")
    common = {"tabs": tabs, "columns": columns, "kinds": kinds, "states": states, "may_decide": True}
    return {
        "requests": pages.QueuePage(rows=rows, paging=paging, **common),  # type: ignore[arg-type]
        "requests-none": pages.QueuePage(**common),  # type: ignore[arg-type]
        "requests-filtered-none": pages.QueuePage(filtered=True, **common),  # type: ignore[arg-type]
    }


def request_page(now: datetime, **changes: object) -> pages.RequestPage:
    def way(key: str, label: str, icon: str) -> pages.ActionLink:
        return pages.ActionLink(label=label, href=f"{HREF}/step/{key}", icon=icon)

    values: dict[str, object] = {
        "reference": "R-7KQ4-M2XD",
        "kind": "Access",
        "state": "Not proved yet who asks",
        "tone": "ask",
        "countdown": pages.Countdown(due_on=(now + timedelta(days=6)).date(), days=6, urgency="soon"),
        "href": HREF,
        "person": PersonRef(name="Ada Lovelace", href="/contacts/1"),
        "lead": "It is not proved yet who asks. Nothing may be handed over or changed before.",
        "lead_tone": "warn",
        "ways": (way("identity", "Note the proof", "key"), way("ask-identity", "Write how to prove it", "mail")),
        "more": (way("letter", "Write a letter", "mail"), way("extend", "Extend", "clock")),
        "facts": (("Came by", "Letter"), ("Calls themselves", LONG), ("Country", "DE BY")),
        "wishes": (("In their words", "What do you know about me?\nAll of it, please."), ("Only this", "2024")),
        "clock": (("Received", "5 March 2026"), ("Counts from", "5 March 2026"), ("First date", "7 April 2026")),
        "citation": "GDPR Art. 12(3) and (4); Regulation (EEC, Euratom) 1182/71 Art. 3",
        "mandate_href": f"{HREF}/mandate",
        "steps": (
            pages.StepLine(what="Received", at=now - timedelta(days=9), counts=True),
            pages.StepLine(what="Refusal proposed", at=now, who="Olga Petrova", text="It was answered last week.\nTwice."),
        ),
        "letters": (
            pages.LetterLine(direction="in", channel="Post", at=now, subject="Hello", href=f"{HREF}/letters/1", text=LETTER),
            pages.LetterLine(
                direction="out", channel="Post", at=now, subject=LONG, href=f"{HREF}/letters/2", text=LETTER,
                who="Olga Petrova", to_print=True,
            ),
        ),
        "tasks": (TaskRow(id="7", subject="Request R-7KQ4-M2XD: 5 days left", due_at=now),),
        "doubles": (pages.DoubleLine(reference="R-9AAA-BBBB", received_at=now, href=HREF),),
        "audit": (pages.StepLine(what="Letter written", at=now, who="Olga Petrova"), pages.StepLine(what="Received", at=now)),
        "assignee": "Olga Petrova",
        "may_decide": True,
    }  # fmt: skip
    return pages.RequestPage(**(values | changes))  # type: ignore[arg-type]


def form_samples(now: datetime) -> dict[str, Page]:
    options = (Option(value="a", label="In person"), Option(value="b", label="Called back on the number on file"))
    field = pages.FormField
    step: dict[str, Any] = {
        "reference": "R-7KQ4-M2XD",
        "back": HREF,
        "action": f"{HREF}/step/x",
        "lead": "The person reads these words.",
    }
    fields = (
        field(name="find", label="Name, address or number", kind="text", value="Ada"),
        field(name="contact", label="Whose data it is", kind="radio", options=options, hint="Choose one."),
        field(name="purposes", label="For what", kind="several", options=options),
        field(name="by", label="How", kind="choice", options=options),
        field(name="day", label="When it came", kind="day", hint="Empty: today."),
        field(name="reasons", label="The reasons", required=True),
        field(name="proposal", label="", kind="hidden", value="1"),
    )
    errors = {"": "Somebody else has to approve it: four eyes see more than two.", "reasons": "Say why."}
    new = {
        "values": dict.fromkeys(("name", "identifier", "scope", "message", "mandate", "received", "subdivision"), ""),
        "kinds": options, "sources": options, "countries": options, "languages": options, "deliveries": options,
        "today": now.date().isoformat(),
    }  # fmt: skip
    typed = {**new["values"], "find": "Ada", "mandate": "As her lawyer"}  # type: ignore[dict-item]
    letter = {
        "reference": "R-7KQ4-M2XD",
        "back": HREF,
        "subject": "Your request R-7KQ4-M2XD",
        "text": LETTER,
        "at": now,
    }
    return {
        "request-step": pages.StepPage(heading="Note the proof", button="Save", fields=fields, **step),
        "request-step-wrong": pages.StepPage(
            heading="Approve the refusal", button="Refuse", grave=True, quote="It was answered.", fields=fields,
            errors=errors, changes=(("The reasons", LONG, "It is excessive."), ("Proposed by", "", "Mats")), **step,
        ),
        "request-new": pages.NewRequestPage(**{**new, "values": {**new["values"], "find": ""}}),  # type: ignore[arg-type,dict-item]
        "request-new-wrong": pages.NewRequestPage(
            **{**new, "values": typed, "people": options, "errors": {"country": "Choose the country whose rules apply."}}  # type: ignore[arg-type]
        ),
        "request-letter": pages.LetterPage(
            sender=("Lindenau e. V.", "Karl-Heine-Straße 1", "04229 Leipzig"), place="Leipzig",
            address=("Ada Lovelace", "12 St James’s Square", "London"), once=True, **letter,  # type: ignore[arg-type]
        ),
        "request-letter-bare": pages.LetterPage(**letter),  # type: ignore[arg-type]
    }  # fmt: skip


def answer_samples(now: datetime) -> dict[str, Page]:
    common = {"reference": "R-7KQ4-M2XD", "back": HREF, "action": f"{HREF}/package"}
    values = dict.fromkeys(("words", "category", "ground", "note", "reason"), "")
    groups = (
        Option(value="", label="Nothing as a whole", chosen=True),
        Option(value="interaction", label="Interactions"),
    )
    review = {
        **common, "values": values, "groups": groups, "created_at": now, "size": 81_234, "sha256": "9f" * 32,
        "parts": (("Contacts", 1), ("Interactions and tasks", 5_000)), "archive_href": f"{HREF}/package.zip",
    }  # fmt: skip
    suggestions = (pages_carrying.SuggestionLine(key="0", words="Zoe Zander", what="Name", places=3),)
    decided = (
        pages_carrying.DecidedLine(key="b0", words=LONG, blackened=True, reason="Somebody else"),
        pages_carrying.DecidedLine(key="l0", words="zoe@example.org", blackened=False),
    )
    withheld = (
        pages_carrying.WithheldLine(key="0", category="Notes of a colleague", ground="GDPR Art. 15(4)", note="Weighed"),
        pages_carrying.WithheldLine(key="1", category=LONG, ground="GDPR Art. 23", approved=True),
        pages_carrying.WithheldLine(key="2", category="Letters", ground="GDPR Art. 15(4)", may_approve=True),
    )
    plan = {
        "reference": "R-7KQ4-M2XD", "back": HREF, "action": f"{HREF}/erasure", "name": "Ada Lovelace",
        "goes": (("Contacts", 1), ("Interactions and tasks", 5_000)),
        "stays": (
            pages_carrying.StayLine(what="Invoices", count=3, ground="GDPR Art. 17(3)(b)", until=(now + timedelta(days=900)).date(), citation="AO"),
            pages_carrying.StayLine(what="Consent events", count=9, ground="GDPR Art. 17(3)(e)", until=None),
        ),
        "shared": (("Interactions and tasks", 4, 2),), "recipients": (("mail.example.org", 7, now),),
        "backups": "Backups are not searched: the keys of what goes are destroyed.",
    }  # fmt: skip
    return {
        "answer-none": pages_carrying.AnswerPage(values=values, **common),  # type: ignore[arg-type]
        "answer-review": pages_carrying.AnswerPage(
            state="review", state_word="To be looked at", tone="ask", suggestions=suggestions, decided=decided,
            withheld=withheld, outdated=True, **review,  # type: ignore[arg-type]
        ),
        "answer-failed": pages_carrying.AnswerPage(
            state="failed", state_word="Failed", tone="must-not", faults=("files: StoreFailed",),
            errors={"": "A part could not be collected."}, **review,  # type: ignore[arg-type]
        ),
        "answer-fetched": pages_carrying.AnswerPage(
            state="delivered", state_word="Fetched", tone="may", delivered_at=now, expires_at=now, **review,  # type: ignore[arg-type]
        ),
        "erasure": pages_carrying.ErasurePage(**plan),  # type: ignore[arg-type]
        "erasure-confirmed": pages_carrying.ErasurePage(evidence=True, suppress=True, confirmed=True, **plan),  # type: ignore[arg-type]
        "erasure-held": pages_carrying.ErasurePage(holds=(("Case 7", now),), **plan),  # type: ignore[arg-type]
        "erasure-stopped": pages_carrying.ErasurePage(**{**plan, "stage": "keys_destroyed"}),  # type: ignore[arg-type]
        "erasure-done": pages_carrying.ErasurePage(
            **{**plan, "stage": "done", "done": True, "finished_at": now, "certificate_href": f"{HREF}/certificate.zip"}  # type: ignore[arg-type]
        ),
    }  # fmt: skip


def request_samples(now: datetime) -> dict[str, Page]:
    return {
        **queue_samples(now),
        "request": request_page(now),
        "request-late": request_page(
            now, countdown=pages.Countdown(due_on=(now - timedelta(days=3)).date(), days=-3, urgency="late"), person=None,
            asked_by=LONG, letters=(), wishes=(), doubles=(), tasks=(), mandate_href="",
        ),
        "request-merged": request_page(now, merged_href=HREF, merged_reference="R-9AAA-BBBB", ways=(), more=(), person=None),
        **form_samples(now),
        **answer_samples(now),
    }  # fmt: skip

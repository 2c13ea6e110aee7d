"""Samples of the pages of the public side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from confida_consent.receipts import readable
from confida_web.display import Option
from confida_web.page import Page
from confida_web.portal import pages as portal
from confida_web.portal import requests_pages as requests
from confida_web.portal.requests_words import KINDS, STATES, STEPS
from confida_web.receipts.pages import ReceiptDownload, ReceiptPaper

THEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOTICE = (
    "Newsletter\n\nWe send you news about our work.\n\nWho is responsible\nTafel Leipzig\n"
    "A-very-long-word-without-any-place-to-break-it-that-somebody-put-into-a-notice-of-theirs-all-the-same\n"
)
NASTY = "<script>alert(1)</script>\"'"


def way(channel: str, state: str, do: str, *, allowed: bool = False, **given: object) -> portal.WayRow:
    since = None if state == "unknown" else THEN
    row = portal.WayRow(channel=channel, label=channel, state=state, allowed=allowed, since=since, do=do)
    return replace(row, **given)  # type: ignore[arg-type]


CARD = portal.PurposeCard(
    key="newsletter",
    title="Newsletter",
    description="We send you news about our work.",
    basis="consent",
    notice=NOTICE,
    notice_id="0199f3b2-7c41-7000-8000-000000000009",
    notice_language="en",
    retention="Until you withdraw.",
    recipients=("Printing House Ltd", NASTY),
    ways=(
        way("email", "given", "withdraw", allowed=True, until=THEN, receipt="/my/receipts/1"),
        way("phone", "unknown", "give"),
        way("sms", "requested", "give"),
        way("post", "withdrawn", "give"),
        way("messenger", "suppressed", "give"),
    ),
    signalled=True,
)
OTHERS = ("contract", "legal_obligation", "vital_interest", "public_task", "legitimate_interest", "strange")


def status(**given: object) -> requests.StatusPage:
    values: dict[str, object] = {
        "at": "/my/requests/x",
        "reference": "R-7KQ4-M2XD",
        "kind": "access",
        "asked": KINDS["access"].title,
        "state": "received",
        "state_words": STATES["received"],
        "received_at": THEN,
        "due_on": THEN.date(),
    }
    return requests.StatusPage(**(values | given))  # type: ignore[arg-type]


def known_status(**given: object) -> requests.StatusPage:
    steps = tuple(requests.StepRow(at=THEN, what=what) for what in STEPS.values())
    letters = tuple(requests.LetterRow(at=THEN, ours=ours, subject=NASTY, text=NOTICE) for ours in (True, False))
    values: dict[str, object] = {"known": True, "verified": True, "proven": True, "steps": steps, "letters": letters}
    return status(**(values | given))


def status_samples() -> dict[str, Page]:
    erasure = {"kind": "erasure", "asked": KINDS["erasure"].title}
    closed = {"open": False, "closed_at": THEN}
    package = {"package_until": THEN, "package_taken": THEN, "state": "answered", **closed}
    found = {
        "received": status(done="sent"),
        "wrong": status(errors={"text": "Please write a text."}),
        "mine": known_status(verified=False, mine=True),
        "mandate": known_status(verified=False, mandate=True),
        "clarifying": known_status(state="clarifying", state_words=STATES["clarifying"]),
        "complaint": known_status(kind="complaint", verified=False),
        "extended": known_status(extended=True, reasons=NASTY, done="proved"),
        "refused": known_status(state="refused", reasons=NOTICE, authority=NASTY, **closed),
        "withdrawn": known_status(state="withdrawn", done="withdrawn", **closed),
        "erasure": known_status(**erasure),
        "erasure unproven": known_status(proven=False, letters=(), **erasure),
        "erasure confirmed": known_status(plan_confirmed=True, done="confirmed", **erasure),
        "certificate": known_status(certificate=True, certificate_until=THEN, **erasure, **closed),
        "ready": known_status(package="ready", **package),
        "ready fresh": known_status(package="ready", fresh=True, **package),
        "delivered": known_status(package="delivered", **package),
        "expired": known_status(package="expired", done="late", **package),
    }
    return {f"portal request {name}": page for name, page in found.items()}


def request_samples() -> dict[str, Page]:
    options = (Option(value="en", label="English"), Option(value="de", label=NASTY))
    own = requests.OwnRequest(
        reference="R-7KQ4-M2XD", title=KINDS["access"].title, state=STATES["review"], received_at=THEN, due_on=THEN.date(),
        href="/my/requests/x",
    )  # fmt: skip
    draft = requests.Draft(kind="access", whose="other", identifier=NASTY, message=NASTY, mandate=NASTY)
    line = requests.PlanLine(what="Contacts", count=2, ground=NASTY, until=THEN.date(), people=3)
    fields = requests.AddressFields(street="1 Low Street\nBack yard", locality=NASTY)
    return {
        **status_samples(),
        "portal requests": requests.AskPage(kinds=tuple(KINDS.values()), languages=options),
        "portal requests wrong": requests.AskPage(
            kinds=tuple(KINDS.values()), draft=draft, languages=options, countries=options, person_in=True, own=(own,),
            errors=dict.fromkeys(("kind", "identifier", "whose", "mandate_file", "country"), "Please look."),
        ),
        "portal request code": requests.ProvePage(at="/my/requests/x", reference="R-7KQ4-M2XD", errors={"code": "Wrong."}),
        "portal request plan": requests.ErasePage(
            at="/my/requests/x", reference="R-7KQ4-M2XD", goes=(line,), stays=(line, replace(line, until=None)),
            shared=(line,), recipients=(NASTY,), seen="1f", changed=True,
        ),
        "portal request plan held": requests.ErasePage(at="/my/requests/x", reference="R-7KQ4-M2XD", held_since=(THEN, THEN)),
        "portal details": requests.DetailsPage(
            details=(requests.Detail(label="Name", values=(NASTY, "Ada")),), kinds=tuple(KINDS.values()), done="same"
        ),
        "portal correct": requests.CorrectPage(
            name=NASTY, emails=("ada@example.org", ""), phones=("",), addresses=(fields, requests.AddressFields()),
            languages=options, countries=options, remark=NASTY, errors={"email0": "Please look."},
        ),
    }  # fmt: skip


def portal_samples() -> dict[str, Page]:
    cards = (
        CARD,
        replace(
            CARD,
            key="offers",
            basis="legitimate_interest",
            balancing_note="We weighed it.",
            recipients=(),
            ways=(way("email", "objected", "end_objection"), way("post", "unknown", "object", allowed=True)),
        ),
        *(replace(CARD, key=basis, basis=basis, ways=(way("email", "unknown", "", allowed=True),)) for basis in OTHERS),
    )
    rows = tuple(
        portal.StoryRow(
            at=THEN, what=kind, how=method, purpose="Newsletter", channel="email", by_staff=True, receipt="/x"
        )
        for kind, method in (
            ("given", "web_form"),
            ("withdrawn", "one_click"),
            ("objected", "gpc"),
            ("strange", "strange"),
        )
    )
    offer = portal.Offer(
        key="newsletter", title="Newsletter", description=NASTY, notice=NOTICE, notice_id="1", notice_language="en"
    )
    receipt = readable.ReceiptPage(
        language="en",
        title="Receipt for your consent",
        lead="This is your own copy.",
        issuer="Tafel Leipzig",
        sections=(
            readable.ReceiptSection(
                key="decision",
                title="What was decided",
                rows=(
                    readable.ReceiptRow(label="What for", value="Newsletter\n" + NASTY),
                    readable.ReceiptRow(label="Website", value="tafel.example.org", href="https://tafel.example.org"),
                ),
            ),
        ),
        notice=NOTICE,
        notice_language="en",
        notice_title="What you were told",
    )
    file = ReceiptDownload(href="/my/receipts/1/receipt.jsonld", name="receipt.jsonld", what="for programs")
    kinds = ("spent", "sent", "confirmed", "unsubscribed", "many", "missing", "misunderstood", "trouble")
    return {
        **request_samples(),
        "portal enter": portal.EnterPage(),
        "portal enter wrong": portal.EnterPage(email=NASTY, errors={"email": "Please type an e-mail address."}),
        "portal left": portal.EnterPage(signed_out=True),
        "portal code": portal.CodePage(errors={"code": "This code is not right."}),
        "portal who": portal.WhoPage(name=NASTY, errors={"name": "By this we cannot tell whose pages to open."}),
        "portal choices": portal.ChoicesPage(cards=cards, done="give", gpc=True),
        "portal choices changed": portal.ChoicesPage(done="changed"),
        "portal history": portal.StoryPage(rows=rows),
        "portal history empty": portal.StoryPage(),
        "portal confirm": portal.ConfirmPage(
            action="/my/confirm/x", wording=NASTY, notice=NOTICE, notice_language="en"
        ),
        "portal unsubscribe": portal.UnsubscribePage(action="/my/unsubscribe/x", wording="Newsletter"),
        "portal unsubscribe all": portal.UnsubscribePage(action="/my/unsubscribe/x"),
        "portal subscribe": portal.SubscribePage(offers=(offer, replace(offer, key="other", chosen=True)), name=NASTY),
        "portal subscribe nothing": portal.SubscribePage(errors={"email": "Please type an e-mail address."}),
        "portal receipt": ReceiptPaper(receipt=receipt, downloads=(file,), archive="/my/receipts/1/all.zip"),
        **{f"portal message {kind}": portal.MessagePage(kind=kind, reference="1f", wording=NASTY) for kind in kinds},
    }

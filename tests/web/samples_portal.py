"""Samples of the pages of the public side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from confida_consent.receipts import readable
from confida_web.page import Page
from confida_web.portal import pages as portal
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
        "portal enter": portal.EnterPage(),
        "portal enter wrong": portal.EnterPage(email=NASTY, errors={"email": "Please type an e-mail address."}),
        "portal left": portal.EnterPage(signed_out=True),
        "portal code": portal.CodePage(errors={"code": "This code is not right."}),
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

"""Bounces, machines, lists and circles are told from people."""

from __future__ import annotations

import pytest
from tests.shared_data import shared

from confida_service.mail.reading import read_mail
from confida_service.mail.recognising import Bounce, bounce_of, sort_of

OURS = frozenset({"help@example.org"})
REPORTS = "mail/ruby-mail/emails/multipart_report_emails"


@pytest.mark.parametrize(
    ("head", "sort"),
    [
        ("From: ada@example.org", "personal"),
        ("From: ada@example.org\nAuto-Submitted: no", "personal"),
        ("From: ada@example.org\nAuto-Submitted: auto-replied; owner-email=x", "automatic"),
        ("From: ada@example.org\nX-Autoreply: yes", "automatic"),
        ("From: ada@example.org\nPrecedence: auto_reply", "automatic"),
        ("From: ada@example.org\nPrecedence: Bulk", "list"),
        ("From: ada@example.org\nList-Id: <news.example.org>", "list"),
        ("From: Help@Example.org", "loop"),
        ("From: ada@example.org\nX-Confida-Loop: 1", "loop"),
        ("From: ada@example.org\n" + "Received: x\n" * 41 + "To: a@example.org", "loop"),
        ("From: MAILER-DAEMON@example.org\nReturn-Path: <>", "bounce"),
        ("From: postmaster@example.org\nSubject: Opening hours", "personal"),
    ],
)
def test_mail_is_told_by_its_headers(head: str, sort: str) -> None:
    assert sort_of(read_mail(f"{head}\n\nHello".encode()), OURS) == sort


@pytest.mark.parametrize(
    ("name", "bounce"),
    [
        (
            "report_422.eml",
            Bounce(
                for_good=False,
                status="4.2.2",
                recipients=("fraser@oooooooo.com.au",),
                message_ids=("15655788.13.1200472642578.JavaMail.Administrator@mail.ttttt.com.au",),
            ),
        ),
        (
            "report_530.eml",
            Bounce(
                for_good=True,
                status="5.3.0",
                recipients=("edwin@zzzzzzz.com",),
                message_ids=("200712232303.lBNN3jDq002941@mail12.rrrr.com.au",),
            ),
        ),
    ],
)
def test_report_says_who_did_not_get_what(name: str, bounce: Bounce) -> None:
    mail = read_mail((shared(REPORTS) / name).read_bytes())
    assert (sort_of(mail, OURS), bounce_of(mail)) == ("bounce", bounce)


def test_report_leads_back_to_the_message() -> None:
    raw = b"""From: MAILER-DAEMON@mx.example.org
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

Sorry.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; <Ada@example.org>
Action: failed
Status: 5.1.1
--x
Content-Type: text/rfc822-headers

Message-ID: <0199-1@example.org>
Subject: Hello
--x--
"""
    assert bounce_of(read_mail(raw)) == Bounce(
        for_good=True, status="5.1.1", recipients=("ada@example.org",), message_ids=("0199-1@example.org",)
    )

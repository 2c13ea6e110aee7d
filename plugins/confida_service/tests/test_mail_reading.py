"""Mail as strangers send it: the real world's samples, and messages made to hurt."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared_data import shared

from confida_service.mail.headers import LONGEST_HEADER, Mailbox, addresses, ids_in, plain_header
from confida_service.mail.reading import ReadMail, read_mail, received_at

SAMPLES = "mail/ruby-mail/emails"
# What each of them says that somebody could get wrong: subject, first file, beginning of the text.
KNOWN = {
    "multi_charset/japanese_iso_2022.eml": ("まみむめも", "", "すみません。"),
    "multi_charset/japanese_shift_jis.eml": ("test", "", "あいうえお"),
    "multi_charset/japanese_attachment_long_name.eml": (
        "まみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめもまみむめも",
        "かきくけこかきくけこかきくけこかきくけこかきくけこ.txt",
        "",
    ),
    "multi_charset/ks_c_5601-1987.eml": ("test", "", "스티해"),
    "attachment_emails/attachment_with_quoted_filename.eml": ("Eelanalüüsi päring", "Eelanalüüsi päring.jpg", ""),
    "rfc6532/utf8_headers.eml": ("Säying Hello", "", "body"),
}


def sample_files() -> list[Path]:
    return sorted(path for path in shared("mail").rglob("*.eml"))


def test_every_sample_is_read_without_a_loss() -> None:
    """Each has a text, an HTML text or a file, but for the three that hold none."""
    files = sample_files()
    empty = [path.name for path in files if is_empty(read_mail(path.read_bytes()))]
    assert (len(files), empty) == (
        117,
        ["bad_date_header.eml", "empty_in_reply_to.eml", "must_supply_encoding.eml"],
    )  # fmt: skip
    assert [path.name for path in files if "unreadable" in read_mail(path.read_bytes()).defects] == []


def is_empty(mail: ReadMail) -> bool:
    return not (mail.text or mail.html or mail.files)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_sample_says_what_it_says(name: str) -> None:
    mail = read_mail((shared(SAMPLES) / name).read_bytes())
    subject, file, text = KNOWN[name]
    assert (mail.subject, mail.files[0].name if mail.files else "", mail.text[: len(text)]) == (subject, file, text)


def test_message_with_everything_is_read_whole() -> None:
    raw = b"""From: =?utf-8?q?Ada_L=C3=B6velace?= <ADA@example.org>\r
To: "Help, please" <help@example.org>, second@example.org\r
Cc: third@example.org\r
Subject: =?utf-8?b?R3LDvMOfZQ==?= and\r
 more\r
Date: Sat, 21 Nov 2026 10:00:00 +0100\r
Message-ID: <one@example.org>\r
In-Reply-To: <zero@example.org>\r
References: <a@example.org> <zero@example.org>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=x\r
\r
--x\r
Content-Type: multipart/alternative; boundary=y\r
\r
--y\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=FC=DFe=80\r
--y\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Hello</p>\r
--y--\r
--x\r
Content-Type: image/png; name=a.png\r
Content-ID: <logo@x>\r
Content-Transfer-Encoding: base64\r
\r
AAEC\r
--x\r
Content-Type: message/rfc822\r
\r
Subject: inner\r
\r
inside\r
--x--\r
"""
    mail = read_mail(raw)
    assert (mail.sender, mail.to, mail.cc) == (
        Mailbox("Ada Lövelace", "ada@example.org"),
        (Mailbox("Help, please", "help@example.org"), Mailbox("", "second@example.org")),
        (Mailbox("", "third@example.org"),),
    )
    assert (mail.subject, mail.message_id, mail.in_reply_to, mail.references, mail.sent_at) == (
        "Grüße and more", "one@example.org", ("zero@example.org",), ("a@example.org", "zero@example.org"),
        datetime(2026, 11, 21, 9, tzinfo=UTC),
    )  # fmt: skip
    assert (mail.text.strip(), mail.html.strip()) == ("Grüße€", "<p>Hello</p>")
    assert [(one.name, one.media_type, one.content[:14], one.content_id) for one in mail.files] == [
        ("a.png", "image/png", b"\x00\x01\x02", "logo@x"), ("file-2.eml", "message/rfc822", b"Subject: inner", ""),
    ]  # fmt: skip
    assert mail.defects == ()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"), ("C:\\x\\y.exe", "C_x_y.exe"), ("a\x00b.txt", "a_b.txt"), ("..", "file-1"),
        ("gpj.\u202etxt", "gpj._txt"), ("x" * 400 + ".pdf", "x" * 117 + ".pdf"),
    ],
)  # fmt: skip
def test_file_has_a_safe_name_whatever_the_sender_calls_it(name: str, safe: str) -> None:
    raw = f'Content-Type: application/x-y\nContent-Disposition: attachment; filename="{name}"\n\nx'
    assert [one.name for one in read_mail(raw.replace("\\", "\\\\").encode()).files] == [safe]


def test_header_never_becomes_two() -> None:
    mail = read_mail(b"Subject: =?utf-8?q?Hello=0D=0ABcc:_x@example.org?=\nFrom: a@example.org\n\nx")
    assert (mail.subject, [name for name, _ in mail.headers]) == ("Hello Bcc: x@example.org", ["subject", "from"])


HOSTILE = {
    "nested": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(450))
    + b"l\n" * 90_000,
    "nested deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(5_000)),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 20_000,
    "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 300_000,
    "parameters": b"Content-Type: text/plain;" + b" a*0*=x;" * 100_000 + b"\n\nx",
    "comments": b"To: " + b"(" * 300_000 + b"\n\nx",
    "references": b"References: " + b"a@" * 300_000 + b"\n\nx",
    "headers": b"X: y\n" * 60_000 + b"\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nx",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_message_made_to_hurt_is_read_no_further_than_is_cheap(name: str) -> None:
    """Unbounded, each takes from five seconds to a minute, and messages in messages fill the stack."""
    defects = {"comments": (), "encoded words": (), "headers": (), "parameters": (), "references": ()}
    tangled = ("unreadable",) if name == "messages in messages" else ("unreadable", "too_many_parts")
    mail = read_mail(b"From: ada@example.org\n" + HOSTILE[name])
    assert (mail.sender.address, mail.defects) == ("ada@example.org", defects.get(name, tangled))
    assert len(mail.headers) <= 300
    assert max(len(value) for _, value in mail.headers) <= LONGEST_HEADER


def test_message_that_is_too_large_keeps_its_headers() -> None:
    mail = read_mail(b"From: ada@example.org\nSubject: Big\n\n" + b"x" * 50_000_001)
    assert (mail.sender.address, mail.subject, mail.text, mail.defects) == (
        "ada@example.org", "Big", "", ("unreadable", "too_large"),
    )  # fmt: skip


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_taken(raw: bytes) -> None:
    mail = read_mail(raw)
    assert all("\n" not in value and "\r" not in value and "\x00" not in value for _, value in mail.headers)


@given(st.text(max_size=80))
@settings(max_examples=100)
def test_any_header_is_one_line_and_any_address_has_one_at(text: str) -> None:
    assert "\n" not in plain_header(text)
    assert all(one.address.count("@") == 1 and " " not in one.address for one in addresses(text))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<a@b> <c@d>", ("a@b", "c@d")), ("a@b", ("a@b",)), ("", ()), ("<>", ()), ("<a@b><a@b>", ("a@b",)), ("none", ()),
    ],
)  # fmt: skip
def test_ids_are_found_with_and_without_brackets(value: str, found: tuple[str, ...]) -> None:
    assert ids_in(value) == found


@pytest.mark.parametrize(
    ("date", "year"), [("Sat, 21 Nov 2026 10:00:00 +0000", 2026), ("", 2027), ("Mon, 1 Jan 3609 00:00:00 +0000", 2027)]
)
def test_date_that_cannot_be_meant_is_not_believed(date: str, year: int) -> None:
    mail = read_mail(f"Date: {date}\n\nx".encode())
    assert received_at(mail, datetime(2027, 1, 1, tzinfo=UTC)).year == year

"""What a message looks like on the wire, and what is not let into one."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.ids import new_id
from confida_core.outbound.checking import checked_address, checked_body, checked_headers, checked_line
from confida_core.outbound.content import AttachedFile
from confida_core.outbound.declarations import Delivery
from confida_core.outbound.mime import POLICY, ascii_address, sender_of, written

SENDER = sender_of("Häuser & Co <crm@bücher.example>")


def bytes_of(**more: Any) -> bytes:
    async def confirm() -> None: ...

    given: dict[str, Any] = {"id": new_id(), "subject": "S", "text": "T", "html": "", "headers": {}} | more
    delivery = Delivery(
        contact_id=new_id(),
        purpose="newsletter",
        channel="email",
        to="ada@example.org",
        created_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        attempt=1,
        confirm=confirm,
        **given,
    )
    assert SENDER is not None
    return written(delivery, SENDER, "ada@example.org")


def test_message_is_seven_bit_with_short_lines_whatever_is_in_it() -> None:
    data = bytes_of(subject="Ä" * 200, text="ß" * 5000 + "\n.\n", html="<p>" + "é" * 5000 + "</p>")
    assert data.isascii()
    assert max(len(line) for line in data.split(b"\r\n")) <= 78
    assert b"\n" not in data.replace(b"\r\n", b"")


def said_by(message: EmailMessage) -> list[Any]:
    """What a reader finds: the headers in any order, then each part with its kind, its name and what is in it."""
    own = {"mime-version", "content-type", "content-transfer-encoding"}
    headers = sorted((name, str(value)) for name, value in message.items() if name.lower() not in own)
    parts = [
        (part.get_content_type(), part.get_filename(), part.get_content_disposition(), part.get_payload(decode=True))
        for part in message.walk()
    ]
    return [headers, parts, [part.defects for part in message.walk()]]


LINES = st.one_of(st.text(max_size=120), st.text('ab =?_üq-."<>@,;', max_size=250))
BODIES = st.one_of(st.text(max_size=300), st.text("abcdef. =\n\t", max_size=900), st.text("äö日", max_size=200))
HEADERS = st.dictionaries(st.sampled_from(["X-Note", "List-Id", "References"]), st.text("ab =?_q-<>", max_size=300))
FILES = st.lists(st.tuples(st.text(min_size=1, max_size=120), st.binary(max_size=300)), max_size=2)


@settings(max_examples=60)
@given(LINES, BODIES, BODIES, HEADERS, FILES)
def test_messages_say_what_the_same_ones_of_the_standard_library_say(
    subject: str, text: str, html: str, headers: dict[str, str], files: list[tuple[str, bytes]]
) -> None:
    try:
        subject, text, html = checked_line("it", subject, 250), checked_body("it", text), checked_body("it", html)
        headers = checked_headers(headers)
        kept = tuple(
            AttachedFile(name=checked_line("it", name, 200), media_type="text/csv", data=data) for name, data in files
        )
    except ValueError:
        return
    expected = EmailMessage(policy=POLICY)
    expected["From"], expected["To"], expected["Subject"] = SENDER, "ada@example.org", subject
    for name, value in headers.items():
        expected[name] = value
    expected.set_content(text + "\n", charset="utf-8")
    if html:
        expected.add_alternative(html + "\n", subtype="html", charset="utf-8")
    for file in kept:
        expected.add_attachment(file.data, maintype="text", subtype="csv", filename=file.name)
    data = bytes_of(subject=subject, text=text, html=html, headers=headers, files=kept)
    read = email.message_from_bytes(data, policy=email.policy.default)
    del read["Date"], read["Message-ID"]
    assert said_by(read) == said_by(email.message_from_bytes(expected.as_bytes(), policy=email.policy.default))
    assert data.isascii()
    assert not set(data.replace(b"\r\n", b"")) & set(b"\r\n")


def test_language_stands_in_the_head_and_what_keeps_the_parts_apart_in_none_of_them() -> None:
    row_id = new_id()
    text = "\n".join(f"--={number}={row_id.hex}=--" for number in (0, 2))
    headers = {"Content-Language": "de"}
    paper = AttachedFile(name="a.txt", media_type="text/plain", data=b"a")
    data = bytes_of(id=row_id, text=text, html="<p>T</p>", headers=headers, files=(paper,))
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert [(part.get_content_type(), part.defects) for part in read.walk()] == [
        ("multipart/mixed", []),
        ("multipart/alternative", []),
        ("text/plain", []),
        ("text/html", []),
        ("text/plain", []),
    ]
    plain = next(part for part in read.walk() if part.get_content_type() == "text/plain")
    assert (read["Content-Language"], plain.get_content()) == ("de", text.replace("\n", "\r\n") + "\r\n")


def test_sender_of_a_domain_beyond_ascii_is_written_so_that_servers_take_it() -> None:
    read = email.message_from_bytes(bytes_of(), policy=email.policy.default)
    assert str(read["From"]) == "Häuser & Co <crm@xn--bcher-kva.example>"
    assert read["Message-ID"].endswith("@xn--bcher-kva.example>")


@given(st.text(max_size=120), st.text(max_size=400))
def test_no_text_makes_another_header_or_body_part(subject: str, text: str) -> None:
    try:
        line, body = checked_line("the subject", subject, 250), checked_body("the text", text)
    except ValueError:
        return
    read = email.message_from_bytes(bytes_of(subject=line, text=body), policy=email.policy.default)
    assert sorted(read.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    )
    assert read.get_content().replace("\r\n", "\n").rstrip("\n") == body


@pytest.mark.parametrize("value", ["a\nBcc: x@example.org", "a\r\nX: y", "a\rb", "a\x00b", "a\x85b", "a\u2028b"])
def test_line_breaks_are_refused_and_not_repeated(value: str) -> None:
    for check in (
        lambda: checked_line("the subject", value, 250),
        lambda: checked_headers({"X-Note": value}),
        lambda: checked_headers({value: "x"}),
        lambda: checked_address(f"ada@example.org{value}"),
    ):
        with pytest.raises(ValueError, match=r"must be one line|not one that a sender|no e-mail address") as error:
            check()
        assert "Bcc" not in str(error.value)


@pytest.mark.parametrize(
    "name", ["Bcc", "To", "cc", "From", "Sender", "Subject", "Date", "Message-ID", "Content-Type", "Received", "X: y"]
)
def test_headers_that_are_the_doors_own_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not one that a sender"):
        checked_headers({name: "x"})


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Unsubscribe": "<http://crm.example.org/u>"},
        {"List-Unsubscribe": "<mailto:stop@example.org>"},
        {"List-Unsubscribe": "<mailto:stop@example.org>, <https://crm.example.org/u>"},
        {"List-Unsubscribe": "<https://crm.example.org/u>, <https://crm.example.org/v>"},
        {"List-Unsubscribe": "https://crm.example.org/u"},
        {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        {"List-Unsubscribe": "<https://crm.example.org/u>", "List-Unsubscribe-Post": "yes"},
        {"Reply-To": "a@example.org, b@example.org"},
        {"X-Note": "one", "x-note": "two"},
        {"X-Note": "ä"},
        {"X-Note": "x" * 901},
    ],
)
def test_headers_that_would_not_work_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"header|List-|Reply-To"):
        checked_headers(headers)


def test_one_click_headers_pass() -> None:
    given = {
        "list-unsubscribe": "<https://crm.example.org/u/abc>, <mailto:stop@example.org>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert list(checked_headers(given)) == ["List-Unsubscribe", "List-Unsubscribe-Post"]


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "ada@example.org, mats@example.org", "ada@example.org>", "<ada@example.org>"]
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        checked_address(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Ada@Example.org", "Ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("jürgen@example.org", None),
        ("no", None),
    ],
)
def test_address_as_every_server_takes_it(address: str, expected: str | None) -> None:
    assert ascii_address(address) == expected

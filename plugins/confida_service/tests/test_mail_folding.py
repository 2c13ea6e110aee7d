"""Quotes and signatures are folded away, and nothing is lost with them."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared_data import shared

from confida_service.mail.folding import fold, new_text
from confida_service.mail.reading import read_mail

REPLIES = "mail/talon-replies/standard_replies"
PROGRAMS = (
    "android", "aol", "apple_mail", "apple_mail_2", "comcast", "gmail", "hotmail", "iphone", "outlook", "sparrow", "thunderbird",
    "yahoo",
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_reply_of_each_mail_program_shows_what_was_written(program: str) -> None:
    mail = read_mail((shared(REPLIES) / f"{program}.eml").read_bytes())
    assert new_text(mail.text) == "Hello"
    assert "".join(piece.text for piece in fold(mail.text)) == mail.text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("Hello\n", ["new"]),
        ("Hello\n\n-- \nAda\n", ["new", "signature"]),
        ("Hello\n\nVon meinem iPhone gesendet\n", ["new", "signature"]),
        ("> You said\n\nNo.\n\n> and\n\nYes.\n", ["quoted", "new", "quoted", "new"]),
        ("Am 21.11.2026 um 10:00 schrieb Ada <ada@example.org>:\n> Hallo\n\nJa!\n", ["quoted", "new"]),
        ("Gut.\n\nVon: Ada\nGesendet: heute\nAn: Olga\nBetreff: Frage\n\nAlt\n", ["new", "quoted"]),
        ("Ada wrote:\nNothing here is quoted.\n", ["new"]),
        ("From: the heart\nI thank you.\n", ["new"]),
        ("--\n" + "one more line of a list\n" * 20, ["new"]),
        ("Hi\n-----Ursprüngliche Nachricht-----\nOld\n\nOlder\n", ["new", "quoted"]),
    ],
)
def test_lines_are_told_apart(text: str, kinds: list[str]) -> None:
    assert [piece.kind for piece in fold(text)] == kinds


LINES = st.sampled_from(
    ["Hello", "> quoted", ">> twice", "", "   ", "-- ", "Ada wrote:", "On 1 May 2026 Ada <ada@example.org> wrote:", "From: a",
     "To: b", "Subject: c", "-----Original Message-----", "Sent from my phone", "text\u2028with", "\x0c"]
)  # fmt: skip


@given(st.lists(LINES, max_size=25), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=200)
def test_pieces_are_the_text_letter_by_letter(lines: list[str], end: str) -> None:
    text = end.join(lines)
    pieces = fold(text)
    assert "".join(piece.text for piece in pieces) == text
    assert all(one.kind != other.kind for one, other in itertools.pairwise(pieces))


def test_mail_of_empty_lines_keeps_nobody_waiting() -> None:
    text = "Hello\r\n" + "\r\n" * 249_000
    before = time.process_time()
    assert new_text(text) == "Hello"
    # It was six seconds of the processor, for each look at the ticket.
    assert time.process_time() - before < 2

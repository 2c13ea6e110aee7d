"""Tells what somebody wrote from what they quoted, to fold it away; nothing is ever cut off.

Goes line by line, in time that grows with the length alone. The well-known readers of replies do it with patterns that look
ahead over line breaks: fifteen kilobytes of "On x On x ..." kept one of them busy for five seconds.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["new", "quoted", "signature"]
QUOTE = re.compile(r"\s{0,3}>")
WROTE = re.compile(
    r"\b(wrote|writes|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|kirjoitti|napisał\(?a?\)?|napsal\(?a?\)?|"
    r"написал\(?а?\)?|пише|írta|yazdı|έγραψε|a scris)\b.{0,80}:\s*$",
    re.IGNORECASE,
)  # fmt: skip
ORIGINAL = re.compile(
    r"\s*[-_=]{2,}\s*(original message|ursprüngliche nachricht|originalnachricht|message d.origine|message original|"
    r"mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|ursprungligt meddelande|"
    r"oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|"
    r"исходное сообщение|forwarded message|weitergeleitete nachricht|message transféré|reply message|antwort)\s*[-_=]{2,}\s*",
    re.IGNORECASE,
)  # fmt: skip
FIELD = re.compile(
    r"\s{0,3}\*?(from|sent|to|cc|subject|date|von|gesendet|an|betreff|datum|de|envoyé|à|objet|para|enviado|asunto|fecha|"
    r"da|inviato|a|oggetto|data|assunto|aan|onderwerp|verzonden|från|skickat|till|ämne|fra|sendt|til|emne|"
    r"lähettäjä|lähetetty|vastaanottaja|aihe|od|do|temat|wysłano|komu|předmět|odesláno|от|кому|тема|отправлено)\s?:\*?(\s|$)",
    re.IGNORECASE,
)  # fmt: skip
SENT_FROM = re.compile(
    r"\s*(sent from my|sent from outlook|sent from yahoo|get outlook for|gesendet mit|von meinem \w+ gesendet|gesendet von|"
    r"envoyé de(puis)? mon|enviado desde mi|inviato da(l mio)?|enviado do meu|verstuurd vanaf|skickat från|sendt fra|"
    r"wysłane z|отправлено с)\b.{0,80}$",
    re.IGNORECASE,
)
LONGEST_SIGNATURE = 12
LONGEST_ATTRIBUTION = 3
LONGEST_LINE = 1_000
# Nobody writes so much above what they quote; whoever sends more lines than that keeps nobody waiting.
MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines as they stand, with their line ends."""

    kind: Kind
    text: str


def fold(text: str) -> tuple[Piece, ...]:
    """The text in pieces of one kind each; put together again they are the text, letter by letter."""
    lines = text.splitlines(keepends=True)
    kinds = quoted_lines(lines)
    sign(lines, kinds)
    starts = [at for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind]
    spans = itertools.pairwise([*starts, len(lines)])
    return tuple(Piece(kinds[start], "".join(lines[start:end])) for start, end in spans)


def new_text(text: str) -> str:
    """What somebody wrote themselves, for rules and previews; all of it where nothing is left without the quotes."""
    return "".join(piece.text for piece in fold(text) if piece.kind == "new").strip() or text.strip()


def quoted_lines(lines: Sequence[str]) -> list[Kind]:
    """A kind for each line: quoted are lines behind ">" with the line that introduces them, and all below a copied head."""
    kinds: list[Kind] = ["quoted" if QUOTE.match(line) else "new" for line in lines]
    for at, line in enumerate(lines[:MOST_LINES]):
        if kinds[at] == "quoted" or line.isspace():
            continue
        if starts_copy(lines, at):
            return kinds[:at] + ["quoted"] * (len(lines) - at)
        if WROTE.search(line[:LONGEST_LINE]):
            mark_attribution(lines, kinds, at)
    fill_gaps(lines, kinds)
    return kinds


def starts_copy(lines: Sequence[str], at: int) -> bool:
    """Whether the mail below is copied whole: a line that says so, or a head of at least three fields."""
    if ORIGINAL.match(lines[at][:LONGEST_LINE]):
        return True
    if not FIELD.match(lines[at][:LONGEST_LINE]):
        return False
    return sum(bool(FIELD.match(line[:LONGEST_LINE])) for line in lines[at : at + 5]) >= 3


def mark_attribution(lines: Sequence[str], kinds: list[Kind], at: int) -> None:
    """ "On Monday Ada wrote:" belongs to what follows it, if that is a quote; the line may have been broken in three."""
    following = next((number for number in range(at + 1, min(at + 4, len(lines))) if lines[number].strip()), None)
    if following is None or kinds[following] != "quoted":
        return
    start = at
    while start > 0 and at - start < LONGEST_ATTRIBUTION - 1 and continues(lines[start - 1], lines[start]):
        start -= 1
    kinds[start:following] = ["quoted"] * (following - start)


def continues(before: str, line: str) -> bool:
    """Whether the line before is the beginning of the same broken line: long, and with a date or an address in it."""
    return (
        len(before.strip()) > 40 and not QUOTE.match(before) and any(mark.isdigit() or mark == "@" for mark in before)
    )


def fill_gaps(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Empty lines between two quoted ones, or between the last of them and the end, are quoted too."""
    empty: list[int] = []
    after_quote = False
    for at, line in enumerate(lines):
        if not line.strip() and kinds[at] == "new":
            empty.append(at)
            continue
        if kinds[at] == "quoted" and after_quote:
            for gap in empty:
                kinds[gap] = "quoted"
        after_quote, empty = kinds[at] == "quoted", []
    if after_quote:
        for gap in empty:
            kinds[gap] = "quoted"


def sign(lines: Sequence[str], kinds: list[Kind]) -> None:
    """The signature (RFC 3676, 4.3), or the line of a phone, as far as the next quote; a long one is no signature."""
    for at, line in enumerate(lines):
        if kinds[at] != "new" or not (line.rstrip("\r\n") in {"-- ", "--"} or SENT_FROM.match(line[:LONGEST_LINE])):
            continue
        end = next((number for number in range(at, len(lines)) if kinds[number] == "quoted"), len(lines))
        if sum(bool(one.strip()) for one in lines[at:end]) <= LONGEST_SIGNATURE:
            kinds[at:end] = ["signature"] * (end - at)
        return

"""vCard files as an importer: how they are told, and read."""

from __future__ import annotations

import re

from confida_core.exchange.charsets import to_utf8
from confida_core.exchange.declarations import Importer
from confida_core.exchange.vcard.reader import read_vcards

_CARD = re.compile(rb"^[ \t]{0,20}BEGIN[ \t]{0,20}:[ \t]{0,20}VCARD", re.IGNORECASE | re.MULTILINE)


def has_card(head: bytes) -> bool:
    return _CARD.search(head) is not None


def count_cards(data: bytes) -> int:
    return sum(1 for _ in _CARD.finditer(to_utf8(data)))


def fault_of(data: bytes) -> str:
    if b"BEGIN" in data[:1_000_000].upper().replace(b"\x00", b""):
        return ""
    return "The file is no vCard: it has no BEGIN:VCARD."


VCARD = Importer(
    key="vcard",
    label="vCard",
    suffixes=("vcf", "vcard"),
    recognises=has_card,
    drafts=read_vcards,
    count=count_cards,
    fault=fault_of,
)

"""What is sealed about a consent: the proof, under the person's own `evidence` key, and what installations note themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from confida_core.contacts.content import LongText, Sealed, ShortText

Text = Annotated[str, Meta(max_length=2_000)]


class Evidence(Sealed, frozen=True):
    """Who said it, where, how, and the opening of the ledger leaf that commits to it (CR-2, LG-3).

    indicated_by: the person or their representative, in words. address: what it was said for, such as an e-mail address.
    source: form or import batch. script: what was read out on the phone. origin: attestation of an import.
    request_id, token_hash (hex SHA-256), confirmed_at: of a double opt-in. file_id: a scan among the sealed files, hex.
    stated_at: the date that a letter or list bears, where the event counts from another moment.
    ip, browser: only where the installation switched it on. salt: 32 bytes. payload: canonical JSON (RFC 8785).
    """

    indicated_by: ShortText = ""
    address: Annotated[str, Meta(max_length=254)] = ""
    detail: LongText = ""
    source: Text = ""
    script: LongText = ""
    origin: LongText = ""
    request_id: ShortText = ""
    token_hash: ShortText = ""
    confirmed_at: datetime | None = None
    ip: ShortText = ""
    browser: Text = ""
    file_id: ShortText = ""
    stated_at: datetime | None = None
    salt: bytes = b""
    payload: bytes = b""


class ImportAttestation(Sealed, frozen=True):
    """Where imported consents come from, in the words of whoever vouches for it; and what the import did."""

    file_name: ShortText = ""
    statement: LongText = ""
    collected: LongText = ""
    report: list[tuple[int, str, str]] = []

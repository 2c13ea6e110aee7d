"""What the lists of consent show: the overview, what ends soon, suppressions, messages, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.display import Errors, Option, PersonRef, Tab
from confida_web.page import Page

BAR_WIDTH = 190


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelCounts:
    """How many people stand where, for one purpose on one channel."""

    channel: str
    given: int = 0
    withdrawn: int = 0
    expiring: int = 0
    objected: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeChart:
    """One purpose as a chart. finding: its title, a sentence. most: the longest bar of all charts, so that they compare."""

    key: str
    title: str
    finding: str
    basis: str
    asks: bool
    channels: tuple[ChannelCounts, ...]
    most: int = 1

    def width(self, count: int) -> int:
        """Of a bar, in units of the drawing; whatever is more than nothing can be seen."""
        return max(2, round(BAR_WIDTH * count / max(self.most, 1))) if count else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpiringRow:
    """A consent that ends soon. value: what a form posts to name it."""

    value: str
    contact: PersonRef
    purpose: str
    channel: str
    until: datetime
    proof_href: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRow:
    """One message. state: queued, sending, sent, refused, failed or cancelled. why: a sentence, "" where none is needed."""

    id: str
    at: datetime
    contact: PersonRef
    purpose: str
    channel: str
    state: str
    path: str = ""
    subject: str = ""
    why: str = ""
    proof_href: str | None = None
    attempts: int = 0
    may_retry: bool = False
    may_cancel: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerStatus:
    """verdict: of the last check, a sentence. running: a check is under way now; done of total leaves are through."""

    size: int = 0
    checkpoint: str = ""
    key: str = ""
    state: Literal["unchecked", "running", "good", "bad"] = "unchecked"
    verdict: str = ""
    findings: tuple[str, ...] = ()
    checked_at: datetime | None = None
    done: int = 0
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class OverviewPage(Page):
    """GET /consents. Block `ledger` alone while a check runs (GET /consents/ledger); POST /consents/ledger starts one."""

    template: ClassVar[str] = "consents/overview.html"
    title: ClassVar[str] = "Consent"
    blocks: ClassVar[tuple[str, ...]] = ("ledger",)

    charts: tuple[PurposeChart, ...] = ()
    expiring: tuple[ExpiringRow, ...] = ()
    expiring_count: int = 0
    refused: tuple[MessageRow, ...] = ()
    ledger: LedgerStatus = field(default_factory=LedgerStatus)
    links: tuple[Tab, ...] = ()
    may_manage: bool = False
    may_record: bool = False


@dataclass(frozen=True, kw_only=True)
class LedgerPage(Page):
    """GET and POST /consents/ledger: the newest checkpoint, the key that signed it, and whether all is as it was."""

    template: ClassVar[str] = "consents/ledger.html"
    title: ClassVar[str] = "The ledger"
    blocks: ClassVar[tuple[str, ...]] = ("ledger",)

    ledger: LedgerStatus = field(default_factory=LedgerStatus)
    may_manage: bool = False


@dataclass(frozen=True, kw_only=True)
class ExpiringPage(Page):
    """GET /consents/expiring (query days). Chosen rows go to POST /consents/ask (fields ids, repeated).

    more: there are more than these.
    """

    template: ClassVar[str] = "consents/expiring.html"
    title: ClassVar[str] = "Ending soon"

    rows: tuple[ExpiringRow, ...] = ()
    days: int = 60
    spans: tuple[Tab, ...] = ()
    count: int = 0
    more: bool = False
    may_ask: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionRow:
    """Entries of one channel and scope. days: when they were made."""

    channel: str
    scope: str
    count: int
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SuppressionsPage(Page):
    """GET /consents/suppressions. Posts there: action add, check, lift or import; channel, address, purpose, reason, file,
    register (of a country, if the file is a complete copy of one).

    answer: what was found about an address, a sentence; the address itself is not kept anywhere.
    """

    template: ClassVar[str] = "consents/suppressions.html"
    title: ClassVar[str] = "Suppression list"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    rows: tuple[SuppressionRow, ...] = ()
    channels: tuple[Option, ...] = ()
    scopes: tuple[Option, ...] = ()
    reasons: tuple[Option, ...] = ()
    registers: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    action: str = "check"
    answer: str = ""
    found: bool | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MessagesPage(Page):
    """GET /consents/messages (query state, before). POST /consents/messages/{id}/retry and .../cancel."""

    template: ClassVar[str] = "consents/messages.html"
    title: ClassVar[str] = "Messages"

    tabs: tuple[Tab, ...] = ()
    rows: tuple[MessageRow, ...] = ()
    older_href: str | None = None

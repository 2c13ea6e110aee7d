"""The twenty things a complete answer tells (GDPR Art. 12, 15, 20, 77, 79), each a section of the pages, in this order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from confida_consent.controller import Controller
from confida_consent.rights.content import Redaction, Withheld
from confida_consent.rights.package_periods import Periods
from confida_consent.rights.parts import Group, Item
from confida_core.declarations import PurposeDeclaration

# Number, key, title.
ITEMS: Sequence[tuple[int, str, str]] = (
    (1, "confirmation", "Do we hold data about you?"),
    (2, "copy", "Your data"),
    (3, "purposes", "What we use them for, and on what basis"),
    (4, "categories", "Kinds of data"),
    (5, "recipients", "Who received them"),
    (6, "periods", "How long we keep them"),
    (7, "rights", "Your rights"),
    (8, "authority", "Where you can complain"),
    (9, "sources", "Where they come from"),
    (10, "decisions", "Automated decisions"),
    (11, "transfers", "Other countries"),
    (12, "reads", "When your data were looked at, and for what"),
    (13, "consents", "What you allowed and refused"),
    (14, "orders", "Restrictions, objections and holds"),
    (15, "withheld", "What we did not give you"),
    (16, "redactions", "Passages about other people"),
    (17, "portability", "A copy to take elsewhere"),
    (18, "reading", "How to read this answer"),
    (19, "proof", "How to check that this answer is genuine"),
    (20, "remedies", "Costs, remedies and backups"),
)


@dataclass(slots=True)
class Span:
    """How often something happened, first and last."""

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def add(self, at: datetime | None) -> None:
        self.count += 1
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)


@dataclass(slots=True)
class Tally:
    """What is learnt while the parts go by; its size does not depend on how many there are.

    pages: group -> names of its pages. sources: group -> sentence -> how often. ends: group -> the last delete-by date.
    recipients: (name, purpose, kinds of data) -> when. reads: purpose -> when. orders: (kind, purpose, channel) -> when.
    """

    counts: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    kept_back: Counter[str] = field(default_factory=Counter)
    groups: dict[str, Group] = field(default_factory=dict)
    pages: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[str, Counter[str]] = field(default_factory=dict)
    ends: dict[str, date] = field(default_factory=dict)
    recipients: dict[tuple[str, str, str], Span] = field(default_factory=dict)
    reads: dict[str, Span] = field(default_factory=dict)
    orders: dict[tuple[str, str, str], Span] = field(default_factory=dict)
    consents: dict[tuple[str, str, str, str], Span] = field(default_factory=dict)
    origins: list[tuple[datetime | None, str, str]] = field(default_factory=list)
    files: int = 0

    def add(self, group: Group, item: Item, periods: Periods) -> None:
        """One item, as it is handed over."""
        self.counts[group.key] += 1
        if item.source:
            self.sources.setdefault(group.key, Counter())[item.source] += 1
        end = periods.end_of(group, item)
        if end is not None:
            self.ends[group.key] = max(end, self.ends.get(group.key, end))
        notice = {
            "disclosure": self._disclosed,
            "reads": self._read,
            "orders": self._ordered,
            "suppressions": self._suppressed,
            "consent_event": self._consented,
            "origin": self._came,
        }.get(group.key)
        if notice is not None:
            notice(item)

    def _disclosed(self, item: Item) -> None:
        kinds = ", ".join(map(str, item.content.get("fields") or ()))
        key = (str(item.content.get("recipient", "")), str(item.columns.get("purpose", "")), kinds)
        self.recipients.setdefault(key, Span()).add(item.at)

    def _read(self, item: Item) -> None:
        self.reads.setdefault(str(item.columns["purpose"]), Span()).add(item.at)

    def _ordered(self, item: Item) -> None:
        key = (str(item.columns["kind"]), str(item.columns["purpose"]), str(item.columns["channel"]))
        self.orders.setdefault(key, Span()).add(item.at)

    def _suppressed(self, item: Item) -> None:
        key = ("suppression", str(item.columns["purpose"]), str(item.columns["channel"]))
        self.orders.setdefault(key, Span()).add(item.at)

    def _consented(self, item: Item) -> None:
        names = ("purpose", "channel", "kind", "legal_basis")
        purpose, channel, kind, basis = (str(item.columns.get(name, "")) for name in names)
        self.consents.setdefault((purpose, channel, kind, basis), Span()).add(item.at)

    def _came(self, item: Item) -> None:
        self.origins.append((item.at, str(item.content.get("origin", "")), str(item.content.get("origin_note", ""))))

    @property
    def anything(self) -> bool:
        """Whether anything is kept about the person beside this very request."""
        found = self.counts + self.kept_back
        return any(count for key, count in found.items() if not key.startswith("rights_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the pages tell beside the data themselves.

    address: of this installation. known: whether the request leads to somebody we know. left_out: (label of a record,
    field, reason). places: (number of a redaction, group, field) -> in how many records. wording: key of a consent purpose
    -> its title. labels: key of a custom field -> what it is called. portability_only: nothing but the copy to take elsewhere was asked for.
    """

    reference: str
    kind: str
    language: str
    zone: str
    created_at: datetime
    received_at: datetime
    address: str
    known: bool
    controller: Controller
    purposes: Mapping[str, PurposeDeclaration]
    wording: Mapping[str, str]
    periods: Periods
    withheld: Sequence[Withheld] = ()
    redactions: Sequence[Redaction] = ()
    left_out: Sequence[tuple[str, str, str]] = ()
    tally: Tally = field(default_factory=Tally)
    places: Mapping[tuple[int, str, str], int] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    portability_only: bool = False

"""Until when data are kept: a date where a rule gives one, else by what it is decided (GDPR Art. 15(1)(d))."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from confida_consent.rights.parts import Group, Item
from confida_core.installation import Installation

TRASH_DAYS = 30
CRITERIA: Mapping[str, str] = {
    "relationship": "As long as we have to do with you; then they are deleted, unless the law asks us to keep them longer.",
    "evidence": "As long as we must be able to prove what you allowed, and until claims from it have lapsed.",
    "request": "As long as we must be able to prove how we answered you, and until claims from it have lapsed.",
    "bookkeeping": "As long as the law asks us to keep vouchers and books.",
    "account": "As long as the account is used.",
    "": "As long as the data that it belongs to.",
}
OTHERWISE = "As long as they are needed for what they were collected for."

# Class of data, what was made when -> until when. Whoever keeps retention rules gives it.
EndOf = Callable[[str, datetime], date | None]


@dataclass(frozen=True, slots=True)
class Periods:
    """rules: class -> the rule in words, with its citation. end: computes the date by the rule, None where none does."""

    rules: Mapping[str, str] = field(default_factory=dict)
    end: EndOf = lambda _, __: None

    def sentence(self, retention_class: str) -> str:
        return self.rules.get(retention_class) or CRITERIA.get(retention_class, OTHERWISE)

    def end_of(self, group: Group, item: Item) -> date | None:
        """The day by which this item is deleted, if that can be said today."""
        deleted = item.columns.get("deleted_at")
        if isinstance(deleted, datetime):
            return (deleted + timedelta(days=TRASH_DAYS)).date()
        return self.end(group.retention_class, item.at) if item.at is not None else None


async def read_periods(crm: Installation) -> Periods:
    """What is known of this installation's periods."""
    return Periods()

"""Until when data are kept: a date where a rule gives one, else by what it is decided (GDPR Art. 15(1)(d))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from confida_consent.rights.parts import Group, Item
from confida_consent.rights.retention import kept_until, rules, switched_on
from confida_consent.rights.retention_rules import InvalidRetention
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


@dataclass(frozen=True, slots=True)
class Periods:
    """citations: class -> the law that its rule rests on. ends: table -> the day by which the last of it is deleted.

    reviews: table -> the day on which somebody decides whether it is still needed, where no program deletes it.
    """

    citations: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, date] = field(default_factory=dict)
    reviews: Mapping[str, date] = field(default_factory=dict)

    def sentence(self, retention_class: str) -> str:
        """By what it is decided how long such data are kept; English."""
        return CRITERIA.get(retention_class, OTHERWISE)

    def citation(self, retention_class: str) -> str:
        return self.citations.get(retention_class, "")

    def end_of(self, group: Group, item: Item) -> date | None:
        """The day by which this item is deleted, if that can be said today."""
        deleted = item.columns.get("deleted_at")
        if isinstance(deleted, datetime):
            return (deleted + timedelta(days=TRASH_DAYS)).date()
        return self.ends.get(group.key)


async def read_periods(crm: Installation, contact_id: UUID | None) -> Periods:
    """What the rules of the chosen country say of this person.

    While something is held there is no day; a file of rules with faults is as if there were none.
    """
    try:
        country = await rules(crm)
    except InvalidRetention:
        country = None
    if country is None:
        return Periods()
    citations = {rule.retention_class: rule.citation for rule in country.rules}
    await crm.orders.refresh()
    if contact_id is None or crm.orders.held(contact_id):
        return Periods(citations)
    switched = await switched_on(crm)
    running = {rule.retention_class for rule in country.rules if rule.key in switched}
    ends, reviews = dict[str, date](), dict[str, date]()
    for record in crm.registry.records.values():
        kept = await kept_until(crm, record, contact_id)
        if kept.until is not None:
            (ends if record.retention_class in running else reviews)[record.name] = kept.until
    return Periods(citations, ends, reviews)

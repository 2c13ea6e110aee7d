"""Segments that many organisations want, offered where their fields are there: groups of people one has to do with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from confida_consent.api import CONSENT_FIELD, state_value
from confida_core.api import AllOf, AnyOf, Condition, FieldTest, Negation, condition_fields

YEAR, QUARTER, MONTH = 365.0, 90.0, 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyMade:
    """note: whom it means, and what it expects of one's data. purpose: what it usually serves."""

    key: str
    name: str
    note: str
    condition: Condition
    purpose: str = "newsletter"


def tagged(key: str, name: str) -> ReadyMade:
    return ReadyMade(
        key=key, name=name, note=f"Everybody who is tagged “{key}”.", condition=AllOf((FieldTest("tags", "has", key),))
    )


READY_MADE = (
    ReadyMade(
        key="readers",
        name="Readers of the newsletter",
        note="Whoever consented to it by e-mail.",
        condition=AllOf((FieldTest(CONSENT_FIELD, "has", state_value("newsletter", "email", "given")),)),
    ),
    ReadyMade(
        key="donors",
        name="Donors of the last 12 months",
        note="Whoever gave or bought within a year; gifts are invoices of sales.",
        condition=AllOf((FieldTest("sales.last_purchase", "within_last_days", YEAR),)),
        purpose="customer_offers",
    ),
    ReadyMade(
        key="lapsed",
        name="Donors we have lost sight of",
        note="Whoever gave or bought before, and not within a year.",
        condition=AllOf((FieldTest("sales.last_purchase", "more_than_days_ago", YEAR),)),
        purpose="customer_offers",
    ),
    ReadyMade(
        key="regulars",
        name="Customers with nothing open",
        note="Whoever bought twice or more and has no ticket that waits: no moment to advertise to the others.",
        condition=AllOf((
            FieldTest("sales.purchases", ">=", 2.0), Negation(AnyOf((FieldTest("service.waiting", ">", 0.0),))),
        )),
        purpose="customer_offers",
    ),
    tagged("member", "Members"),
    tagged("volunteer", "Volunteers"),
    tagged("vendor", "Vendors"),
    tagged("press", "Press"),
    ReadyMade(
        key="newcomers",
        name="Newcomers",
        note="Whoever came in within 30 days.",
        condition=AllOf((FieldTest("created", "within_last_days", MONTH),)),
    ),
    ReadyMade(
        key="silent",
        name="No contact for a while",
        note="Whoever we had nothing to do with for 90 days, or never.",
        condition=AllOf((Negation(AnyOf((FieldTest("touched", "within_last_days", QUARTER),))),)),
    ),
    ReadyMade(
        key="birthdays",
        name="Birthday within a month",
        note="Whoever told us their birthday.",
        condition=AllOf((FieldTest("birthday", "anniversary_within_days", MONTH),)),
    ),
)  # fmt: skip


def offered(fields: Collection[str]) -> tuple[ReadyMade, ...]:
    """Those whose fields are all there."""
    return tuple(one for one in READY_MADE if condition_fields(one.condition) <= set(fields))

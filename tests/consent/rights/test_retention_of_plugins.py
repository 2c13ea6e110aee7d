"""Records of plugins end when the law lets them, counted from the day that they say: invoices from the end of their year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from confida_consent.rights.retention import choose_country, kept_until, switch_rule
from confida_consent.rights.retention_due import due_now
from confida_consent.rights.retention_run import run_retention
from confida_core.api import Access, Actor
from confida_sales.billing.invoices import PaymentDraft, Terms, bookkeeping, issue_invoice, record_payment
from confida_sales.billing.recurring import today_of
from confida_sales.content import INVOICE, PAYMENT
from confida_sales.tests.billing_cast import PAPER
from confida_web.app import load_everything

pytestmark = pytest.mark.anyio
RULE = """
country = "DE"
name = "Germany, for a test"

[[rules]]
key = "vouchers"
class = "bookkeeping"
label = "Invoices and vouchers"
period = "P8Y"
start = "end_of_calendar_year_of_closed"
action = "erase"
citation = "AO § 147."
reviewed_on = 2026-11-22
"""


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("sales",)


@pytest.fixture
def confida_registry() -> Any:
    return load_everything


async def old_invoice(crm: Any, access: Access, contact_id: Any, day: date) -> Any:
    made = await issue_invoice(crm, bookkeeping(access), contact_id, PAPER, Terms(currency="EUR", issued_on=day))
    await record_payment(crm, bookkeeping(access), made, PaymentDraft(amount=238_00, paid_on=day))
    return made


async def test_eight_years_count_from_the_end_of_the_year_of_the_invoice(
    crm: Any, access: Access, contact: Any
) -> None:
    officer = replace(
        access, actor=Actor(id=access.actor.id, permissions=frozenset({"retention.manage", "registers.read"}))
    )
    ada = await contact("Ada Lovelace")
    old = await old_invoice(crm, access, ada, date(2017, 1, 2))
    young = await old_invoice(crm, access, ada, date(2018, 12, 31))
    folder = Path(crm.settings.home) / "retention"
    folder.mkdir()
    (folder / "de.toml").write_text(RULE)
    await choose_country(crm, officer, "DE")
    (row,) = await crm.data.fetch("SELECT * FROM sales_invoice WHERE id = ?", old)
    assert (await kept_until(crm, INVOICE, row)).until == date(2025, 12, 31)
    assert (await kept_until(crm, PAYMENT, ada)).until == date(2026, 12, 31)
    (found,) = (await due_now(crm, officer, by=date(2026, 12, 31))).rules
    assert (found.endable, found.count, {one.until for one in found.items}) == (True, 2, {date(2025, 12, 31)})
    assert [one.count for one in (await due_now(crm, officer, by=date(2027, 1, 1))).rules] == [4]
    await switch_rule(crm, officer, "vouchers", on=True)
    await run_retention(crm, {})
    left = await crm.data.fetch("SELECT id FROM sales_invoice")
    gone = [old] if today_of(crm) >= date(2026, 1, 1) else []
    assert [row["id"] for row in left] == [one for one in (old, young) if one not in gone]

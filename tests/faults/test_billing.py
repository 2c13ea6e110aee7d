"""kill -9 while two processes bill at once: no number twice and none left out, nothing half done, every period once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import ContactContent, ContactKind, create_contact, system_access
from confida_core.installation import open_installation
from confida_sales.billing.recurring import Plan, start_subscription
from confida_sales.billing.recurring_days import period_days
from confida_sales.content import INVOICE
from confida_web.app import load_everything
from tests.faults.biller import ACCESS, PAPER

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 3, 60
FIRST = date(2019, 1, 31)


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("sales",)


@pytest.fixture
def confida_registry() -> Any:
    return load_everything


async def prepare(settings: Any, registry: Any) -> UUID:
    async with open_installation(settings, registry) as crm:
        ada = await create_contact(crm, system_access("test"), ContactKind.PERSON, ContactContent(display_name="Ada"))
        for months in (1, 2, 3):
            await start_subscription(
                crm, ACCESS, ada, PAPER, Plan(currency="EUR", anchor_on=FIRST, every_months=months)
            )
    return ada


async def check(settings: Any, registry: Any, promised: set[UUID]) -> None:
    """What was acknowledged, and what the numbers promise, against what is stored."""
    async with open_installation(settings, registry) as crm:
        rows = await crm.data.fetch("SELECT * FROM sales_invoice ORDER BY series_number")
        assert promised - {row["id"] for row in rows} == set(), "acknowledged, and lost"
        for kind, letter in (("invoice", "I"), ("credit_note", "C")):
            written = [row["number"] for row in rows if row["kind"] == kind]
            assert written == [f"{letter}-2026-{n:05}" for n in range(1, len(written) + 1)], (
                "a number twice or left out"
            )
        assert len(await crm.door.open(replace(ACCESS, deferred=True), INVOICE, rows)) == len(rows), "without its key"
        await sums_agree(crm, rows)
        await periods_agree(crm, rows)


async def sums_agree(crm: Any, rows: list[Any]) -> None:
    lines = {
        row["invoice_id"]: row["net"] for row in await crm.data.fetch("SELECT invoice_id, net FROM sales_invoice_line")
    }
    assert lines == {row["id"]: row["net"] * (-1 if row["kind"] == "credit_note" else 1) for row in rows}
    paid = {
        row["invoice_id"]: row["amount"] for row in await crm.data.fetch("SELECT invoice_id, amount FROM sales_payment")
    }
    assert {row["id"]: row["paid"] for row in rows if row["paid"]} == paid
    credited = {row["corrects_id"]: row["gross"] for row in rows if row["kind"] == "credit_note"}
    assert {row["id"]: row["credited"] for row in rows if row["credited"]} == credited


async def periods_agree(crm: Any, rows: list[Any]) -> None:
    for one in await crm.data.fetch("SELECT id, every_months, done, next_on FROM sales_subscription"):
        billed = sorted(row["period_on"] for row in rows if row["subscription_id"] == one["id"])
        days = period_days(FIRST, one["every_months"])
        assert billed == [next(days) for _ in range(one["done"])], "a period twice or left out"
        assert one["next_on"] == next(days)
    assert any(row["subscription_id"] for row in rows), "nothing recurred"


def run_rounds(settings: Any, registry: Any, folder: Path, rounds: int) -> None:
    lines = ['plugins = ["sales"]']
    if settings.database_url:
        lines += [f'database_url = "{settings.database_url}"', f'keyring_url = "{settings.keyring_url}"']
    (settings.home / "config.toml").write_text("\n".join(lines))
    acknowledged = folder / "acknowledged"
    ada = asyncio.run(prepare(settings, registry))
    arguments = [str(settings.home), str(acknowledged), str(rounds), str(ada)]
    subprocess.run([sys.executable, "-m", "tests.faults.biller", *arguments], cwd=ROOT, check=True)
    promised = {UUID(line) for line in acknowledged.read_text().splitlines()}
    assert len(promised) >= rounds, "too few invoices to prove anything"
    asyncio.run(check(settings, registry, promised))


def test_killed_billers_share_no_number_and_leave_none_out(
    settings: Any, confida_registry: Any, tmp_path: Path
) -> None:
    run_rounds(settings, confida_registry(settings), tmp_path, FEW)


@pytest.mark.slow
def test_killed_billers_share_no_number_however_often(settings: Any, confida_registry: Any, tmp_path: Path) -> None:
    run_rounds(settings, confida_registry(settings), tmp_path, MANY)

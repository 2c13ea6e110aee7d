"""Invoices of two years, most of them paid: enough for every report to have something to show."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from confida_core.api import Access, ContactContent, Installation, now, visible_contact
from confida_sales.billing.invoices import PaymentDraft, Terms, issue_credit_note, issue_invoice, record_payment
from confida_sales.billing.recurring import Plan, start_subscription
from confida_sales.content import PaperContent, PaperLine
from confida_sales.demo.cast import Cast
from confida_sales.demo.goods import BY_SKU, CURRENCY
from confida_sales.papers import added_up

CUSTOMERS, DAYS = 36, 700
SUBSCRIBERS = 3
NOON = time(12)


def paper_of(content: ContactContent, cast: Cast, skus: Sequence[str]) -> PaperContent:
    """To this contact, for some of these."""
    chosen = cast.chance.sample(list(skus), cast.chance.randint(1, min(3, len(skus))))
    return PaperContent(
        name=content.display_name,
        address=content.addresses[0] if content.addresses else None,
        email=content.emails[0].address if content.emails else "",
        lines=tuple(line_of(sku, cast) for sku in chosen),
    )


def line_of(sku: str, cast: Cast) -> PaperLine:
    good = BY_SKU[sku]
    return PaperLine(
        product=str(cast.goods[sku]),
        sku=f"DEMO-{sku}",
        name=good.name,
        unit=good.unit,
        quantity=1_000 * (cast.chance.randint(1, 6) if good.price < 50_00 else 1),
        price=good.price,
        tax_rate=good.rate,
        recurs_months=good.recurs_months,
    )


def purchases(chance: random.Random, customers: Sequence[UUID]) -> Iterator[tuple[date, UUID, tuple[str, ...]]]:
    """(day, who, SKUs), in the order of days: some buy every few weeks, some once, and some stopped long ago."""
    today, found = now().date(), []
    for place, person in enumerate(customers):
        rhythm = chance.choice((28, 42, 60, 90)) if place % 3 else 0
        first = "COURSE" if place % 2 else chance.choice(("BED", "PLAN", "START", "TOOLS"))
        # Nearly every second one stopped some day, or nobody could tell who slips away.
        stopped = place % 5 < 2
        day = today - timedelta(days=chance.randint(380, DAYS) if stopped else chance.randint(20, DAYS))
        until = day + timedelta(days=chance.randint(60, 240)) if stopped else today
        basket: tuple[str, ...] = (first, *(sku for sku in BY_SKU[first].after if chance.random() < 0.7))
        while day <= until:
            found.append((day, person, basket))
            if not rhythm:
                break
            day += timedelta(days=max(int(chance.gauss(rhythm, rhythm / 4)), 5))
            basket = tuple(chance.sample(("SOIL", "SEEDS", "TOOLS", "SHARPEN", "BOOK", "COURSE"), chance.randint(1, 2)))
    return iter(sorted(found, key=lambda one: (one[0], one[1].int)))


async def bill(crm: Installation, access: Access, cast: Cast) -> None:
    """In the order of days, as numbers are given. Old ones are paid, of late ones some are open, overdue or paid in part."""
    today, chance = now().date(), cast.chance
    customers = chance.sample(list(cast.people), min(CUSTOMERS, len(cast.people)))
    for number, (day, person, skus) in enumerate(purchases(chance, customers)):
        contact = await visible_contact(crm, access, person)
        paper = paper_of(contact.content, cast, skus)
        terms = Terms(currency=CURRENCY, issued_on=day, owner_id=chance.choice(cast.owners))
        invoice_id = await issue_invoice(crm, access, person, paper, terms)
        gross, age = added_up(paper).gross, (today - day).days
        if number % 29 == 28:
            await issue_credit_note(crm, access, invoice_id, paper, day + timedelta(days=min(3, age)))
        elif age > 120 or chance.random() < 0.55:
            paid_on = min(day + timedelta(days=chance.randint(2, 25)), today)
            await record_payment(crm, access, invoice_id, PaymentDraft(amount=gross, paid_on=paid_on))
        elif chance.random() < 0.3:
            await record_payment(crm, access, invoice_id, PaymentDraft(amount=gross // 2, paid_on=today))
    await put_back(crm, customers)


async def put_back(crm: Installation, customers: Sequence[UUID]) -> None:
    """As if each paper and payment had been written down on its own day."""
    marks = ", ".join("?" * len(customers))
    for table, day in (("sales_invoice", "issued_on"), ("sales_payment", "paid_on")):
        rows = await crm.data.fetch(f"SELECT id, {day} AS day FROM {table} WHERE contact_id IN ({marks})", *customers)
        await crm.data.execute_many(
            f"UPDATE {table} SET created_at = ? WHERE id = ?",
            [(datetime.combine(row["day"], NOON, UTC), row["id"]) for row in rows if row["day"] < now().date()],
        )


async def subscribe(crm: Installation, access: Access, cast: Cast) -> None:
    """Some have their garden cared for every month, from next month on."""
    begins = (now().date().replace(day=1) + timedelta(days=32)).replace(day=1)
    for person in cast.chance.sample(list(cast.people), SUBSCRIBERS):
        contact = await visible_contact(crm, access, person)
        paper = paper_of(contact.content, cast, ("CARE",))
        await start_subscription(crm, access, person, paper, Plan(currency=CURRENCY, anchor_on=begins))

"""Reports: sums that are right, currencies apart, colleagues' figures for who may see them, and files that no spreadsheet runs."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # It has no types of its own.

from confida_core.api import Access, Actor, Installation, NotFound, now
from confida_sales.billing.invoices import (
    PaymentDraft,
    Terms,
    issue_credit_note,
    issue_invoice,
    record_payment,
)
from confida_sales.catalogue.products import ProductDraft, save_product
from confida_sales.content import PaperContent, PaperLine
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity, move_opportunity
from confida_sales.opportunities.pipelines import USUAL, ShownPipeline, pipeline, save_pipeline
from confida_sales.reporting.asked import Asked, read_asked
from confida_sales.reporting.behind import invoices_behind, opportunities_behind
from confida_sales.reporting.kinds import REPORTS, run_report
from confida_web.api import (
    Report,
    ReportLine,
    ReportSection,
)

pytestmark = pytest.mark.anyio
TODAY = now().date()
USUALLY = {"period": "12m"}


def asked(**given: str) -> Asked:
    return read_asked(USUALLY | given, TODAY)


def values(report: Report, section: int = 0) -> dict[str, tuple[int | None, ...]]:
    return {line.label: line.values for line in report.sections[section].lines if any(line.values)}


@pytest.fixture
async def usual(crm: Installation, access: Access) -> ShownPipeline:
    return await pipeline(crm, await save_pipeline(crm, access, "Sales", USUAL))


@pytest.fixture
async def deals(crm: Installation, access: Access, contact: Any, usual: ShownPipeline) -> list[UUID]:
    """Six: two stay in the first stage, one goes to the third, one is lost from the second, two are won; one in dollars."""
    ada = await contact("Ada Lovelace")
    first, second, third, *_, won, lost = usual.stages
    found = []
    for number in range(6):
        draft = OpportunityDraft(
            title=f"Deal {number}", value=100_00 * (number + 1), currency="USD" if number == 1 else "EUR",
            close_on=TODAY, owner_id=access.actor.id if number < 5 else None,
        )  # fmt: skip
        found.append(await create_opportunity(crm, access, ada, first, draft))
    for number, path in ((2, (second, third)), (3, (second, lost)), (4, (third, won)), (5, (won,))):
        for version, stage in enumerate(path, 1):
            await move_opportunity(crm, access, found[number], stage.id, seen=version, lost_reason="price")
    await crm.data.fetch(
        "UPDATE sales_opportunity SET created_at = ? WHERE id = ?", now() - timedelta(days=40, hours=1), found[4]
    )
    return found


async def test_pipeline_shows_each_currency_by_itself(
    crm: Installation, access: Access, usual: ShownPipeline, deals: list[UUID]
) -> None:
    report = await run_report(crm, access, "pipeline", asked())
    assert [section.currency for section in report.sections] == ["EUR", "USD"]
    assert values(report) == {"Interested": (100_00, 10_00, 1), "Quote sent": (300_00, 180_00, 1)}
    assert values(report, 1) == {"Interested": (200_00, 20_00, 1)}
    assert report.sections[0].total == ReportLine(label="Together", values=(400_00, 190_00, 2))
    assert [
        section.currency for section in (await run_report(crm, access, "pipeline", asked(currency="USD"))).sections
    ] == ["USD"]


async def test_funnel_counts_who_got_how_far(crm: Installation, access: Access, deals: list[UUID]) -> None:
    report = await run_report(crm, access, "funnel", asked())
    assert {label: found[0] for label, found in values(report).items()} == {
        "Interested": 6, "Needs understood": 4, "Quote sent": 3, "Agreed in words": 2, "Won": 2,
    }  # fmt: skip
    (section,) = report.sections
    assert (
        section.finding == "33% of 6 were won so far. Most are left behind between “Interested” and “Needs understood”."
    )
    assert [line.note for line in section.lines][:2] == ["", "67% go on"]
    assert (await run_report(crm, access, "funnel", asked(period="last-year"))).sections == ()


async def test_win_rate_and_reasons(crm: Installation, access: Access, deals: list[UUID]) -> None:
    months, reasons, owners = (await run_report(crm, access, "win-rate", asked())).sections
    assert months.total == ReportLine(label="Together", values=(2, 1, 667))
    assert [(line.label, line.values) for line in reasons.lines] == [("Too expensive", (1, 1000))]
    assert [line.values for line in owners.lines] == [(1, 0, 1000), (1, 1, 500)]
    assert owners.lines[0].label == "Nobody"
    own = (await run_report(crm, access, "win-rate", asked(owner=str(access.actor.id)))).sections
    assert own[0].total == ReportLine(label="Together", values=(1, 1, 500))


async def test_cycle_length_is_in_days(crm: Installation, access: Access, deals: list[UUID]) -> None:
    classes, owners = (await run_report(crm, access, "cycle", asked())).sections
    assert classes.finding == "Half of the 2 that were won took at most 0 days."
    assert [line.values[0] for line in classes.lines] == [1, 0, 1, 0, 0]
    assert owners.total == ReportLine(label="Together", values=(0, 200, 2))


@pytest.fixture
async def billed(crm: Installation, access: Access, contact: Any) -> dict[str, UUID]:
    """Tea twice and a pot once to Ada, tea to Mats in dollars; a part credited, a part paid, some long overdue."""
    tea, pot = [await save_product(crm, access, ProductDraft(sku=name, name=name)) for name in ("Tea", "Pot")]
    ada, mats = await contact("Ada Lovelace"), await contact("Mats Berg")

    async def bill(who: UUID, days_ago: int, *lines: tuple[UUID | None, int], currency: str = "EUR") -> UUID:
        paper = PaperContent(
            name="Ada Lovelace",
            lines=tuple(PaperLine(product=str(one or ""), name="Thing", price=price) for one, price in lines),
        )
        terms = Terms(currency=currency, issued_on=TODAY - timedelta(days=days_ago), days=0, owner_id=access.actor.id)
        return await issue_invoice(crm, access, who, paper, terms)

    old = await bill(ada, 95, (tea, 50_00))
    new = await bill(ada, 0, (tea, 30_00), (pot, 20_00), (None, 5_00))
    month = await bill(ada, 20, (tea, 10_00))
    dollars = await bill(mats, 0, (tea, 7_00), currency="USD")
    await issue_credit_note(
        crm,
        access,
        new,
        PaperContent(name="Ada Lovelace", lines=(PaperLine(product=str(pot), name="Pot", price=8_00),)),
        TODAY,
    )
    await record_payment(crm, access, old, PaymentDraft(amount=20_00, paid_on=TODAY))
    return {"old": old, "new": new, "month": month, "dollars": dollars, "tea": tea, "pot": pot}


async def test_revenue_adds_up_in_every_report(crm: Installation, access: Access, billed: dict[str, UUID]) -> None:
    whole = 50_00 + 55_00 + 10_00 - 8_00
    for key in ("revenue", "products", "owners"):
        euros, dollars = (await run_report(crm, access, key, asked())).sections
        assert (euros.currency, dollars.currency) == ("EUR", "USD")
        assert euros.total is not None
        assert euros.total.values[0] == whole == sum(line.values[0] or 0 for line in euros.lines), key
        assert dollars.total is not None
        assert dollars.total.values[0] == 7_00
    products = values(await run_report(crm, access, "products", asked()))
    assert {label: found[0] for label, found in products.items()} == {
        "Tea": 90_00, "Pot": 12_00, "Without a product": 5_00,
    }  # fmt: skip
    own = await run_report(crm, access, "products", asked(owner=str(access.actor.id)))
    assert [values(own, at) for at in (0, 1)] == [products, {"Tea": (7_00, 1000, 1)}]
    this_month = await run_report(crm, access, "revenue", asked(period="own", **{"from": str(TODAY), "to": str(TODAY)}))
    assert [line.values for line in this_month.sections[0].lines] == [(47_00, 1)]


async def test_receivables_fall_into_their_ages(crm: Installation, access: Access, billed: dict[str, UUID]) -> None:
    euros, dollars = (await run_report(crm, access, "receivables", asked())).sections
    assert [line.values[:2] for line in euros.lines] == [(47_00, 1), (10_00, 1), (0, 0), (0, 0), (30_00, 1)]
    assert euros.finding == "46% of what is open is overdue."
    assert dollars.lines[0].values[:2] == (7_00, 1)


async def test_last_day_of_an_age_belongs_to_it(crm: Installation, access: Access, billed: dict[str, UUID]) -> None:
    for days, age in ((0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)):
        await crm.data.fetch("UPDATE sales_invoice SET due_on = ?", TODAY - timedelta(days=days))
        euros = (await run_report(crm, access, "receivables", asked())).sections[0]
        assert [at for at, line in enumerate(euros.lines) if line.values[0]] == [age], days
        behind = await invoices_behind(crm, access, asked(currency="EUR"), {"age": str(age)})
        assert sum(row.amount for row in behind.rows) == euros.lines[age].values[0], days


async def test_list_behind_a_figure_is_what_was_counted(
    client: Any, crm: Installation, access: Access, deals: list[UUID], billed: dict[str, UUID]
) -> None:
    for key in REPORTS:
        for section in (await run_report(crm, access, key, asked())).sections:
            for line in section.lines:
                if line.href:
                    page = await client.get(line.href)
                    assert page.status_code == 200, line.href
                    assert page.text.count('<th scope="row"><a href="/x/sales/') == counted(section, line), line.href


def counted(section: ReportSection, line: ReportLine) -> int:
    """Rows behind it: of products each invoice counts once, of revenue credit notes stand beside invoices."""
    if section.key.startswith("products"):
        return {"Tea": 3, "Pot": 2}[line.label] if section.currency == "EUR" else 1
    notes = section.key == "owners-eur" or (section.key == "months-eur" and line.label == TODAY.strftime("%b %Y"))
    own = [value or 0 for column, value in zip(section.columns, line.values, strict=True) if column.kind == "count"]
    return (sum(own) if section.key == "months" else own[0]) + notes


async def test_colleagues_figures_are_for_who_may_see_them(
    crm: Installation, access: Access, deals: list[UUID], billed: dict[str, UUID]
) -> None:
    other = Access(
        actor=Actor(id=UUID(int=5), kind="staff", permissions=frozenset({"sales.read"})),
        purpose="relationship",
        where="test",
    )
    for key in ("owners", "win-rate", "cycle"):
        assert any("owners" in section.key for section in (await run_report(crm, access, key, asked())).sections)
        assert not any("owners" in section.key for section in (await run_report(crm, other, key, asked())).sections)
    for key in REPORTS:
        with pytest.raises(NotFound):
            await run_report(crm, other, key, asked(owner=str(access.actor.id)))
        await run_report(crm, other, key, asked(owner=str(other.actor.id)))
    with pytest.raises(NotFound):
        await invoices_behind(crm, other, asked(owner=str(access.actor.id), currency="EUR"), {})
    await crm.data.fetch("UPDATE sales_invoice SET owner_id = ? WHERE id = ?", other.actor.id, billed["month"])
    (own,) = (await run_report(crm, other, "owners", asked())).sections
    assert [line.values for line in own.lines] == [(10_00, 1)]


async def test_figures_open_nothing_that_is_sealed(
    crm: Installation, access: Access, deals: list[UUID], billed: dict[str, UUID], queries: Any
) -> None:
    seen_before = set(access.seen)
    counts = {}
    for key in REPORTS:
        with queries() as made:
            await run_report(crm, access, key, asked())
        counts[key] = len(made)
        assert not any("sealed" in sql and "sales_" in sql for sql in made)
    assert access.seen == seen_before
    assert counts == {
        "pipeline": 3, "funnel": 3, "win-rate": 4, "cycle": 4, "revenue": 1, "products": 3, "owners": 2, "receivables": 1,
    }  # fmt: skip


async def test_hidden_contacts_are_counted_and_not_named(
    crm: Installation, access: Access, usual: ShownPipeline, deals: list[UUID]
) -> None:
    (row,) = await crm.data.fetch("SELECT contact_id FROM sales_opportunity WHERE id = ?", deals[0])
    await crm.orders.give("restriction", row["contact_id"])
    behind = await opportunities_behind(crm, access, asked(), usual, {"reached": "0"})
    assert (behind.rows, behind.hidden) == ((), 6)


async def test_pages_and_files_over_http(
    client: Any, crm: Installation, deals: list[UUID], billed: dict[str, UUID]
) -> None:
    overview = (await client.get("/x/sales/reports")).text
    for key, kind in REPORTS.items():
        assert f'href="/x/sales/reports/{key}"' in overview
        page = await client.get(f"/x/sales/reports/{key}?period=12m")
        assert (page.status_code, kind.title in page.text, 'role="img"' in page.text) == (200, True, True), key
        sheet = await client.get(f"/x/sales/reports/{key}/csv?period=12m")
        named = f"attachment; filename=\"{key}.csv\"; filename*=UTF-8''{key}.csv"
        assert (sheet.status_code, sheet.headers["content-disposition"]) == (200, named)
        excel = await client.get(f"/x/sales/reports/{key}/xlsx?period=12m")
        assert (excel.status_code, load_workbook(io.BytesIO(excel.content)).sheetnames != []) == (200, True)
    noted = await crm.data.fetch("SELECT count(*) AS found FROM audit_event WHERE kind = 'sales.report_exported'")
    assert noted[0]["found"] == 2 * len(["win-rate", "cycle", "owners"])
    assert (await client.get("/x/sales/reports/nonsense")).status_code == 404
    assert (await client.get("/x/sales/reports/revenue?owner=x")).status_code == 404
    wrong = await client.get("/x/sales/reports/revenue?period=own&from=x")
    assert (wrong.status_code, "Please choose a day." in wrong.text) == (422, True)


async def test_empty_reports_say_what_to_do(client: Any) -> None:
    for key, kind in REPORTS.items():
        page = await client.get(f"/x/sales/reports/{key}")
        assert (page.status_code, "Nothing to count yet" in page.text, kind.empty in page.text) == (200, True, True), (
            key
        )

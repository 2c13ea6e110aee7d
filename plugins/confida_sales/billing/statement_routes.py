"""The account of a customer, on screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import display_names
from confida_sales.billing.account_pages import StatementPage
from confida_sales.billing.invoice_routes import letterhead
from confida_sales.billing.showing import BOOKS, person_of
from confida_sales.billing.statement import statement_of
from confida_sales.billing.typed import typed_day
from confida_sales.papers_form import reader_of
from confida_web.api import access_for, mark, page

LABELS: Mapping[str, str] = {
    "invoice": mark("Invoice"),
    "credit_note": mark("Credit note"),
    "payment": mark("Payment"),
    "refund": mark("Paid back"),
    "correction": mark("Wrong entry taken back"),
}


def asked_days(since: str, until: str, today: date) -> tuple[date, date, str]:
    """First and last day, and a complaint: this year where nothing was said."""
    errors: dict[str, str] = {}
    last = (typed_day(until, "until", errors) if until else None) or today
    first = (typed_day(since, "since", errors) if since else None) or date(last.year, 1, 1)
    if first > last:
        first, errors["since"] = last - timedelta(days=365), "The first day is after the last."
    return first, last, next(iter(errors.values()), "")


@get("/x/sales/customers/{contact_id:uuid}/statement", permission="sales.read")
async def statement(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """From `?since=` to `?until=`, both included."""
    crm, access, given = request.state.crm, access_for(request, BOOKS), request.query_params
    since, until, error = asked_days(str(given.get("since", "")), str(given.get("until", "")), reader_of(request).today)
    found = await statement_of(crm, access, contact_id, since, until)
    names = await display_names(crm, access, [contact_id])
    content = StatementPage(
        customer_id=str(contact_id),
        contact=person_of(contact_id, found.name, names),
        statement=found,
        labels=LABELS,
        seller=await letterhead(request),
        since=since.isoformat(),
        until=until.isoformat(),
        error=error,
    )
    return page(request, content)


ROUTES = (statement,)

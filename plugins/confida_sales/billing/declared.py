"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, TimelineSource
from confida_sales.billing import (
    credit_routes,
    draft_routes,
    invoice_routes,
    list_routes,
    matching_routes,
    portal_routes,
    recurring_routes,
    reminder_routes,
    settings_routes,
    statement_routes,
)
from confida_sales.billing.drafts import forget_discarded
from confida_sales.billing.happenings import EVENT_KINDS
from confida_sales.billing.own import overdue_invoices
from confida_sales.billing.recurring import run_bill_due
from confida_sales.billing.related import invoices_of_opportunity
from confida_sales.billing.reminders import run_reminders
from confida_sales.billing.reminding import run_send
from confida_sales.billing.resources import API_RESOURCES
from confida_sales.billing.searching import find_by_number
from confida_sales.billing.timeline import billing_items
from confida_web.api import Command, NavDeclaration, PortalItem, SearchSource

__all__ = ["API_RESOURCES", "EVENT_KINDS"]

DAY = 24 * 3600
HOUR = 3600

ROUTES = (
    *list_routes.ROUTES, *draft_routes.ROUTES, *invoice_routes.ROUTES, *credit_routes.ROUTES, *recurring_routes.ROUTES,
    *reminder_routes.ROUTES, *statement_routes.ROUTES, *settings_routes.ROUTES,
    *matching_routes.ROUTES,
)  # fmt: skip
NAV_ITEMS = (
    NavDeclaration(
        key="sales.invoices", label="Invoices", icon="invoice", href="/x/sales/invoices", permission="sales.read",
        order=47, group="Sales",
    ),
    NavDeclaration(
        key="sales.new_invoice", label="Invoice", icon="invoice", href="/x/sales/invoices/new", permission="sales.bill",
        order=47, quick_add=True,
    ),
)  # fmt: skip
OPPORTUNITY_PAPERS = (invoices_of_opportunity,)
PORTAL_ROUTES = portal_routes.ROUTES
PORTAL_ITEMS = (
    PortalItem(
        key="sales.invoices", label="Invoices", labels={"de": "Rechnungen"}, href="/my/x/sales/invoices", icon="invoice",
        order=42, badge=overdue_invoices,
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="sales.bank", label="Payments from the bank", permission="sales.bill", href="/x/sales/payments/match",
        keywords=("CAMT", "CSV", "match"), icon="payment",
    ),
    Command(
        key="sales.reminders", label="Reminders of invoices", permission="sales.read", href="/x/sales/reminders",
        keywords=("dunning", "overdue"), icon="mail",
    ),
    Command(
        key="sales.subscriptions", label="Subscriptions", permission="sales.read", href="/x/sales/subscriptions",
        keywords=("recurring", "invoices"), icon="refresh",
    ),
    Command(
        key="sales.numbers", label="Numbers of papers", permission="sales.manage", href="/x/sales/settings/numbers",
        keywords=("series", "invoices"), icon="number",
    ),
)  # fmt: skip
TIMELINE_SOURCES = (TimelineSource(key="sales.billing", label="Invoices and payments", entries=billing_items),)
SEARCH_SOURCES = (
    SearchSource(key="sales.invoices", label="Invoices", permission="sales.read", find=find_by_number, order=60),
)
JOBS = (
    # Every few hours, so that a machine which is off at night bills on the right day all the same; twice bills nothing twice.
    JobDeclaration(key="sales.bill_due", run=run_bill_due, label="Bill what recurs", every=4 * HOUR, seconds=1800),
    JobDeclaration(key="sales.remind", run=run_reminders, label="Propose reminders", every=DAY, seconds=1800),
    # One attempt: whether a message left before the program was killed is for somebody to find out.
    JobDeclaration(key="sales.send_reminder", run=run_send, label="Send a reminder", attempts=1),
    JobDeclaration(
        key="sales.forget_drafts", run=forget_discarded, label="Forget discarded drafts of invoices", every=DAY
    ),
)

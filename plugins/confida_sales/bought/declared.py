"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import EventHandler, JobDeclaration, TableDeclaration
from confida_sales.bought import fields, routes
from confida_sales.bought.content import CUSTOMER_VALUE
from confida_sales.bought.panel import panel_data
from confida_sales.bought.stored_value import heed_objections
from confida_sales.bought.suggesting import compute_rules
from confida_sales.bought.tables import Computation, SuggestionRule
from confida_sales.bought.valuing import compute_values
from confida_web.api import Command, ContactPanel

DAY = 24 * 3600
RECORDS = (CUSTOMER_VALUE,)
TABLES = (
    TableDeclaration(
        table=SuggestionRule, subject_free="Counts over at least five people, none of whom can be told from them."
    ),
    TableDeclaration(table=Computation, subject_free="Counts and times.", clear={"key": "one of two words"}),
)
JOBS = (
    JobDeclaration(key="sales.rules", run=compute_rules, label="Count what is bought together", every=DAY, seconds=900),
    JobDeclaration(key="sales.value", run=compute_values, label="Compute customer value", every=DAY, seconds=1_800),
)
EVENT_HANDLERS = (
    EventHandler(
        key="sales.profiling",
        label="Forget conclusions about who objected",
        run=heed_objections,
        kinds=("consent.changed",),
    ),
)
INDEX_FIELDS = fields.INDEX_FIELDS
ROUTES = routes.ROUTES
CONTACT_PANELS = (
    ContactPanel(
        key="sales.bought",
        title="What they bought",
        template="sales/bought/panel.html",
        permission="sales.read",
        data=panel_data,
        order=60,
    ),
)
COMMANDS = (
    Command(
        key="sales.customers",
        label="Most valuable customers",
        permission="sales.read",
        href="/x/sales/customers",
        keywords=("RFM", "lifetime value", "churn"),
        icon="chart",
    ),
    Command(
        key="sales.slipping",
        label="Customers who slip away",
        permission="sales.read",
        href="/x/sales/customers/slipping",
        keywords=("churn", "win back"),
        icon="chart",
    ),
)

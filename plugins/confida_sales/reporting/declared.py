"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_sales.demo.loading import DEMO
from confida_sales.reporting import routes
from confida_sales.reporting.kinds import REPORTS
from confida_web.api import Command, NavDeclaration

ROUTES = routes.ROUTES
DEMO_DATA = (DEMO,)
NAV_ITEMS = (
    NavDeclaration(
        key="sales.reports",
        label="Reports",
        icon="chart",
        href="/x/sales/reports",
        permission="sales.read",
        order=49,
        group="Sales",
    ),
)
COMMANDS = tuple(
    Command(
        key=f"sales.report_{key.replace('-', '_')}",
        label=f"Report: {kind.title.lower()}",
        permission="sales.read",
        href=f"/x/sales/reports/{key}",
        icon="chart",
    )
    for key, kind in REPORTS.items()
)

"""What targets declare; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_sales.targets.manage_routes import MANAGE_ROUTES
from confida_sales.targets.routes import FORECAST
from confida_sales.targets.routes import ROUTES as SHOWN_ROUTES
from confida_sales.targets.widget import my_month
from confida_web.api import Command, DashboardWidget, NavDeclaration

ROUTES = (*SHOWN_ROUTES, *MANAGE_ROUTES)
NAV_ITEMS = (
    NavDeclaration(
        key="sales.forecast", label="Forecast", icon="target", href=FORECAST, permission="sales.read", order=48,
        group="Sales",
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="sales.figures", label="My sales figures", permission="sales.read", href="/x/sales/performance",
        icon="target", keywords=("quota", "commission", "performance"),
    ),
    Command(
        key="sales.targets", label="Set targets", permission="sales.manage", href="/x/sales/targets", icon="target",
        keywords=("quota", "goal"),
    ),
    Command(
        key="sales.commissions", label="Set commission", permission="sales.manage", href="/x/sales/commissions",
        icon="percent",
    ),
)  # fmt: skip
DASHBOARD_WIDGETS = (
    DashboardWidget(
        key="sales.my_month", title="My month", template="sales/targets/my_month.html", permission="sales.read",
        data=my_month, order=60,
    ),
)  # fmt: skip

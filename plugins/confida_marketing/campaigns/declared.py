"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_core.api import IndexField, JobDeclaration
from confida_marketing.campaigns import content, detail_routes, form_routes, leaving_routes, list_routes, people_routes
from confida_marketing.campaigns.campaigns import purge_campaigns
from confida_marketing.campaigns.elsewhere import (
    campaigns_of_segment,
    last_mails,
    numbers_of_mails,
    panel_data,
    running_campaigns,
)
from confida_marketing.campaigns.interface import CAMPAIGNS
from confida_marketing.campaigns.running import run_campaign, tend_campaigns
from confida_marketing.campaigns.sms_gateway import TRANSPORT
from confida_marketing.campaigns.states import RUN
from confida_web.api import Command, ContactPanel, DashboardWidget, NavDeclaration

LIST = "/x/marketing/campaigns"
TABLE_MODULES = ("confida_marketing.campaigns.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
ROUTES = (
    *list_routes.ROUTES,
    *form_routes.ROUTES,
    *detail_routes.ROUTES,
    *people_routes.ROUTES,
    *leaving_routes.ROUTES,
)
JOBS = (
    JobDeclaration(key=RUN, run=run_campaign, label="Send a campaign", seconds=300, background=True),
    JobDeclaration(key="marketing.tend_campaigns", run=tend_campaigns, label="Look after campaigns", every=30),
    JobDeclaration(
        key="marketing.purge_campaigns", run=purge_campaigns, label="Empty the trash of campaigns", every=86_400
    ),
)
NAV_ITEMS = (
    NavDeclaration(
        key="marketing.campaigns", label="Campaigns", icon="target", href=LIST, permission="marketing.read", order=49,
        group="Marketing",
    ),
)  # fmt: skip
COMMANDS = (
    Command(
        key="marketing.new_campaign", label="Plan a campaign", permission="marketing.write", href=f"{LIST}/new",
        icon="target", keywords=("newsletter", "mailing"),
    ),
)  # fmt: skip
CONTACT_PANELS = (
    ContactPanel(
        key="marketing.campaigns", title="Marketing", template="marketing/campaigns/panel.html",
        permission="marketing.read", data=panel_data, order=140,
    ),
)  # fmt: skip
DASHBOARD_WIDGETS = (
    DashboardWidget(
        key="marketing.campaigns", title="Campaigns", template="marketing/campaigns/widget.html",
        permission="marketing.read", data=running_campaigns, order=80,
    ),
)  # fmt: skip
INDEX_FIELDS = (
    IndexField(
        key="marketing.last_mail", type="date", label="Last reached by marketing", gather=last_mails,
        follows=("outbound_message",),
    ),
    IndexField(
        key="marketing.mails", type="number", label="Messages of marketing", gather=numbers_of_mails,
        follows=("outbound_message",),
    ),
)  # fmt: skip
TRANSPORTS = (TRANSPORT,)
API_RESOURCES = (CAMPAIGNS,)
SEGMENT_USES = (campaigns_of_segment,)

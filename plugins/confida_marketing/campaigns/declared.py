"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_core.api import JobDeclaration
from confida_marketing.campaigns import content
from confida_marketing.campaigns.running import run_campaign, tend_campaigns
from confida_marketing.campaigns.states import RUN

TABLE_MODULES = ("confida_marketing.campaigns.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
JOBS = (
    JobDeclaration(key=RUN, run=run_campaign, label="Send a campaign", seconds=300),
    JobDeclaration(key="marketing.tend_campaigns", run=tend_campaigns, label="Look after campaigns", every=30),
)

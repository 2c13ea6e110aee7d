"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_marketing.campaigns import content

TABLE_MODULES = ("confida_marketing.campaigns.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES

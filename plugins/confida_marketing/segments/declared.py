"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_marketing.segments import content

TABLE_MODULES = ("confida_marketing.segments.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES

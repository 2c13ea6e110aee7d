"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_marketing.content import email_content

TABLE_MODULES = ("confida_marketing.content.tables",)
RECORDS = email_content.RECORDS
TABLES = email_content.TABLES

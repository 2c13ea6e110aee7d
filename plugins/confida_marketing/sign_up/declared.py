"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_marketing.sign_up import content

TABLE_MODULES = ("confida_marketing.sign_up.tables",)
RECORDS = content.RECORDS

"""What is remembered of plugins that have tables of their own."""

from __future__ import annotations

from piccolo.columns import Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class PluginFootprint(Table, tablename="plugin_footprint", db=DATA):
    """What a plugin keeps here, so that its data are not forgotten when it is disabled or uninstalled."""

    key = Varchar(length=40, primary_key=True)
    distribution = Varchar(length=200)
    version = Varchar(length=80)
    declared = Text()
    state = Varchar(length=10)
    made_at = Timestamptz()
    exported_at = Timestamptz(null=True, default=None)

"""Where the choices made on the page are kept."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class PluginSetting(Table, tablename="plugin_setting", db=DATA):
    """What was chosen on the page for one plugin, all of it sealed, because a password may be among it."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    plugin = Varchar(length=60, unique=True)

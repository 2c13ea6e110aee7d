"""The table of rules that send mail to its queue."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer
from piccolo.table import Table

from confida_core.api import DATA


class RoutingRule(Table, tablename="service_routing_rule", db=DATA):
    """One rule; they are tried by position. What it says is sealed, because conditions may name people."""

    id = UUID(primary_key=True)
    version = Integer()
    position = Integer()
    enabled = Boolean(default=True)
    sealed = Bytea()

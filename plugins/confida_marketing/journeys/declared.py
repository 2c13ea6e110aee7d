"""What this part of marketing declares; the plugin's hook `parts` names it."""

from __future__ import annotations

from confida_core.api import EventHandler, JobDeclaration
from confida_marketing.journeys import content
from confida_marketing.journeys.entering import begin_by_events, waits_for_events
from confida_marketing.journeys.running import GO_ON, go_on_journeys, tend_journeys

TABLE_MODULES = ("confida_marketing.journeys.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
JOBS = (
    JobDeclaration(
        key="marketing.tend_journeys", run=tend_journeys, label="Look after journeys", every=60, background=True
    ),
    JobDeclaration(key=GO_ON, run=go_on_journeys, label="Move people on in journeys", background=True),
)
EVENT_HANDLERS = (
    EventHandler(
        key="marketing.journeys", label="Begin journeys when something happens", run=begin_by_events,
        wanted=waits_for_events,
    ),
)  # fmt: skip

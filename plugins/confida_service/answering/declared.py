"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import TableDeclaration
from confida_service.answering import setting_routes
from confida_service.answering.tables import CannedAnswer, Checklist, TickedStep, TimeSpent

ROUTES = setting_routes.ROUTES
TABLE_MODULES = ("confida_service.answering.tables",)
FOR_EVERYBODY = "Words of the organisation, written for many; nobody is named in them."
TABLES = (
    TableDeclaration(
        table=CannedAnswer, subject_free=FOR_EVERYBODY, clear={"name": FOR_EVERYBODY, "text": FOR_EVERYBODY}
    ),
    TableDeclaration(
        table=Checklist,
        subject_free=FOR_EVERYBODY,
        clear={"name": FOR_EVERYBODY, "kind": "one of five words", "steps": FOR_EVERYBODY},
    ),
    TableDeclaration(
        table=TickedStep,
        subject="contact_id",
        subject_free="Ids, times and a hash of the organisation's own words; rows go with their contact.",
        clear={"step": "a hash of the organisation's own words"},
    ),
    TableDeclaration(
        table=TimeSpent, subject="contact_id", subject_free="Ids, times and minutes; rows go with their contact."
    ),
)

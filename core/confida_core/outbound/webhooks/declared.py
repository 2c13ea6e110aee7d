"""What webhooks out declare."""

from __future__ import annotations

from confida_core.accounts.roles import ADMINISTRATORS
from confida_core.declarations import (
    PermissionDeclaration,
    TableDeclaration,
)
from confida_core.events.declarations import EventHandler
from confida_core.jobs.declarations import JobDeclaration
from confida_core.outbound.webhooks.checking import SELF_CHECKS
from confida_core.outbound.webhooks.content import ENDPOINT
from confida_core.outbound.webhooks.delivering import JOB_SECONDS, Deliverer
from confida_core.outbound.webhooks.endpoints import PERMISSION
from confida_core.outbound.webhooks.queueing import (
    DELIVER,
    any_endpoint,
    pause_after_restore,
    queue_deliveries,
    tend,
)
from confida_core.outbound.webhooks.tables import WebhookDelivery, WebhookTold

RECORDS = (ENDPOINT,)

TABLES = (
    TableDeclaration(
        table=WebhookDelivery,
        subject_free="Random ids and how it went, never what was sent; finished ones go after two months.",
        clear={
            "kind": "Key of a declared kind of event.",
            "state": "One of six states.",
            "reason": "A code of this program.",
        },
    ),
    TableDeclaration(
        table=WebhookTold,
        subject="contact_id",
        subject_free="Ids and a time; erasing a person removes the rows that name them.",
    ),
)

PERMISSIONS = (
    PermissionDeclaration(
        key=PERMISSION, label="Decide which other systems are told what happens", roles=ADMINISTRATORS
    ),
)

JOBS = (
    JobDeclaration(
        key=DELIVER,
        run=Deliverer().deliver,
        label="Tell another system what happened",
        attempts=10,
        seconds=JOB_SECONDS,
    ),
    JobDeclaration(
        key="webhooks.pause_after_restore",
        run=pause_after_restore,
        label="Pause webhooks after a backup was restored",
        after_restore=True,
    ),
    JobDeclaration(key="webhooks.tend", run=tend, label="Look after webhooks that lie still", every=1800),
)

EVENT_HANDLERS = (EventHandler(key="core.webhooks", label="Webhooks", run=queue_deliveries, wanted=any_endpoint),)

__all__ = ["EVENT_HANDLERS", "JOBS", "PERMISSIONS", "RECORDS", "SELF_CHECKS", "TABLES"]

"""What consent does by itself, between requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confida_consent.erasing import retire_evidence
from confida_consent.expiry import expire_consents
from confida_consent.history import histories
from confida_consent.importing import run_import
from confida_consent.ledger.log import checkpoint
from confida_consent.repermission import ask_batch
from confida_consent.standing import lift_stale
from confida_consent.state import effective_event
from confida_consent.suppression import override_by_consent
from confida_consent.suppression_lists import run_list
from confida_core.installation import Installation
from confida_core.jobs.declarations import JobDeclaration
from confida_core.vault.order_memory import DENYING


async def reconcile_orders(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Lift what a yes has answered and a crash, or a caller's own transaction, left standing.

    arguments: subjects, or nothing for everybody.
    """
    await crm.orders.refresh()
    subjects = arguments.get("subjects") or {
        order.subject_id for order in crm.orders.all() if order.kind in DENYING and order.subject_id is not None
    }
    await lift_stale(crm, set(subjects))
    known = await histories(crm, sorted(arguments.get("subjects") or ()))
    await override_by_consent(crm, [event for events in known.values() if (event := effective_event(events))])
    await checkpoint(crm)


JOBS = (
    JobDeclaration(
        key="consent.reconcile_orders",
        run=reconcile_orders,
        label="Lift orders that a later yes answered",
        every=600,
        after_restore=True,
    ),
    JobDeclaration(key="consent.expire", run=expire_consents, label="Note that consents have ended", every=3600),
    JobDeclaration(key="consent.ask_again", run=ask_batch, label="Ask people for their consent anew"),
    JobDeclaration(key="consent.run_import", run=run_import, label="Import consents", seconds=120),
    JobDeclaration(
        key="consent.import_suppressions", run=run_list, label="Read a list into the suppressions", seconds=120
    ),
    JobDeclaration(
        key="consent.retire_evidence",
        run=retire_evidence,
        label="Erase proof that is no longer needed",
        every=24 * 3600,
        after_restore=True,
    ),
)

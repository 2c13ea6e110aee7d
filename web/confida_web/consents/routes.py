"""Every address of the staff pages of consent."""

from __future__ import annotations

from confida_web.consents import (
    asking,
    correcting,
    customers,
    expiring,
    history,
    importing,
    ledger,
    linking,
    messages,
    notices,
    overview,
    proof,
    purposes,
    recording,
    suppressions,
)
from confida_web.consents.ending_box import WIDGET
from confida_web.consents.panel import PANEL
from confida_web.declarations import NavDeclaration

ROUTES = (
    *overview.ROUTES,
    *expiring.ROUTES,
    *ledger.ROUTES,
    *messages.ROUTES,
    *purposes.ROUTES,
    *notices.ROUTES,
    *suppressions.ROUTES,
    *history.ROUTES,
    *recording.ROUTES,
    *proof.ROUTES,
    *correcting.ROUTES,
    *customers.ROUTES,
    *linking.ROUTES,
    *importing.ROUTES,
    *asking.ROUTES,
)

JOBS = (*ledger.JOBS,)

CONTACT_PANELS = (PANEL,)

DASHBOARD_WIDGETS = (WIDGET,)

NAV_ITEMS = (
    NavDeclaration(
        key="consent", label="Consent", icon="shield", href="/consents", permission="consents.read", order=50
    ),
)

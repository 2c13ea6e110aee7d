"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration
from confida_marketing.sign_up import content, form_routes, handing_over, public_form_routes, submission_routes
from confida_marketing.sign_up.arriving import TAKE
from confida_marketing.sign_up.pages import FORMS
from confida_marketing.sign_up.taking import take_arrival
from confida_web.api import NavDeclaration

TABLE_MODULES = ("confida_marketing.sign_up.tables",)
RECORDS = content.RECORDS
ROUTES = (*form_routes.ROUTES, *submission_routes.ROUTES)
PORTAL_ROUTES = public_form_routes.PORTAL_ROUTES
EVENT_KINDS = handing_over.EVENT_KINDS
JOBS = (JobDeclaration(key=TAKE, run=take_arrival, label="Take what was sent by a form"),)
NAV_ITEMS = (
    NavDeclaration(
        key="marketing.forms", label="Forms", icon="fields", href=FORMS, permission="marketing.read", order=53,
        group="Marketing",
    ),
)  # fmt: skip

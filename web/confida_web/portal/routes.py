"""Every address of the public side, and its jobs."""

from __future__ import annotations

from confida_core.jobs.declarations import JobDeclaration
from confida_web.declarations import PortalItem
from confida_web.languages import mark
from confida_web.portal import (
    deciding,
    entering,
    joining,
    receipts,
    requests_answering,
    requests_asking,
    requests_details,
    requests_proving,
    requests_status,
    signal,
)
from confida_web.portal.mails import ask_to_confirm_by_mail, send_code
from confida_web.portal.tidying import remove_spent

# Where browsers look for it, whatever the installation.
ROUTES = signal.ROUTES

PORTAL_ROUTES = (
    *entering.ROUTES,
    *deciding.ROUTES,
    *receipts.ROUTES,
    *joining.ROUTES,
    *requests_asking.ROUTES,
    *requests_status.ROUTES,
    *requests_proving.ROUTES,
    *requests_answering.ROUTES,
    *requests_details.ROUTES,
)

PORTAL_ITEMS = (
    PortalItem(key="choices", label=mark("Your choices"), href="/my/consents", by_link="{base}/consents", order=10),
    PortalItem(key="history", label=mark("What was recorded"), href="/my/history", by_link="{base}/history", order=20),
    PortalItem(key="details", label=mark("Your details"), href="/my/details", order=30),
    PortalItem(key="requests", label=mark("Your requests"), href="/my/requests", by_link="/my/requests", order=40),
)

JOBS = (
    JobDeclaration(key="portal.send_code", run=send_code, label="Send somebody a code for their own pages"),
    JobDeclaration(
        key="portal.ask_to_confirm", run=ask_to_confirm_by_mail, label="Ask somebody to confirm what they signed up for"
    ),
    JobDeclaration(
        key="portal.remove_spent", run=remove_spent, label="Remove links and codes that have ended", every=3600
    ),
)

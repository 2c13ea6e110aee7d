"""Every address of the public side, and its jobs."""

from __future__ import annotations

from confida_core.declarations import JobDeclaration
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

ROUTES = (
    *entering.ROUTES,
    *deciding.ROUTES,
    *receipts.ROUTES,
    *joining.ROUTES,
    *signal.ROUTES,
    *requests_asking.ROUTES,
    *requests_status.ROUTES,
    *requests_proving.ROUTES,
    *requests_answering.ROUTES,
    *requests_details.ROUTES,
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

"""Every address of the public side, and its jobs."""

from __future__ import annotations

from confida_core.declarations import JobDeclaration
from confida_web.portal import entering
from confida_web.portal.mails import send_code
from confida_web.portal.tidying import remove_spent

ROUTES = (*entering.ROUTES,)

JOBS = (
    JobDeclaration(key="portal.send_code", run=send_code, label="Send somebody a code for their own pages"),
    JobDeclaration(
        key="portal.remove_spent", run=remove_spent, label="Remove links and codes that have ended", every=3600
    ),
)

"""What happens to requests by itself."""

from __future__ import annotations

from confida_consent.rights.identity import SEND_CODE, send_identity_code
from confida_consent.rights.reminders import REMIND, REMIND_ONE, remind, remind_one
from confida_consent.rights.requests import RECEIVE
from confida_consent.rights.requests_expiring import EXPIRE, expire_unproved
from confida_consent.rights.requests_receiving import receive_request
from confida_core.jobs.declarations import JobDeclaration

JOBS = (
    JobDeclaration(key=RECEIVE, run=receive_request, label="Acknowledge a data subject's request"),
    JobDeclaration(key=SEND_CODE, run=send_identity_code, label="Send a code to prove who asks"),
    JobDeclaration(key=REMIND, run=remind, label="Look for requests that are due", every=24 * 3600),
    JobDeclaration(
        key=EXPIRE, run=expire_unproved, label="End requests that nobody proved to be theirs", every=24 * 3600
    ),
    JobDeclaration(key=REMIND_ONE, run=remind_one, label="Remind of a request that is due"),
)

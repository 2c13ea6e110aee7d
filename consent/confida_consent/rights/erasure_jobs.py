"""What erasures do by themselves."""

from __future__ import annotations

from confida_consent.rights.erasure import resume_erasures
from confida_core.jobs.declarations import JobDeclaration

JOBS = (
    JobDeclaration(
        key="consent.erasures",
        run=resume_erasures,
        label="Go on with erasures that were interrupted",
        every=300,
        seconds=600,
    ),
)

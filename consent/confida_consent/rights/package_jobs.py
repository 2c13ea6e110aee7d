"""What answers do by themselves."""

from __future__ import annotations

from confida_consent.rights.package import ASSEMBLE, assemble_job
from confida_consent.rights.package_delivery import expire_packages
from confida_core.jobs.declarations import JobDeclaration

JOBS = (
    JobDeclaration(key=ASSEMBLE, run=assemble_job, label="Assemble an answer", seconds=3600, attempts=3),
    JobDeclaration(
        key="consent.expire_packages", run=expire_packages, label="Destroy answers whose time is over", every=3600
    ),
)

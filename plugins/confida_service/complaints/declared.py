"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import TableDeclaration
from confida_service.complaints.content import COMPLAINT
from confida_service.complaints.tables import ComplaintCause

TABLE_MODULES = ("confida_service.complaints.tables",)
ABOUT_WORK = "Why people complain, in general; nobody is named."
TABLES = (TableDeclaration(table=ComplaintCause, subject_free=ABOUT_WORK, clear={"name": ABOUT_WORK}),)
RECORDS = (COMPLAINT,)

"""The table of sign-ups that wait."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Timestamptz
from piccolo.table import Table

from confida_core.storage.engine import DATA


class ConsentSignUp(Table, tablename="consent_sign_up", db=DATA):
    """What somebody typed into the sign-up form; a job takes it within seconds."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    created_at = Timestamptz()

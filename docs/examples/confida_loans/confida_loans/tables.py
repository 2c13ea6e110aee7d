"""One row for each loan. The dates are in the clear, so that the database can look for what is overdue."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Date, Integer, Timestamptz
from piccolo.table import Table

from confida_core.api import DATA


class Loan(Table, tablename="loans_loan", db=DATA):
    """sealed: a `LoanContent`, under the borrower's key. returned_on: None as long as the thing is out."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    due_on = Date(index=True)
    returned_on = Date(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID()
    version = Integer()
    sealed = Bytea()

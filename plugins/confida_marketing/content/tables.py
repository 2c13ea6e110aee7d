"""The tables of e-mails. What they say is sealed, because it may name people; ids, times and two switches are columns."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Email(Table, tablename="marketing_email", db=DATA):
    """One e-mail as it is written, not as it went to somebody. template: to begin others from, never sent itself.

    shown_since: on the public page of what was sent, since then; None for not. deleted_at: in the trash since.
    sealed: EmailContent.
    """

    id = UUID(primary_key=True)
    template = Boolean(default=False)
    shown_since = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    changed_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Picture(Table, tablename="marketing_picture", db=DATA):
    """One picture that e-mails show. id: of its sealed file too. token: the end of its address, the same for everybody."""

    id = UUID(primary_key=True)
    token = Varchar(length=43, unique=True)
    width = Integer()
    height = Integer()
    added_at = Timestamptz()

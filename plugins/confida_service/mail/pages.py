"""What the set-up pages of mailboxes show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from confida_service.mail.accounts import ShownAccount
from confida_web.api import Errors, Option, Page


@dataclass(frozen=True, kw_only=True)
class MailboxesPage(Page):
    """GET /x/service/settings/mailboxes. queues: names by id. taken: how many mails a look brought, None without one."""

    template: ClassVar[str] = "service/mail/mailboxes.html"
    title: ClassVar[str] = "Mailboxes"

    accounts: tuple[ShownAccount, ...] = ()
    queues: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MailboxPage(Page):
    """A new mailbox, or one that is changed. values: as typed, without secrets, which are never shown again."""

    template: ClassVar[str] = "service/mail/mailbox.html"
    title: ClassVar[str] = "Mailbox"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    new: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    securities: tuple[Option, ...] = ()
    queues: tuple[Option, ...] = ()
    version: int = 0

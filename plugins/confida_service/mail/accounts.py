"""The mailboxes that are read: set up, tried before they are saved, paused and removed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    new_id,
    record_audit_event,
    system_access,
)
from confida_service.mail.content import MAIL_ACCOUNT, MailAccountContent
from confida_service.mail.mailboxes import PROBLEMS, SECURITIES, Login, MailboxProblem, Position, look_at
from confida_service.mail.tokens import access_token
from confida_service.tickets.tickets import known_queue

EMPTY = "Please fill this in."
NEEDED_FOR_OAUTH = "An address with https, an identifier and a refresh token are needed."
LONGEST_FIELD = 200
INSIDE = system_access("service mail")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDraft:
    """What is typed. A password, secret or refresh token that is left empty stays as it was."""

    content: MailAccountContent
    queue_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAccount:
    """A mailbox without its secrets. problem: a sentence, "" while all is well. proves_by: password or token."""

    id: UUID
    label: str
    address: str
    host: str
    state: str
    queue_id: UUID
    proves_by: str
    checked_at: datetime | None
    problem: str
    version: int


async def open_account(crm: Installation, account_id: UUID) -> Opened[MailAccountContent]:
    """With its secrets, for the program's own use. Raises NotFound."""
    rows = await crm.data.fetch("SELECT * FROM service_mail_account WHERE id = ?", account_id)
    opened = await crm.door.open_one(INSIDE, MAIL_ACCOUNT, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def accounts(crm: Installation, access: Access) -> list[ShownAccount]:
    """All of them by label. Raises Forbidden."""
    access.actor.require("service.manage")
    rows = await crm.data.fetch("SELECT * FROM service_mail_account ORDER BY id")
    opened = await crm.door.open(INSIDE, MAIL_ACCOUNT, rows)
    return sorted((shown(one) for one in opened), key=lambda one: one.label.casefold())


def shown(opened: Opened[MailAccountContent]) -> ShownAccount:
    row, content = opened.row, opened.content
    return ShownAccount(
        id=row["id"], label=content.label or content.address, address=content.address, host=content.host,
        state=row["state"], queue_id=row["queue_id"], proves_by="token" if content.token_url else "password",
        checked_at=row["checked_at"], problem=PROBLEMS.get(row["problem"], ""), version=row["version"],
    )  # fmt: skip


async def own_addresses(crm: Installation) -> frozenset[str]:
    """The addresses of all mailboxes, in lower case: mail from them is ours."""
    rows = await crm.data.fetch("SELECT * FROM service_mail_account")
    opened = await crm.door.open(INSIDE, MAIL_ACCOUNT, rows)
    return frozenset(one.content.address.lower() for one in opened)


async def save_account(
    crm: Installation, access: Access, draft: AccountDraft, *, account_id: UUID | None = None, seen: int = 0,
    whole: bool = False,
) -> UUID:  # fmt: skip
    """Try it, then keep it; returns its id. whole: a new one is read from its first mail on, not only what comes from now.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent naming what is wrong, also where the server refuses.
    """
    access.actor.require("service.manage")
    before = await open_account(crm, account_id) if account_id else None
    content = checked(with_kept_secrets(draft.content, before.content if before else None))
    await known_queue(crm, draft.queue_id)
    position = await tried(crm, content)
    saved_id = account_id or new_id()
    columns = {"id": saved_id, "queue_id": draft.queue_id, "problem": "", "failures": 0, "try_at": None}
    async with crm.data.transaction():
        if before is None:
            last = 0 if whole else position.last_uid
            start = {"state": "running", "validity": position.validity, "last_uid": last}
            await crm.records.insert(MAIL_ACCOUNT, columns | start, content)
        else:
            await crm.records.update(MAIL_ACCOUNT, columns, content, seen=seen)
        await note(crm, access, "service.mailbox_saved", saved_id)
    return saved_id


async def note(crm: Installation, access: Access, kind: str, account_id: UUID) -> None:
    await record_audit_event(
        crm, kind, actor_id=access.actor.id, target_id=account_id, target_kind="mailbox", serious=True
    )


def with_kept_secrets(content: MailAccountContent, before: MailAccountContent | None) -> MailAccountContent:
    """A secret goes on only to the server it was for: one who may change the host must not learn it that way."""
    if before is None or (before.host, before.username) != (content.host, content.username):
        return content
    kept = {
        name: getattr(content, name) or getattr(before, name) for name in ("password", "client_secret", "refresh_token")
    }
    if content.token_url != before.token_url:
        kept |= {"client_secret": content.client_secret, "refresh_token": content.refresh_token}
    return msgspec.structs.replace(content, **kept)


def checked(content: MailAccountContent) -> MailAccountContent:
    """Raises InvalidContent by field."""
    needed = ["address", "host", "username", "folder", *([] if content.token_url else ["password"])]
    errors = {name: EMPTY for name in needed if not 1 <= len(getattr(content, name).strip()) <= LONGEST_FIELD}
    if "@" not in content.address:
        errors["address"] = "This is no e-mail address."
    if not 1 <= content.port <= 65_535:
        errors["port"] = "From 1 to 65535."
    if content.security not in SECURITIES:
        errors["security"] = "Please choose how the connection is protected."
    if content.token_url and not (
        content.token_url.startswith("https://") and content.client_id and content.refresh_token
    ):
        errors |= {"token_url": NEEDED_FOR_OAUTH}
    if errors:
        raise InvalidContent(errors)
    return content


async def tried(crm: Installation, content: MailAccountContent) -> Position:
    """Where the mailbox ends. Raises InvalidContent with what the server makes of it."""
    try:
        return await asyncio.to_thread(look_at, await login_of(crm, content))
    except MailboxProblem as problem:
        field = {"login_refused": "password", "no_folder": "folder", "no_token": "token_url"}.get(problem.code, "host")
        raise InvalidContent({field: PROBLEMS[problem.code]}) from None


async def login_of(crm: Installation, content: MailAccountContent) -> Login:
    """What a mailbox is opened with. Raises MailboxProblem where no token can be had."""
    token = await access_token(crm, content) if content.token_url else ""
    return Login(
        host=content.host, port=content.port, security=content.security, username=content.username, folder=content.folder,
        password="" if token else content.password, token=token,
    )  # fmt: skip


async def pause_account(crm: Installation, access: Access, account_id: UUID, *, paused: bool) -> None:
    """Stop reading it, or go on where it was left. Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    done = await crm.data.fetch(
        "UPDATE service_mail_account SET state = ?, failures = 0, try_at = NULL WHERE id = ? RETURNING id",
        "paused" if paused else "running", account_id,
    )  # fmt: skip
    if not done:
        raise NotFound


async def remove_account(crm: Installation, access: Access, account_id: UUID) -> None:
    """Forget it and its secrets; what it brought stays. Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    await open_account(crm, account_id)
    async with crm.data.transaction():
        await crm.records.delete(MAIL_ACCOUNT, account_id, ())
        await note(crm, access, "service.mailbox_removed", account_id)

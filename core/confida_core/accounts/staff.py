"""Staff accounts: made, invited, changed, disabled."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from confida_core.accounts.audit import record_event
from confida_core.accounts.content import AccountContent
from confida_core.accounts.links import make_link
from confida_core.accounts.revoked_tokens import end_tokens_of
from confida_core.accounts.roles import Role
from confida_core.accounts.sealed import ACCOUNT
from confida_core.accounts.sessions import INSIDE, end_sessions_of, last_seen
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row, UniqueViolation
from confida_core.vault.access import Access, Forbidden, NotFound


class InvalidAccount(ValueError):
    """What was typed cannot be an account. errors: field -> one sentence that does not repeat the value."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAccount:
    """One account, open. state: invited (no password yet), active or disabled."""

    id: UUID
    role: str
    state: str
    content: AccountContent
    version: int
    last_seen_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.content.display_name


def login_mark(crm: Installation, email: str) -> bytes:
    """The keyed hash under which an account is found; the same for every way of writing the same address."""
    plain = email.strip().casefold().encode("utf-8", "replace")
    return hmac.new(crm.keyring.hashing_key("log-in"), plain, "sha256").digest()


def valid_content(display_name: str, email: str) -> AccountContent:
    """Raises InvalidAccount naming every field that is wrong."""
    errors = {}
    try:
        name = clean_line(display_name)
    except UnstorableText:
        name = ""
    if not 1 <= len(name) <= 200:
        errors["display_name"] = "Please write a name of at most 200 characters."
    address = valid_email(email)
    if address is None:
        errors["email"] = "Please write a complete e-mail address."
    if errors or address is None:
        raise InvalidAccount(errors)
    return AccountContent(display_name=name, email=address)


def valid_email(email: str) -> str | None:
    """The address as it is stored, or None; no network is asked."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(clean_line(email), check_deliverability=False, test_environment=True).normalized
    except (EmailNotValidError, UnstorableText, UnicodeError):
        return None


async def insert_account(
    crm: Installation, content: AccountContent, role: Role, *, password_hash: str | None, account_id: UUID | None = None
) -> UUID:
    """Store a new account, active with a password, else invited. Raises InvalidAccount if the address is taken."""
    account_id, moment = account_id or new_id(), now()
    columns = {
        "id": account_id,
        "login_mark": login_mark(crm, content.email),
        "role": role.value,
        "state": "active" if password_hash else "invited",
        "password_hash": password_hash,
        "created_at": moment,
        "password_changed_at": moment if password_hash else None,
    }
    try:
        await crm.records.insert(ACCOUNT, columns, content)
    except UniqueViolation:
        raise InvalidAccount({"email": "Somebody with this address has an account already."}) from None
    return account_id


async def invite_person(
    crm: Installation, access: Access, *, display_name: str, email: str, role: str
) -> tuple[UUID, str]:
    """A new account without a password and the secret of its one-time link. Raises Forbidden, InvalidAccount."""
    access.actor.require("accounts.manage")
    content = valid_content(display_name, email)
    given = await grantable(crm, access, role)
    account_id = new_id()
    await crm.keyring.ensure([account_id], ACCOUNT.retention_class)
    async with crm.data.transaction():
        await insert_account(crm, content, given, password_hash=None, account_id=account_id)
        secret = await make_link(crm, "invitation", account_id)
        await note(crm, access, "account.invited", account_id)
    return account_id, secret


async def invite_again(crm: Installation, access: Access, account_id: UUID) -> str:
    """A new link for somebody who has not used theirs. Raises Forbidden, NotFound, InvalidAccount."""
    access.actor.require("accounts.manage")
    async with crm.data.transaction():
        await manageable(crm, access, account_id)
        if not await crm.data.fetch("SELECT id FROM account WHERE id = ? AND state = 'invited'", account_id):
            raise NotFound("account")
        await note(crm, access, "account.invited", account_id)
        return await make_link(crm, "invitation", account_id)


async def start_reset(crm: Installation, access: Access, account_id: UUID) -> str:
    """A link with which somebody who forgot their password chooses a new one; until it is used the old one counts.

    Nobody ever chooses a password for somebody else. Raises Forbidden, NotFound, InvalidAccount.
    """
    access.actor.require("accounts.manage")
    async with crm.data.transaction():
        await manageable(crm, access, account_id)
        if not await crm.data.fetch("SELECT id FROM account WHERE id = ? AND state = 'active'", account_id):
            raise NotFound("account")
        await note(crm, access, "account.reset_started", account_id)
        return await make_link(crm, "reset", account_id)


async def grantable(crm: Installation, access: Access, role: str) -> Role:
    """The role, if this actor may give it: owners are made by owners only. Raises InvalidAccount, Forbidden."""
    try:
        wanted = Role(role)
    except ValueError:
        raise InvalidAccount({"role": "Please choose one of the roles."}) from None
    if wanted is Role.OWNER and access.actor.kind != "system":
        giver = await find_account(crm, access.actor.id)
        if giver.role != Role.OWNER or giver.state != "active":
            raise Forbidden("accounts.manage")
    return wanted


async def change_role(crm: Installation, access: Access, account_id: UUID, role: str) -> None:
    """Ends the account's sessions: rights count from the next log-in. Raises Forbidden, NotFound, InvalidAccount."""
    access.actor.require("accounts.manage")
    wanted = await grantable(crm, access, role)
    async with crm.data.transaction():
        await manageable(crm, access, account_id)
        await crm.data.fetch("UPDATE account SET role = ? WHERE id = ?", wanted.value, account_id)
        await keep_an_owner(crm)
        await end_sessions_of(crm, account_id)
        if wanted is Role.OWNER:
            # An administrator may have seen the link, and with it would become an owner.
            await crm.data.fetch("DELETE FROM one_time_link WHERE account_id = ?", account_id)
        await note(crm, access, "account.role_changed", account_id)


async def disable_account(crm: Installation, access: Access, account_id: UUID) -> None:
    """Ends its sessions, links and tokens at once, for good. Raises Forbidden, NotFound, InvalidAccount."""
    access.actor.require("accounts.manage")
    async with crm.data.transaction():
        await manageable(crm, access, account_id)
        await crm.data.fetch("UPDATE account SET state = 'disabled' WHERE id = ?", account_id)
        await keep_an_owner(crm)
        await end_sessions_of(crm, account_id)
        await end_tokens_of(crm, account_id)
        await crm.data.fetch("DELETE FROM one_time_link WHERE account_id = ?", account_id)
        await note(crm, access, "account.disabled", account_id)


async def enable_account(crm: Installation, access: Access, account_id: UUID) -> None:
    """Back to active, or to invited where there never was a password. Raises Forbidden, NotFound."""
    access.actor.require("accounts.manage")
    async with crm.data.transaction():
        await manageable(crm, access, account_id)
        await crm.data.fetch(
            "UPDATE account SET state = CASE WHEN password_hash IS NULL THEN 'invited' ELSE 'active' END "
            "WHERE id = ? AND state = 'disabled'",
            account_id,
        )
        await note(crm, access, "account.enabled", account_id)


async def manageable(crm: Installation, access: Access, account_id: UUID) -> None:
    """Nobody changes their own rights, and only owners change owners. Raises Forbidden, NotFound, InvalidAccount.

    Locks this account and those of all owners: two owners who disable each other at once go one after the other.
    """
    lock = " FOR UPDATE" if crm.data.engine == "postgres" else ""
    rows = await crm.data.fetch(
        "SELECT id, role FROM account WHERE role = 'owner' OR id = ? ORDER BY id" + lock, account_id
    )
    roles = {row["id"]: row["role"] for row in rows}
    if account_id not in roles:
        raise NotFound("account")
    if account_id == access.actor.id:
        raise InvalidAccount({"": "Somebody else has to change your own account."})
    if roles[account_id] == Role.OWNER:
        await grantable(crm, access, Role.OWNER)


async def keep_an_owner(crm: Installation) -> None:
    """Raises InvalidAccount, which undoes the transaction, if no active owner is left."""
    if not await has_owner(crm):
        raise InvalidAccount({"": "At least one owner has to stay."})


async def has_owner(crm: Installation) -> bool:
    rows = await crm.data.fetch("SELECT id FROM account WHERE role = 'owner' AND state = 'active' LIMIT 1")
    return bool(rows)


async def note(crm: Installation, access: Access, kind: str, account_id: UUID) -> None:
    await record_event(crm, kind, actor_id=access.actor.id, target_id=account_id, target_kind="account", serious=True)


async def list_accounts(crm: Installation, access: Access) -> list[StaffAccount]:
    """Everybody, by name. Opens sealed content. Raises Forbidden."""
    access.actor.require("accounts.manage")
    rows = await crm.data.fetch("SELECT * FROM account")
    seen = await last_seen(crm, [row["id"] for row in rows])
    found = [staff_account(item.row, item.content, seen) for item in await crm.door.open(INSIDE, ACCOUNT, rows)]
    return sorted(found, key=lambda account: account.name.casefold())


def staff_account(row: Row, content: AccountContent, seen: dict[UUID, datetime] | None = None) -> StaffAccount:
    return StaffAccount(
        id=row["id"],
        role=row["role"],
        state=row["state"],
        content=content,
        version=row["version"],
        last_seen_at=(seen or {}).get(row["id"]),
    )


async def find_account(crm: Installation, account_id: UUID) -> StaffAccount:
    """Raises NotFound. Opens sealed content."""
    rows = await crm.records.rows(ACCOUNT, [account_id])
    opened = await crm.door.open(INSIDE, ACCOUNT, rows)
    if not opened:
        raise NotFound("account")
    return staff_account(opened[0].row, opened[0].content)


async def account_names(crm: Installation, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Display names of accounts, for lists that say who did something; unknown ids are left out."""
    rows = await crm.records.rows(ACCOUNT, list(dict.fromkeys(account_ids)))
    return {item.row["id"]: item.content.display_name for item in await crm.door.open(INSIDE, ACCOUNT, rows)}


async def active_accounts(crm: Installation) -> list[StaffAccount]:
    """Who can be given work, by name: for choosing an owner or an assignee."""
    rows = await crm.data.fetch("SELECT * FROM account WHERE state = 'active'")
    found = [staff_account(item.row, item.content) for item in await crm.door.open(INSIDE, ACCOUNT, rows)]
    return sorted(found, key=lambda account: account.name.casefold())


async def change_content(crm: Installation, account_id: UUID, **changes: object) -> AccountContent:
    """Change one's own name or preferences. Raises NotFound, InvalidAccount, VersionConflict."""
    account = await find_account(crm, account_id)
    content = msgspec.structs.replace(account.content, **changes)
    checked = valid_content(content.display_name, content.email)
    content = msgspec.structs.replace(content, display_name=checked.display_name)
    await crm.records.update(ACCOUNT, {"id": account_id}, content, seen=account.version)
    return content

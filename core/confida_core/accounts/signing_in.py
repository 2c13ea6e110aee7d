"""Signing in, setting up, accepting an invitation, changing the password: every way to a session."""

from __future__ import annotations

from uuid import UUID

import msgspec

from confida_core.accounts.attempts import begin_attempt, clear_attempts
from confida_core.accounts.audit import record_event
from confida_core.accounts.content import AccountContent, SessionContent
from confida_core.accounts.links import LinkSpent, OpenLink, find_link, make_link, spend_link
from confida_core.accounts.passwords import (
    PasswordRefused,
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)
from confida_core.accounts.roles import Role
from confida_core.accounts.sealed import ACCOUNT
from confida_core.accounts.sessions import end_sessions_of, renew_session, start_session
from confida_core.accounts.staff import (
    InvalidAccount,
    find_account,
    has_owner,
    insert_account,
    login_mark,
    valid_content,
)
from confida_core.accounts.stored_settings import ORGANISATION_NAME, store
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_line
from confida_core.ids import new_id
from confida_core.installation import Installation

FIND = "SELECT id, state, password_hash FROM account WHERE login_mark = ?"


class WrongCredentials(Exception):
    """Address or password is wrong, or the account may not sign in: nobody learns which."""


async def make_setup_link(crm: Installation) -> str | None:
    """The one-time link that makes the owner; None once there is one. Earlier set-up links stop working."""
    if await has_owner(crm):
        return None
    return f"{address_of(crm)}/setup/{await make_link(crm, 'setup', None)}"


def address_of(crm: Installation) -> str:
    """Where people reach this installation, without a slash at the end. localhost, because its cookies may be Secure."""
    host = "localhost" if crm.settings.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else crm.settings.host  # noqa: S104 -- Compared only.
    return crm.settings.public_url.rstrip("/") or f"http://{host}:{crm.settings.port}"


def check_new_password(password: str, again: str, content: AccountContent, organisation: str = "") -> None:
    """Raises InvalidAccount naming the field."""
    try:
        check_password(password, [content.display_name, content.email, organisation])
    except PasswordRefused as refused:
        raise InvalidAccount({"password": str(refused)}) from None
    if password != again:
        raise InvalidAccount({"password_again": "The two passwords differ."})


async def create_owner(
    crm: Installation,
    secret: str,
    *,
    display_name: str,
    email: str,
    password: str,
    password_again: str,
    organisation_name: str = "",
) -> UUID:
    """Make the first account with the set-up link. Raises LinkSpent, InvalidAccount."""
    link = await find_link(crm, secret)
    if link.kind != "setup" or await has_owner(crm):
        raise LinkSpent
    content = valid_content(display_name, email)
    organisation = valid_organisation(organisation_name)
    check_new_password(password, password_again, content, organisation)
    password_hash, account_id = await hash_password(password), new_id()
    await crm.keyring.ensure([account_id], ACCOUNT.retention_class)
    async with crm.data.transaction():
        await spend_link(crm, link)
        await insert_account(crm, content, Role.OWNER, password_hash=password_hash, account_id=account_id)
        if organisation:
            await store(crm, ORGANISATION_NAME, organisation)
        await record_event(
            crm, "account.owner_created", actor_id=account_id, target_id=account_id, target_kind="account", serious=True
        )
    return account_id


def valid_organisation(name: str) -> str:
    """Raises InvalidAccount naming the field."""
    try:
        return clean_line(name)[:200]
    except UnstorableText:
        raise InvalidAccount({"organisation_name": "This name holds a character that cannot be stored."}) from None


async def accept_invitation(
    crm: Installation, secret: str, *, display_name: str, password: str, password_again: str
) -> UUID:
    """Choose a password with an invitation or after a reset; sessions that were open end. Raises LinkSpent, InvalidAccount."""
    link = await find_link(crm, secret)
    account_id, state = expected(link)
    account = await find_account(crm, account_id)
    content = msgspec.structs.replace(
        account.content, display_name=valid_content(display_name, account.content.email).display_name
    )
    check_new_password(password, password_again, content)
    password_hash = await hash_password(password)
    async with crm.data.transaction():
        await spend_link(crm, link)
        await crm.records.update(ACCOUNT, {"id": account_id}, content, seen=account.version)
        done = await crm.data.fetch(
            "UPDATE account SET password_hash = ?, password_changed_at = ?, state = 'active' "
            "WHERE id = ? AND state = ? RETURNING id",
            password_hash, now(), account_id, state,
        )  # fmt: skip
        if not done:
            raise LinkSpent
        await end_sessions_of(crm, account_id)
        kind = "account.joined" if link.kind == "invitation" else "account.password_reset"
        await record_event(crm, kind, actor_id=account_id, target_id=account_id, target_kind="account", serious=True)
    return account_id


def expected(link: OpenLink) -> tuple[UUID, str]:
    """Whose link it is, and the state in which their account must be. Raises LinkSpent."""
    if link.account_id is None:
        raise LinkSpent
    return link.account_id, "invited" if link.kind == "invitation" else "active"


async def log_in(crm: Installation, *, email: str, password: str, address: str, device: str = "") -> str:
    """The secret of a new session. Raises WrongCredentials, TooManyAttempts.

    For an account that does not exist, is disabled or has no password the same work is done and the same answer given.
    """
    attempt = await begin_attempt(crm, email, address)
    rows = await crm.data.fetch(FIND, login_mark(crm, email))
    found = rows[0] if rows and rows[0]["state"] == "active" else None
    stored: str | None = found["password_hash"] if found else None
    if not await verify_password(stored, password) or found is None or stored is None:
        await record_event(
            crm, "session.refused", target_id=found["id"] if found else None, target_kind="account", serious=True
        )
        raise WrongCredentials
    await clear_attempts(crm, attempt)
    if needs_rehash(stored):
        await replace_hash(crm, found["id"], stored, await hash_password(password))
    return await start_session(crm, found["id"], SessionContent(device=device[:60], address=address[:60]))


async def replace_hash(crm: Installation, account_id: UUID, old: str, new: str) -> None:
    """Only if nobody changed the password meanwhile."""
    await crm.data.fetch(
        "UPDATE account SET password_hash = ? WHERE id = ? AND password_hash = ?", new, account_id, old
    )


async def prove_again(crm: Installation, *, account_id: UUID, session_id: UUID, password: str, address: str) -> str:
    """The password once more before something that matters; returns the session's new secret.

    Raises WrongCredentials, TooManyAttempts.
    """
    account = await find_account(crm, account_id)
    attempt = await begin_attempt(crm, account.content.email, address)
    rows = await crm.data.fetch("SELECT password_hash FROM account WHERE id = ? AND state = 'active'", account_id)
    if not await verify_password(rows[0]["password_hash"] if rows else None, password):
        await record_event(crm, "session.refused", target_id=account_id, target_kind="account", serious=True)
        raise WrongCredentials
    await clear_attempts(crm, attempt)
    await record_event(crm, "session.proved", actor_id=account_id, target_id=account_id, target_kind="account")
    return await renew_session(crm, session_id)


async def change_password(
    crm: Installation, *, account_id: UUID, session_id: UUID, current: str, password: str, again: str, address: str
) -> str:
    """Ends every other session; returns this session's new secret.

    Raises WrongCredentials for the current password, TooManyAttempts, InvalidAccount.
    """
    account = await find_account(crm, account_id)
    check_new_password(password, again, account.content)
    secret = await prove_again(crm, account_id=account_id, session_id=session_id, password=current, address=address)
    password_hash = await hash_password(password)
    async with crm.data.transaction():
        await crm.data.fetch(
            "UPDATE account SET password_hash = ?, password_changed_at = ? WHERE id = ?",
            password_hash,
            now(),
            account_id,
        )
        await end_sessions_of(crm, account_id, but=session_id)
        await record_event(
            crm,
            "account.password_changed",
            actor_id=account_id,
            target_id=account_id,
            target_kind="account",
            serious=True,
        )
    return secret

"""Who works here, and the audit trail."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.audit import SecurityEvent, list_events
from confida_core.accounts.roles import LABELS, Role
from confida_core.accounts.sessions import end_all_sessions
from confida_core.accounts.signing_in import address_of
from confida_core.accounts.staff import (
    InvalidAccount,
    StaffAccount,
    account_names,
    change_role,
    disable_account,
    enable_account,
    invite_again,
    invite_person,
    list_accounts,
    start_reset,
)
from confida_web.account.pages import AuditPage, AuditRow, UserRow, UsersPage
from confida_web.administration import system
from confida_web.administration.words import KINDS, in_words
from confida_web.declarations import NavDeclaration
from confida_web.display import Option
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

EVENTS_PER_PAGE = 50


@get("/users", permission="accounts.manage")
async def users(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await users_page(request))


async def users_page(request: Request[Any, Any, Any], **changes: Any) -> UsersPage:
    accounts = await list_accounts(request.state.crm, access_for(request, "security"))
    own = request.state.actor.id
    return UsersPage(users=tuple(user_row(item, own) for item in accounts), roles=role_options(request), **changes)


def user_row(account: StaffAccount, own: UUID) -> UserRow:
    return UserRow(
        id=str(account.id),
        name=account.name,
        email=account.content.email,
        role=account.role,
        last_seen_at=account.last_seen_at,
        disabled=account.state == "disabled",
        invited=account.state == "invited",
        is_self=account.id == own,
    )


def role_options(request: Request[Any, Any, Any]) -> tuple[Option, ...]:
    """The roles this person may give: owners are made by owners."""
    is_owner = request.state.visitor.role == Role.OWNER
    return tuple(
        Option(value=role.value, label=label) for role, label in LABELS.items() if is_owner or role != Role.OWNER
    )


@post("/users", permission="accounts.manage", fresh=True)
async def invite(request: Request[Any, Any, Any]) -> Response[Any]:
    """The answer shows the one-time link, the only time that it can be seen."""
    form, crm = await parse_form(request), request.state.crm
    name, email, role = form.get("display_name"), form.get("email"), form.get("role")
    try:
        _, secret = await invite_person(crm, access_for(request, "security"), display_name=name, email=email, role=role)
    except InvalidAccount as invalid:
        again = await users_page(request, display_name=name, email=email, role=role, errors=invalid.errors)
        return page(request, again, block="invite", status=422)
    link = f"{address_of(crm)}/invitation/{secret}"
    return page(request, await users_page(request, invite_url=link, invited_name=name), block="users")


@post("/users/{account_id:uuid}/invite", permission="accounts.manage", fresh=True)
async def invite_once_more(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    try:
        secret = await invite_again(request.state.crm, access_for(request, "security"), account_id)
    except InvalidAccount as invalid:
        return await refused(request, invalid)
    return await show_link(request, account_id, secret)


@post("/users/{account_id:uuid}/reset", permission="accounts.manage", fresh=True)
async def reset_password(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    """For somebody who forgot their password: a link, shown once, with which they choose a new one."""
    try:
        secret = await start_reset(request.state.crm, access_for(request, "security"), account_id)
    except InvalidAccount as invalid:
        return await refused(request, invalid)
    return await show_link(request, account_id, secret)


async def show_link(request: Request[Any, Any, Any], account_id: UUID, secret: str) -> Response[Any]:
    crm = request.state.crm
    link = f"{address_of(crm)}/invitation/{secret}"
    name = (await account_names(crm, [account_id])).get(account_id, "")
    return page(request, await users_page(request, invite_url=link, invited_name=name), block="users")


@post("/users/{account_id:uuid}/role", permission="accounts.manage", fresh=True)
async def set_role(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    role = (await parse_form(request)).get("role")
    try:
        await change_role(request.state.crm, access_for(request, "security"), account_id, role)
    except InvalidAccount as invalid:
        return await refused(request, invalid)
    return redirect(request, "/users", Toast(message="The role is changed; it counts from the next log-in."))


@post("/users/{account_id:uuid}/disable", permission="accounts.manage", fresh=True)
async def disable(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    try:
        await disable_account(request.state.crm, access_for(request, "security"), account_id)
    except InvalidAccount as invalid:
        return await refused(request, invalid)
    return redirect(request, "/users", Toast(message="The account is disabled and signed out everywhere."))


@post("/users/{account_id:uuid}/enable", permission="accounts.manage", fresh=True)
async def enable(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    try:
        await enable_account(request.state.crm, access_for(request, "security"), account_id)
    except InvalidAccount as invalid:
        return await refused(request, invalid)
    return redirect(request, "/users", Toast(message="The account may sign in again."))


async def refused(request: Request[Any, Any, Any], invalid: InvalidAccount) -> Response[Any]:
    return page(request, await users_page(request, errors=invalid.errors), block="invite", status=422)


@post("/users/end-all-sessions", permission="accounts.manage", fresh=True)
async def sign_everybody_out(request: Request[Any, Any, Any]) -> Response[Any]:
    await end_all_sessions(request.state.crm, access_for(request, "security"))
    return redirect(request, "/login")


@get("/audit", permission="audit.read")
async def audit(request: Request[Any, Any, Any]) -> Response[Any]:
    """Security events, newest first. kind: the filter; before: the last event of the page before."""
    kind = request.query_params.get("kind", "")
    kind = kind if kind in KINDS else ""
    before = event_id(request.query_params.get("before", ""))
    crm, access = request.state.crm, access_for(request, "security")
    events = await list_events(crm, access, kind=kind, before=before, limit=EVENTS_PER_PAGE + 1)
    shown = events[:EVENTS_PER_PAGE]
    names = await account_names(crm, [found for event in shown for found in (event.actor_id, event.target_id) if found])
    older = "/audit?" + urlencode({"kind": kind, "before": str(shown[-1].id)}) if len(events) > len(shown) else None
    kinds = tuple(Option(value=value, label=label, chosen=value == kind) for value, label in KINDS.items())
    rows = tuple(audit_row(event, names) for event in shown)
    return page(request, AuditPage(entries=rows, kinds=kinds, older_href=older), block="entries")


def event_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def audit_row(event: SecurityEvent, names: dict[UUID, str]) -> AuditRow:
    who = names.get(event.actor_id, "Somebody who has left") if event.actor_id else "Nobody signed in"
    target = names.get(event.target_id, "") if event.target_id and event.target_id != event.actor_id else ""
    if event.kind.startswith("plugin."):
        target = event.target_kind
    return AuditRow(at=event.at, who=who, what=in_words(event.kind, target), serious=event.serious)


ROUTES = (
    users,
    invite,
    invite_once_more,
    reset_password,
    set_role,
    disable,
    enable,
    sign_everybody_out,
    audit,
    *system.ROUTES,
)
NAV_ITEMS: tuple[NavDeclaration, ...] = ()

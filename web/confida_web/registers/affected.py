"""After a theft: whose data, which fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_consent.rights.breaches_affected import (
    KINDS,
    Affected,
    affected_by_account,
    affected_by_backup,
    affected_by_file,
    affected_by_person_key,
    affected_by_unlock_key,
)
from confida_core.accounts.staff import active_accounts
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import NotFound
from confida_web.display import Errors, Option
from confida_web.forms import FormData, parse_form
from confida_web.page import page
from confida_web.registers.pages import AffectedPage
from confida_web.registers.words import instant_in, options, uuid_in
from confida_web.security.access import access_for

HERE = "/registers/affected"
FIELDS = ("kind", "account", "person", "file", "since_day", "since_time", "until_day", "until_time", "taken")
Asked = Callable[[Request[Any, Any, Any], FormData], Awaitable[Affected]]


@get(HERE, permission="registers.read")
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await affected_page(request, {"kind": "account"}))


async def affected_page(
    request: Request[Any, Any, Any], values: dict[str, str], errors: Errors | None = None, **more: Any
) -> AffectedPage:
    accounts = await active_accounts(request.state.crm)
    chosen = values.get("account", "")
    return AffectedPage(
        kinds=options(KINDS, values.get("kind", "")),
        accounts=tuple(Option(value=str(one.id), label=one.name, chosen=str(one.id) == chosen) for one in accounts),
        values=values,
        errors=errors or {},
        **more,
    )


@post(HERE, permission="registers.read", status_code=200)
async def ask(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    values, keyring = {name: form.get(name) for name in FIELDS}, form.flag("with_keyring")
    try:
        if values["kind"] not in ASK:
            raise InvalidContent({"kind": "Choose what was stolen."})
        found = await ASK[values["kind"]](request, form)
    except InvalidContent as wrong:
        content = await affected_page(request, values, wrong.errors, with_keyring=keyring)
        return page(request, content, status=422)
    return page(request, await affected_page(request, values, found=found, with_keyring=keyring))


async def by_account(request: Request[Any, Any, Any], form: FormData) -> Affected:
    account_id = wanted(uuid_in(form.get("account")), "account", "Choose an account.")
    since = instant_in(request, form.get("since_day"), form.get("since_time"))
    if since is None:
        raise InvalidContent({"since_day": "Say from when on."})
    until = instant_in(request, form.get("until_day"), form.get("until_time")) or now()
    try:
        return await affected_by_account(
            request.state.crm, access_for(request, "data_subject_rights"), account_id, since, until
        )
    except NotFound:
        raise InvalidContent({"account": "There is no such account."}) from None


async def by_person_key(request: Request[Any, Any, Any], form: FormData) -> Affected:
    """The person is named by the address of their page, or by the id in it."""
    typed = form.get("person").rstrip("/").rpartition("/")[2]
    contact_id = wanted(uuid_in(typed), "person", "Give the address of the person's page.")
    try:
        return await affected_by_person_key(request.state.crm, access_for(request, "data_subject_rights"), contact_id)
    except NotFound:
        raise InvalidContent({"person": "There is no such person."}) from None


async def by_unlock_key(request: Request[Any, Any, Any], _: FormData) -> Affected:
    return await affected_by_unlock_key(request.state.crm, access_for(request, "data_subject_rights"))


async def by_file(request: Request[Any, Any, Any], form: FormData) -> Affected:
    file_id = wanted(uuid_in(form.get("file").rpartition("/")[2]), "file", "Give the name that it has in the folder.")
    try:
        return await affected_by_file(request.state.crm, access_for(request, "data_subject_rights"), file_id)
    except NotFound:
        raise InvalidContent({"file": "There is no such file."}) from None


async def by_backup(request: Request[Any, Any, Any], form: FormData) -> Affected:
    taken_at = instant_in(request, form.get("taken"), "23:59")
    if taken_at is None:
        raise InvalidContent({"taken": "Say when it was made."})
    access = access_for(request, "data_subject_rights")
    return await affected_by_backup(request.state.crm, access, taken_at, with_keyring=form.flag("with_keyring"))


def wanted(found: UUID | None, field: str, complaint: str) -> UUID:
    if found is None:
        raise InvalidContent({field: complaint})
    return found


ASK: Mapping[str, Asked] = {
    "account": by_account,
    "person_key": by_person_key,
    "unlock_key": by_unlock_key,
    "file": by_file,
    "backup": by_backup,
}
ROUTES = (show, ask)

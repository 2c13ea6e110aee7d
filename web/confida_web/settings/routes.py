"""What administrators arrange: fields of their own, kinds of relationships, teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.staff import active_accounts
from confida_core.contacts.content import ContactKind
from confida_core.contacts.custom_fields import TYPES, custom_fields, define_field, retire_field
from confida_core.contacts.lists import follow
from confida_core.contacts.relationship_types import define_kind, relationship_kinds, retire_kind
from confida_core.contacts.teams import save_team, teams
from confida_core.contacts.validation import InvalidContent
from confida_core.index.conditions import Not, Test
from confida_core.index.plan import Scope
from confida_web.declarations import Command, NavDeclaration
from confida_web.display import Option
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.multipart import BadBody
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.routing import handlers_of
from confida_web.security.access import access_for
from confida_web.settings.organisation import organisation, save_organisation
from confida_web.settings.pages import (
    CustomFieldRow,
    CustomFieldsPage,
    RelationshipTypeRow,
    RelationshipTypesPage,
    SettingsLink,
    SettingsPage,
    TeamRow,
    TeamsPage,
)
from confida_web.settings.plugin_settings import plugin_form, save_plugin

KINDS = {"": "People and organisations", "person": "People", "organisation": "Organisations"}

LINKS = (
    ("settings.manage", SettingsLink(
        label="Organisation", href="/settings/organisation", text="Who is responsible for the data, and where to complain.",
        icon="organisation",
    )),
    ("settings.manage", SettingsLink(
        label="Custom fields", href="/settings/fields", text="What else to know about a contact.", icon="fields",
    )),
    ("settings.manage", SettingsLink(
        label="Relationship types", href="/settings/relationships", text="What two contacts can be to each other.",
        icon="relations",
    )),
    ("settings.manage", SettingsLink(
        label="Teams", href="/settings/teams", text="Colleagues who look after contacts together.", icon="users",
    )),
    ("contacts.delete", SettingsLink(
        label="Trash", href="/contacts/trash", text="Contacts that were deleted in the last thirty days.",
        icon="delete",
    )),
    ("accounts.manage", SettingsLink(
        label="People with access", href="/users", text="Who may sign in, and what they may do.",
        icon="key",
    )),
    ("audit.read", SettingsLink(
        label="Audit trail", href="/audit", text="What happened to accounts and settings.", icon="audit",
    )),
    ("webhooks.manage", SettingsLink(
        label="Webhooks", href="/settings/webhooks", text="Which other systems are told what happens, and which may tell us.",
        icon="outgoing",
    )),
    ("system.manage", SettingsLink(
        label="System", href="/settings/system", text="Whether everything works, and with which settings.",
        icon="system",
    )),
    ("system.manage", SettingsLink(
        label="Jobs", href="/jobs", text="Work that runs beside the pages.", icon="jobs",
    )),
    ("system.manage", SettingsLink(
        label="Plugins", href="/settings/plugins", text="What extends this installation.", icon="plugin",
    )),
)  # fmt: skip


@get("/settings", permission="contacts.read")
async def settings(request: Request[Any, Any, Any]) -> Response[Any]:
    """The way to all settings that this account may see."""
    known = {path for handler in handlers_of(request.state.crm.registry) for path in handler.paths}
    links = (link for permission, link in LINKS if request.state.actor.may(permission) and link.href in known)
    return page(request, SettingsPage(links=tuple(links)))


@get("/settings/fields", permission="settings.manage")
async def fields(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await fields_page(request), block="fields")


async def fields_page(request: Request[Any, Any, Any], **given: Any) -> CustomFieldsPage:
    crm = request.state.crm
    definitions = await custom_fields(crm)
    await follow(crm, definitions)
    rows = [
        CustomFieldRow(
            key=one.key,
            label=one.label,
            type=TYPES[one.type],
            applies_to=KINDS[one.applies_to.value if one.applies_to else ""],
            choices=tuple(one.choices.values()),
            hint=one.hint,
            used=await times_used(request, one.key, one.type),
            retired=one.retired,
        )
        for one in definitions
    ]
    form: FormData = given.pop("form", FormData())
    return CustomFieldsPage(
        fields=tuple(rows),
        types=tuple(Option(value=key, label=label, chosen=key == form.get("type")) for key, label in TYPES.items()),
        kinds=tuple(
            Option(value=key, label=label, chosen=key == form.get("applies_to")) for key, label in KINDS.items()
        ),
        **given,
    )


async def times_used(request: Request[Any, Any, Any], key: str, kind: str) -> int:
    """How many contacts hold something in a field; archived ones count, up to ten thousand."""
    field = f"custom.{key}"
    holds = Not(Test(field, "empty")) if kind == "set" else Test(field, "known")
    count: tuple[int, bool] = await request.state.crm.index.count(
        Scope(condition=holds, archived=None, restricted=None)
    )
    return count[0]


@post("/settings/fields", permission="settings.manage", status_code=200)
async def add_field(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    applies_to = form.get("applies_to")
    if applies_to not in KINDS:
        raise BadBody(422, "Choose for whom the field is.")
    try:
        await define_field(
            request.state.crm,
            access_for(request, "relationship"),
            label=form.get("label"),
            type=form.get("type"),
            key=form.get("key"),
            choices=form.get("choices").split("\n"),
            applies_to=ContactKind(applies_to) if applies_to else None,
            hint=form.get("hint"),
        )
    except InvalidContent as error:
        again = {name: form.get(name) for name in ("label", "key", "choices", "hint")}
        shown = await fields_page(request, form=form, errors=error.errors, **again)
        return page(request, shown, block="form", status=422)
    return redirect(request, "/settings/fields", Toast(message="The field is there."))


@post("/settings/fields/{key:str}/retire", permission="settings.manage")
async def retire(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    await retire_field(request.state.crm, access_for(request, "relationship"), key, retired=True)
    undo = f"/settings/fields/{key}/restore"
    return redirect(request, "/settings/fields", Toast(message="The field is retired.", undo_url=undo))


@post("/settings/fields/{key:str}/restore", permission="settings.manage")
async def restore(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    await retire_field(request.state.crm, access_for(request, "relationship"), key, retired=False)
    return redirect(request, "/settings/fields", Toast(message="The field is in use again."))


@get("/settings/relationships", permission="settings.manage")
async def types(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await types_page(request), block="types")


async def types_page(request: Request[Any, Any, Any], **given: Any) -> RelationshipTypesPage:
    crm = request.state.crm
    counts = await crm.data.fetch("SELECT type_id, count(*) AS used FROM relationship GROUP BY type_id")
    used = {row["type_id"]: row["used"] for row in counts}
    rows = (
        RelationshipTypeRow(
            key=kind.key,
            label=kind.forward,
            reverse=kind.backward,
            used=used.get(kind.id, 0),
            builtin=kind.built_in,
            retired=kind.retired,
        )
        for kind in await relationship_kinds(crm)
    )
    return RelationshipTypesPage(types=tuple(rows), **given)


@post("/settings/relationships", permission="settings.manage", status_code=200)
async def add_type(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    label, reverse = form.get("label"), form.get("reverse")
    try:
        await define_kind(request.state.crm, access_for(request, "relationship"), forward=label, backward=reverse)
    except InvalidContent as error:
        shown = await types_page(request, label=label, reverse=reverse, errors=error.errors)
        return page(request, shown, block="form", status=422)
    return redirect(request, "/settings/relationships", Toast(message="The type is there."))


@post("/settings/relationships/{key:str}/retire", permission="settings.manage")
async def retire_type(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    await retire_kind(request.state.crm, access_for(request, "relationship"), key)
    return redirect(request, "/settings/relationships", Toast(message="The type is retired."))


@get("/settings/teams", permission="settings.manage")
async def team_list(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await teams_page(request), block="teams")


async def teams_page(request: Request[Any, Any, Any], **given: Any) -> TeamsPage:
    crm = request.state.crm
    accounts = await active_accounts(crm)
    names = {account.id: account.name for account in accounts}
    rows = (
        TeamRow(
            id=str(one.id),
            name=one.name,
            members=tuple(names[each] for each in one.members if each in names),
            accounts=tuple(Option(value=str(each), label=names[each], chosen=each in one.members) for each in names),
        )
        for one in await teams(crm)
    )
    options = tuple(Option(value=str(account.id), label=account.name) for account in accounts)
    return TeamsPage(teams=tuple(rows), accounts=options, **given)


@post("/settings/teams", permission="settings.manage", status_code=200)
async def add_team(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved_team(request, None)


@post("/settings/teams/{team_id:uuid}", permission="settings.manage", status_code=200)
async def change_team(request: Request[Any, Any, Any], team_id: FromPath[UUID]) -> Response[Any]:
    return await saved_team(request, team_id)


async def saved_team(request: Request[Any, Any, Any], team_id: UUID | None) -> Response[Any]:
    form = await parse_form(request)
    known = {str(account.id): account.id for account in await active_accounts(request.state.crm)}
    members = [known[one] for one in form.all("members") if one in known]
    access = access_for(request, "relationship")
    try:
        await save_team(request.state.crm, access, name=form.get("name"), members=members, team_id=team_id)
    except InvalidContent as error:
        shown = await teams_page(request, name=form.get("name"), errors=error.errors)
        return page(request, shown, block="form", status=422)
    return redirect(request, "/settings/teams", Toast(message="The team is saved."))


ROUTES = (
    settings,
    plugin_form,
    save_plugin,
    fields,
    add_field,
    retire,
    restore,
    types,
    add_type,
    retire_type,
    team_list,
    add_team,
    change_team,
    organisation,
    save_organisation,
)

COMMANDS = tuple(
    Command(
        key=link.href.strip("/").replace("/", "."), label=link.label, permission=permission, href=link.href,
        keywords=("settings", *link.text.split()), icon=link.icon,
    )
    for permission, link in LINKS
)  # fmt: skip

NAV_ITEMS = (
    NavDeclaration(
        key="settings",
        label="Settings",
        icon="settings",
        href="/settings",
        permission="settings.manage",
        order=90,
    ),
)

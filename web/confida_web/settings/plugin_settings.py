"""The settings of one plugin: a form made from its struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.contacts.validation import InvalidContent
from confida_core.plugin_settings.model import YES, variable
from confida_core.plugin_settings.reading import SettingValue, save_plugin_settings, setting_values
from confida_web.display import Errors, Option
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.settings.pages import PluginSettingRow, PluginSettingsPage

FORGET = "forget"


@get("/settings/plugins/{key:str}", permission="settings.manage")
async def plugin_form(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    return page(request, await settings_page(request, key), block="form")


@post("/settings/plugins/{key:str}", permission="settings.manage", status_code=200)
async def save_plugin(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    """What is chosen outside is not taken from the form, whatever it says."""
    crm, form = request.state.crm, await parse_form(request)
    typed = {one.field.name: typed_into(form, one) for one in await setting_values(crm, key) if not one.fixed}
    try:
        await save_plugin_settings(crm, access_for(request, "security"), key, typed, forget=form.all(FORGET))
    except InvalidContent as error:
        return page(request, await settings_page(request, key, typed, error.errors), block="form", status=422)
    return redirect(request, f"/settings/plugins/{key}", Toast(message="Saved. It holds from now on."))


def typed_into(form: FormData, one: SettingValue) -> str:
    """A box that is not ticked is not sent at all."""
    return ("yes" if form.flag(one.field.name) else "no") if one.field.kind == "yes_no" else form.get(one.field.name)


async def settings_page(
    request: Request[Any, Any, Any], key: str, typed: Mapping[str, str] | None = None, errors: Errors | None = None
) -> PluginSettingsPage:
    """typed: what stands in the fields instead of the values in force. Raises NotFound for a plugin without settings."""
    crm = request.state.crm
    rows = [row_of(key, one, (typed or {}).get(one.field.name)) for one in await setting_values(crm, key)]
    name = next(plugin.info.name for plugin in crm.registry.plugins if plugin.info.key == key)
    return PluginSettingsPage(key=key, name=name, rows=tuple(rows), errors=errors or {})


def row_of(key: str, one: SettingValue, typed: str | None) -> PluginSettingRow:
    field = one.field
    text = text_of(one) if typed is None else typed
    return PluginSettingRow(
        name=field.name,
        label=field.label,
        kind=field.kind,
        origin=one.origin,
        place=variable(key, field),
        hint=field.hint,
        text="" if field.kind == "secret" else text,
        chosen=bool(one.value) if field.kind == "secret" else text in YES,
        fixed=one.fixed,
        choices=tuple(Option(value=value, label=value, chosen=value == text) for value in field.choices),
    )


def text_of(one: SettingValue) -> str:
    """The value as it is typed; for those that are chosen outside it only shows."""
    value = one.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\n".join(value) if isinstance(value, tuple) else str(value)

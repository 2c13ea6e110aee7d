"""The settings of a plugin in force, and the choices made on the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from confida_core.accounts.audit import record_event
from confida_core.contacts.text import UnstorableText, clean_line, clean_text
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.plugin_settings.declared import PLUGIN_SETTING, PluginValues
from confida_core.plugin_settings.model import SettingField, WrongValue, converted, fields_of, models
from confida_core.plugin_settings.sources import chosen_outside
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.door import Opened

S = TypeVar("S", bound=msgspec.Struct)
INSIDE = system_access("settings of plugins")


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingValue:
    """origin: "environment", "config.toml", "page" or "default". fixed: chosen outside, so that the page cannot change it."""

    field: SettingField
    value: Any
    origin: str

    @property
    def fixed(self) -> bool:
        return self.origin in {"environment", "config.toml"}


async def plugin_settings(crm: Installation, model: type[S]) -> S:
    """The settings in force of the plugin that declares this struct: environment, config.toml, page, default, in this order.

    Read anew each time, so that what is saved on the page holds at once. Raises LookupError if no enabled plugin
    declares it.
    """
    for key, declared in models(crm.registry).items():
        if declared is model:
            return model(**{one.field.name: one.value for one in await setting_values(crm, key)})
    raise LookupError(f"no enabled plugin declares {model.__name__} as its settings")


async def setting_values(crm: Installation, key: str) -> list[SettingValue]:
    """Every setting of a plugin with its origin, in the order of its struct. Raises NotFound if it has none."""
    fields = plugin_fields(crm, key)
    outside = chosen_outside(crm.settings, key, fields)
    stored = await stored_values(crm, key)
    return [value_of(field, outside, stored.content.values if stored else {}) for field in fields]


def plugin_fields(crm: Installation, key: str) -> tuple[SettingField, ...]:
    model = models(crm.registry).get(key)
    if model is None:
        raise NotFound
    return fields_of(model)


def value_of(field: SettingField, outside: Mapping[str, tuple[Any, str]], stored: Mapping[str, Any]) -> SettingValue:
    if field.name in outside:
        value, origin = outside[field.name]
        return SettingValue(field=field, value=value, origin=origin)
    if field.name in stored:
        try:
            return SettingValue(field=field, value=converted(field, stored[field.name]), origin="page")
        except WrongValue:
            # A newer version of the plugin takes it no longer; its default is what it offers instead.
            pass
    return SettingValue(field=field, value=field.default, origin="default")


async def stored_values(crm: Installation, key: str) -> Opened[PluginValues] | None:
    rows = await crm.data.fetch("SELECT * FROM plugin_setting WHERE plugin = ?", key)
    return await crm.door.open_one(INSIDE, PLUGIN_SETTING, rows[0]) if rows else None


async def save_plugin_settings(
    crm: Installation, access: Access, key: str, typed: Mapping[str, str], *, forget: Collection[str] = ()
) -> None:
    """Keep what was typed on the page; only what differs from the default, and nothing of what is chosen outside.

    typed: text by field, an absent field stays as it is; a secret that is "" stays too, unless it is in `forget`.
    Raises Forbidden without `settings.manage`, NotFound, InvalidContent by field.
    """
    access.actor.require("settings.manage")
    fields = plugin_fields(crm, key)
    outside = chosen_outside(crm.settings, key, fields)
    stored = await stored_values(crm, key)
    values = dict(stored.content.values) if stored else {}
    errors: dict[str, str] = {}
    for field in fields:
        if field.name in forget:
            values.pop(field.name, None)
        elif field.name in typed and field.name not in outside:
            errors |= put(values, field, typed[field.name])
    if errors:
        raise InvalidContent(errors)
    known = {field.name for field in fields}
    await write(crm, access, key, {name: value for name, value in values.items() if name in known}, stored)


def put(values: dict[str, Any], field: SettingField, text: str) -> dict[str, str]:
    """Change the values by what was typed into one field; returns its error, if it has one."""
    if field.kind == "secret" and not text:
        return {}
    if field.kind == "number" and not text.strip():
        values.pop(field.name, None)
        return {}
    try:
        value = converted(field, (clean_text if field.kind == "lines" else clean_line)(text))
    except (WrongValue, UnstorableText) as error:
        return {field.name: f"{field.label}: {error}"}
    values.pop(field.name, None)
    if value != field.default:
        values[field.name] = list(value) if isinstance(value, tuple) else value
    return {}


async def write(
    crm: Installation, access: Access, key: str, values: dict[str, Any], stored: Opened[PluginValues] | None
) -> None:
    if values == (stored.content.values if stored else {}):
        return
    content = PluginValues(values=values)
    await crm.keyring.ensure([crm.keyring.installation_id], PLUGIN_SETTING.retention_class)
    async with crm.data.transaction():
        if stored is None:
            await crm.records.insert(PLUGIN_SETTING, {"id": new_id(), "plugin": key}, content)
        else:
            row = stored.row
            await crm.records.update(PLUGIN_SETTING, {"id": row["id"]}, content, seen=row["version"])
        await record_event(
            crm, "settings.plugin_changed", actor_id=access.actor.id, target_kind=f"plugin {key}"[:40], serious=True
        )


async def forget_plugin_settings(crm: Installation, key: str) -> None:
    """Remove everything that was chosen on the page for a plugin, one that is not installed any more too."""
    for row in await crm.data.fetch("SELECT id FROM plugin_setting WHERE plugin = ?", key):
        await crm.records.delete(PLUGIN_SETTING, row["id"], ())

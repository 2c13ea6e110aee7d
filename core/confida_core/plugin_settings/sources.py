"""What an operator chose outside the pages: in the environment, in config.toml, or in a file that holds a secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from confida_core.plugin_settings.model import SettingField, WrongValue, converted, fields_of, models, variable
from confida_core.registry import Registry
from confida_core.settings import InvalidSettings, Settings

LONGEST_SECRET = 10_000


def chosen_outside(settings: Settings, key: str, fields: tuple[SettingField, ...]) -> dict[str, tuple[Any, str]]:
    """Name -> (value, origin) of those fields that the environment or config.toml sets. Raises InvalidSettings."""
    found = {}
    for field in fields:
        chosen = secret(settings, key, field) if field.kind == "secret" else settings.plugin_value(key, field.name)
        if chosen is not None:
            found[field.name] = (checked(key, field, *chosen), chosen[1])
    return found


def secret(settings: Settings, key: str, field: SettingField) -> tuple[str, str] | None:
    """The first line of the file that is named; a secret itself is taken from neither place."""
    if settings.plugin_value(key, field.name) is not None:
        raise InvalidSettings(
            f"plugin.{key}.{field.name} is a secret: write it into a file, and the file's name into {variable(key, field)} "
            f"or into {field.name}_file of [plugin.{key}]"
        )
    chosen = settings.plugin_value(key, f"{field.name}_file")
    if chosen is None:
        return None
    path, origin = Path(str(chosen[0])), chosen[1]
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_SECRET).partition("\n")[0].strip(), origin
    except (OSError, UnicodeError):
        raise InvalidSettings(f"plugin.{key}.{field.name}_file names {path}, which cannot be read") from None


def checked(key: str, field: SettingField, raw: Any, origin: str) -> Any:
    try:
        return converted(field, raw)
    except WrongValue as error:
        raise InvalidSettings(f"plugin.{key}.{field.name} ({origin}): {error}") from None


def check_outside(settings: Settings, registry: Registry) -> None:
    """So that the start fails, and no page later. Raises InvalidSettings naming each setting that is wrong, never a value."""
    wrong = []
    for key, model in models(registry).items():
        fields = fields_of(model)
        wrong += unknown(settings.plugin.get(key, {}), key, fields)
        try:
            chosen_outside(settings, key, fields)
        except InvalidSettings as error:
            wrong.append(str(error))
    if wrong:
        raise InvalidSettings("; ".join(wrong))


def unknown(section: Mapping[str, Any], key: str, fields: tuple[SettingField, ...]) -> list[str]:
    names = {field.name for field in fields} | {f"{field.name}_file" for field in fields if field.kind == "secret"}
    return [f"plugin.{key}.{name}: there is no such setting" for name in sorted(set(section) - names)]

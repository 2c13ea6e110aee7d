"""A plugin's settings as its struct describes them: which fields there are, how each is typed, and whether all is in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, inspect

from confida_core.declarations import SettingsModel

if TYPE_CHECKING:
    from confida_core.registry import Declared, Registry

Secret = Annotated[str, Meta(extra={"secret": True}, max_length=2_000)]
SettingKind = Literal["text", "number", "yes_no", "choice", "lines", "secret"]
YES, NO = frozenset({"yes", "on", "true", "1"}), frozenset({"no", "off", "false", "0", ""})


class WrongValue(ValueError):
    """A setting cannot have this value; a sentence says what it can be, never the value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingField:
    """One field. type: as the struct says, with its bounds. choices: of the kind "choice"."""

    name: str
    label: str
    hint: str
    kind: SettingKind
    type: Any
    default: Any
    choices: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def fields_of(model: type[msgspec.Struct]) -> tuple[SettingField, ...]:
    """In the order of the struct. Raises TypeError naming a field whose type no page can show, or that has no default."""
    described = inspect.type_info(model)
    assert isinstance(described, inspect.StructType)  # noqa: S101 -- Tells the type checker what a struct is.
    types = {field.name: field.type for field in msgspec.structs.fields(model)}
    return tuple(field_of(field, types[field.name]) for field in described.fields)


def field_of(field: inspect.Field, type_: Any) -> SettingField:
    inner, extra, schema = unwrapped(field.type)
    kind: SettingKind = "secret" if extra.get("secret") else kind_of(field.name, inner)
    return SettingField(
        name=field.name,
        label=schema.get("title") or field.name.replace("_", " ").capitalize(),
        hint=schema.get("description", ""),
        kind=kind,
        type=type_,
        default=default_of(field),
        choices=tuple(map(str, inner.values)) if isinstance(inner, inspect.LiteralType) else (),
    )


def unwrapped(type_: inspect.Type) -> tuple[inspect.Type, Mapping[str, Any], Mapping[str, Any]]:
    """The plain type, what is said of it to us, and what is said to people."""
    extra: dict[str, Any] = {}
    schema: dict[str, Any] = {}
    while isinstance(type_, inspect.Metadata):
        extra |= type_.extra or {}
        schema |= type_.extra_json_schema or {}
        type_ = type_.type
    return type_, extra, schema


def kind_of(name: str, type_: inspect.Type) -> SettingKind:
    match type_:
        case inspect.BoolType():
            return "yes_no"
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case inspect.StrType():
            return "text"
        case inspect.LiteralType(values=values) if all(isinstance(value, str) for value in values):
            return "choice"
        case inspect.VarTupleType(item_type=inspect.StrType()):
            return "lines"
    raise TypeError(f"field {name} is not str, int, float, bool, a Literal of words or tuple[str, ...]")


def default_of(field: inspect.Field) -> Any:
    if field.required:
        raise TypeError(f"field {field.name} has no default, and a plugin must work before anybody chose anything")
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def converted(field: SettingField, raw: Any) -> Any:
    """A value as the struct wants it. raw: text as somebody typed it, or a plain value. Raises WrongValue."""
    try:
        return msgspec.convert(READ.get(field.kind, plain)(raw), field.type, strict=not isinstance(raw, str))
    except (msgspec.ValidationError, ValueError) as error:
        raise WrongValue(reason(field, str(error))) from None


def reason(field: SettingField, error: str) -> str:
    """What the value must be, in words for whoever chose it; the library's own words may repeat the value."""
    if bound := re.search(r"(of length )?(<|<=|>|>=) (-?[\d.]+)", error):
        length, sign, number = bound.groups()
        sense = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}[sign]
        return f"It must have {sense} {number} characters." if length else f"It must be {sense} {number}."
    if field.kind == "number":
        return "It must be a whole number." if "`int`" in error else "It must be a number."
    if field.kind == "choice":
        return f"Choose one of these: {', '.join(field.choices)}."
    return {"yes_no": "Say yes or no.", "lines": "It must be a list of texts."}.get(
        field.kind, "It has not the right form."
    )


def plain(raw: Any) -> Any:
    return raw


def yes_or_no(raw: Any) -> Any:
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if isinstance(raw, str) and word not in YES | NO:
        raise ValueError
    return word in YES if isinstance(raw, str) else raw


def lines(raw: Any) -> Any:
    """A text has one entry a line, or several with commas between them."""
    parts = raw.replace(",", "\n").splitlines() if isinstance(raw, str) else raw
    return [part.strip() for part in parts if part.strip()] if isinstance(raw, str) else parts


READ: Mapping[str, Callable[[Any], Any]] = {"yes_no": yes_or_no, "lines": lines}


def variable(key: str, field: SettingField) -> str:
    """The name in the environment; of a secret, that of the file which holds it."""
    return f"CONFIDA_{key}_{field.name}{'_file' if field.kind == 'secret' else ''}".upper()


def models(registry: Registry) -> Mapping[str, type[msgspec.Struct]]:
    """Key of a plugin -> its struct."""
    return {item.plugin.info.key: item.value.model for item in registry.with_owner("settings_model")}


def check_models(registry: Registry) -> None:
    """Every struct can be shown and read, and no two settings have one name in the environment. Raises PluginError."""
    from confida_core.settings import Settings

    taken: dict[str, object] = {f"CONFIDA_{name}".upper(): "Confida itself" for name in Settings.model_fields}
    for item in registry.with_owner("settings_model"):
        for field in checked_fields(item):
            name = variable(item.plugin.info.key, field)
            if name in taken:
                raise refused(item, f"its setting {field.name} would be {name}, which is a setting of {taken[name]}")
            taken[name] = item.plugin


def checked_fields(item: Declared) -> tuple[SettingField, ...]:
    declaration: SettingsModel = item.value
    model = declaration.model
    if not (isinstance(model, type) and issubclass(model, msgspec.Struct) and model.__struct_config__.frozen):
        raise refused(item, "the model must be a msgspec.Struct with frozen=True")
    try:
        return fields_of(model)
    except TypeError as error:
        raise refused(item, f"{model.__name__}: {error}") from None


def refused(item: Declared, reason: str) -> Exception:
    from confida_core.registry import PluginError

    return PluginError(f"{item.plugin}: hook settings_model: {reason}")

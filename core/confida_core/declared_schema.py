"""What is checked of all declarations together: nothing is declared twice, and no column can leak."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from piccolo.columns import JSON, JSONB, Bytea, Date, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.declarations import PiccoloApp, RecordDeclaration, TableDeclaration
from confida_core.loaded_plugin import Declared, LoadedPlugin, PluginError

LEAKY = (Varchar, Text, JSON, JSONB, Bytea)
BEGINS = (Date, Timestamptz)


def check_twice(declared: Mapping[str, tuple[Declared, ...]]) -> None:
    """Two declarations of one key, or two tables of one name: both plugins are named, so that one can be switched off."""
    for hook, items in declared.items():
        seen: dict[str, Declared] = {}
        for name, item in [(name, one) for one in items for name in names_of(one.value)]:
            other = seen.setdefault(name, item)
            if other is not item:
                raise PluginError(f"{other.plugin} and {item.plugin} both declare {hook} {name!r}")


def names_of(value: Any) -> Sequence[str]:
    """What nobody else may declare in the same hook."""
    if isinstance(value, PiccoloApp):
        return [value.name, *(f"table {table._meta.tablename}" for table in value.tables)]
    key = getattr(value, "key", None)
    return [key] if isinstance(key, str) else []


def check_schema(declared: Mapping[str, tuple[Declared, ...]]) -> None:
    """No column can leak: text, JSON and binary columns are sealed or stand on their table's clear list with a reason."""
    described: dict[type[Table], RecordDeclaration | TableDeclaration] = {}
    for hook in ("records", "tables"):
        for item in declared.get(hook, ()):
            described[item.value.table] = item.value
    for item in declared.get("piccolo_apps", ()):
        if not item.plugin.built_in and item.value.name != item.plugin.info.key:
            raise PluginError(
                f"{item.plugin}: its Piccolo app is named {item.value.name}, and must be named as its key"
            )
        for table in item.value.tables:
            declaration = described.get(table)
            if declaration is None:
                raise PluginError(
                    f"{item.plugin}: table {table._meta.tablename} does not say what happens on export, erasure and retention: "
                    f"return it from the hook `records`, or from `tables` with the reason why it needs nothing{place(table)}"
                )
            check_table(item.plugin, table, declaration)
    check_classes(declared.get("records", ()))


def check_classes(declared: Sequence[Declared]) -> None:
    """A class ends as a whole, with its key: what outlasts an erasure cannot be under the same key as what does not."""
    ending = {item.value.retention_class: item for item in declared if item.value.erasure != "keep"}
    for item in declared:
        other = ending.get(item.value.retention_class)
        if item.value.erasure == "keep" and other is not None:
            raise PluginError(
                f"{item.plugin}: {item.value.name} is kept on erasure, and {other.value.name} of the same retention class "
                f"{item.value.retention_class!r} is not: what is kept needs a class of its own{place(item.value.table)}"
            )


def check_table(plugin: LoadedPlugin, table: type[Table], declaration: RecordDeclaration | TableDeclaration) -> None:
    name = table._meta.tablename
    if not plugin.built_in and not name.startswith(f"{plugin.info.key}_"):
        raise PluginError(f"{plugin}: the name of table {name} must begin with {plugin.info.key}_{place(table)}")
    columns = {column._meta.name: column for column in table._meta.columns}
    if isinstance(declaration, RecordDeclaration):
        missing = {"id", "version", "sealed"} - set(columns)
        if declaration.subject is not None:
            missing |= {declaration.subject} - set(columns)
        if missing:
            raise PluginError(f"{plugin}: record table {name} lacks {', '.join(sorted(missing))}{place(table)}")
        if declaration.begins and not isinstance(columns.get(declaration.begins), BEGINS):
            raise PluginError(f"{plugin}: `begins` of {name} must name a column of days or moments{place(table)}")
        if declaration.erasure == "keep" and not declaration.keeps:
            raise PluginError(
                f"{plugin}: record table {name} is kept on erasure without a reason: say it in `keeps`{place(table)}"
            )
    for column_name, column in columns.items():
        if isinstance(column, LEAKY) and column_name != "sealed" and not declaration.clear.get(column_name):
            raise PluginError(
                f"{plugin}: column {name}.{column_name} could hold personal data in the clear: seal it, or give the reason in "
                f"`clear`{place(table)}"
            )


def place(table: type[Table]) -> str:
    """The file that defines it, so that nobody has to search for it."""
    file = getattr(sys.modules.get(table.__module__), "__file__", None)
    return f" ({file})" if file else ""

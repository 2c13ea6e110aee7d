"""Migrations: what they build is what the tables say, on both engines, and their names cannot collide."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from confida_core.piccolo_app import app
from confida_core.storage.migrations import MigrationError, known

pytestmark = pytest.mark.anyio
ENGINE_MODULES = {"confida_core.storage.engine"}


async def columns_of(crm: Any) -> dict[str, set[str]]:
    """Table -> column names, as the database has them."""
    if crm.data.engine == "postgres":
        rows = await crm.data.fetch(
            "SELECT table_name AS name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
    else:
        rows = await crm.data.fetch(
            "SELECT t.name AS name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["name"], set()).add(row["column_name"])
    return found


async def test_migrated_schema_equals_the_tables(crm: Any) -> None:
    declared = {
        table._meta.tablename: {column._meta.name for column in table._meta.columns}
        for piccolo_app in crm.registry.apps
        for table in piccolo_app.tables
    }
    migrated = await columns_of(crm)
    assert migrated.pop("migration") == {"app_name", "name", "ran_on"}
    assert migrated == declared


async def test_unique_columns_are_unique_in_the_database(crm: Any) -> None:
    wanted = {
        (table._meta.tablename, column._meta.name)
        for piccolo_app in crm.registry.apps
        for table in piccolo_app.tables
        for column in table._meta.columns
        if column._meta.unique
    }
    if crm.data.engine == "postgres":
        rows = await crm.data.fetch(
            "SELECT c.relname AS name, a.attname AS column_name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indisunique AND i.indnatts = 1"
        )
    else:
        rows = await crm.data.fetch(
            "SELECT t.name AS name, c.name AS column_name FROM sqlite_master t JOIN pragma_index_list(t.name) i "
            "JOIN pragma_index_info(i.name) c WHERE t.type = 'table' AND i.\"unique\""
        )
    assert wanted - {(row["name"], row["column_name"]) for row in rows} == set()


def test_every_migration_file_begins_with_its_app() -> None:
    assert [step.name for step in known(app())], "core ships migrations"


def test_migration_named_after_another_app_is_refused(tmp_path: Path) -> None:
    import dataclasses

    (tmp_path / "confida_other_initial.py").write_text("")
    with pytest.raises(MigrationError, match="must begin with confida_core_"):
        known(dataclasses.replace(app(), migrations=tmp_path))


def test_migrations_import_nothing_of_the_app_but_the_engine() -> None:
    for step in known(app()):
        modules = {
            node.module
            for node in ast.walk(ast.parse(step.path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("confida_")
        }
        assert modules <= ENGINE_MODULES, step.name

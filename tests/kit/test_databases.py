"""Databases that tests borrow on PostgreSQL: the next test finds them as they were made, or gets others."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from confida_web.testing.databases import Pairs

TEMPLATE = (
    "CREATE TABLE first_keys (id serial PRIMARY KEY, name text)",
    "CREATE TABLE note (id serial PRIMARY KEY, key integer REFERENCES first_keys, words text)",
    "CREATE TABLE unchanged (name text)",
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$",
    "CREATE TRIGGER never BEFORE DELETE OR TRUNCATE ON note FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
    "INSERT INTO first_keys (name) VALUES ('a'), ('b')",
    "INSERT INTO unchanged VALUES ('always')",
)
SEEN = "SELECT (SELECT array_agg(id || name) FROM first_keys), (SELECT count(*) FROM note), (SELECT max(name) FROM unchanged)"


def run(pairs: Pairs, name: str, *statements: str, leave: bool = False) -> list[Any]:
    """The answer of the last statement. leave: without saying goodbye, as a process that was killed."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(pairs.url(name))
        found = [list(map(tuple, await connection.fetch(one))) for one in statements]
        if leave:
            connection.terminate()
        else:
            await connection.close()
        return found[-1]

    return asyncio.run(ask())


@pytest.fixture
def templates(postgres_databases: Pairs) -> dict[str, str]:
    names = postgres_databases.new()
    for name in names.values():
        run(postgres_databases, name, *TEMPLATE)
    return names


def test_what_a_test_wrote_is_gone_for_the_next_and_what_was_there_is_there(
    postgres_databases: Pairs, templates: dict[str, str]
) -> None:
    names = postgres_databases.lend(templates)
    fresh = [(["1a", "2b"], 0, "always")]
    for store, name in names.items():
        assert run(postgres_databases, name, SEEN) == fresh
        written = run(
            postgres_databases, name, "INSERT INTO first_keys (name) VALUES ('c')",
            "INSERT INTO note (key, words) VALUES (3, 'x')", "DELETE FROM first_keys WHERE id = 1", SEEN, leave=store == "keyring",
        )  # fmt: skip
        assert written == [(["2b", "3c"], 1, "always")]
    postgres_databases.take_back(templates, names)
    assert postgres_databases.lend(templates) == names
    for name in names.values():
        assert run(postgres_databases, name, SEEN) == fresh
        numbers = (
            "INSERT INTO first_keys (name) VALUES ('d') RETURNING id",
            "INSERT INTO note (key) VALUES (1) RETURNING id",
        )
        assert [run(postgres_databases, name, one) for one in numbers] == [[(3,)], [(1,)]]
    postgres_databases.take_back(templates, names)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE other (id integer)",
        "ALTER TABLE note ADD COLUMN more text",
        "DROP TABLE unchanged",
        "DROP TRIGGER never ON note",
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE SCHEMA aside",
        "CREATE INDEX later ON note (words)",
    ],
)
def test_databases_whose_tables_a_test_changed_are_lent_to_nobody_else(
    postgres_databases: Pairs, templates: dict[str, str], change: str
) -> None:
    names = postgres_databases.lend(templates)
    run(postgres_databases, names["keyring"], change)
    postgres_databases.take_back(templates, names)
    others = postgres_databases.lend(templates)
    assert set(others.values()) & set(names.values()) == set()
    assert run(postgres_databases, others["keyring"], SEEN) == [(["1a", "2b"], 0, "always")]
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        run(postgres_databases, names["keyring"], "SELECT 1")
    postgres_databases.take_back(templates, others)

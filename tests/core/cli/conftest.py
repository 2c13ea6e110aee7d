"""The command line as an operator uses it: settings in the home's config.toml, exit codes, standard output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from confida_core.cli.program import command_line
from confida_core.ids import new_id

# As they are installed: without consent its tables would belong to nobody.
BUILT_IN = ("confida_core.hooks", "confida_consent.hooks")
SPECIFICATIONS = ("confida_consent.hookspecs:ConsentHooks",)


@dataclass
class Shell:
    """`shell("user", "list")` runs a command and expects it to succeed; `code` is what it must end with instead."""

    home: Path

    def __call__(self, *words: str, code: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(
            command_line(BUILT_IN, specifications=SPECIFICATIONS),
            ["--home", str(self.home), *words],
            input=typed,
            prog_name="confida",
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code).stdout)


@pytest.fixture
def new_databases(engine: str, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Settings that name two empty databases of the engine; for SQLite nothing has to be named."""
    if engine == "sqlite":
        yield {}
        return
    server, names = request.getfixturevalue("postgres_server"), {}
    for setting in ("database_url", "keyring_url"):
        names[setting] = f"empty_{new_id().hex}"
        server.psql(f'CREATE DATABASE "{names[setting]}"')
    yield {setting: server.get_uri(database=name) for setting, name in names.items()}
    for name in names.values():
        server.psql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty_shell(tmp_path: Path, new_databases: dict[str, str]) -> Shell:
    """A home with a configuration and nothing else."""
    home = tmp_path / "empty"
    home.mkdir(mode=0o700)
    return configured(home, new_databases)


@pytest.fixture
def shell(settings: Any) -> Shell:
    """An installation as `confida init` leaves it."""
    settings.home.chmod(0o700)
    urls = {"database_url": settings.database_url, "keyring_url": settings.keyring_url}
    return configured(settings.home, {name: url for name, url in urls.items() if url})


def configured(home: Path, urls: dict[str, str]) -> Shell:
    (home / "config.toml").write_text("\n".join(f'{name} = "{url}"' for name, url in urls.items()))
    return Shell(home)


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder with its bytes, to show that nothing was touched."""

    def take(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".in-use"
        }

    return take

"""What every command shares: the settings, an open installation, how to print, and what the exit code means."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from confida_core.installation import Installation
    from confida_core.registry import Registry
    from confida_core.settings import Settings
    from confida_core.vault.access import Access

T = TypeVar("T")

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused or failed; nothing was half done
  2  wrong usage
  3  the keys are missing or wrong; no data was touched
  4  the storage is full, busy or cannot be reached
  5  doctor, ledger or drill found something that must be mended
  6  imported, but some rows could not be read
"""
FAILED, LOCKED, STORAGE, UNSOUND = 1, 3, 4, 5
# Errors by the place where they are defined: importing those places would make every `--help` slow.
CODES: Mapping[str, int] = {
    "confida_core.vault.unlock.Locked": LOCKED,
    "confida_core.storage.database.WrongKey": LOCKED,
    "confida_core.vault.sealing.SealBroken": LOCKED,
    "confida_core.storage.database.StorageFull": STORAGE,
    "confida_core.storage.database.Busy": STORAGE,
    "confida_core.storage.database.DatabaseError": FAILED,
    "confida_core.storage.migrations.MigrationError": FAILED,
    "confida_core.settings.InvalidSettings": FAILED,
    "confida_core.loaded_plugin.PluginError": FAILED,
    "confida_core.presence.InUse": FAILED,
    "confida_core.backup.manifest.BackupDamaged": FAILED,
    "confida_core.backup.plan.RestoreRefused": FAILED,
    "confida_core.backup.age_files.InvalidKey": FAILED,
    "confida_core.backup.age_files.KeyMissing": LOCKED,
    "confida_core.jobs.queue.UnknownJob": FAILED,
    "confida_core.accounts.staff.InvalidAccount": FAILED,
    "confida_core.exchange.draft.UnreadableFile": FAILED,
    "confida_core.exchange.imports.NotNow": FAILED,
    "confida_core.exchange.mapping.InvalidMapping": FAILED,
    "confida_core.storage.file_seal.TooLarge": FAILED,
    "confida_core.demo.loading.DemoPresent": FAILED,
    "confida_core.vault.access.NotFound": FAILED,
    "confida_core.vault.access.Forbidden": FAILED,
}


class NotSetUp(click.ClickException):
    """There is no installation in the home folder."""

    exit_code = LOCKED


@dataclass(kw_only=True)
class Program:
    """One run of the command line.

    built_in: names of our own modules that declare through hooks. specifications: `module:Class` of further hookspecs.
    """

    built_in: Sequence[str]
    specifications: Sequence[str] = ()
    given: dict[str, Any] = field(default_factory=dict)
    passphrase: str | None = field(default=None, repr=False)

    def ask(self) -> str:
        """The passphrase, asked for once in a run."""
        if self.passphrase is None:
            self.passphrase = ask_passphrase()
        return self.passphrase

    def remembered(self) -> Callable[[], str] | None:
        """Answers with the passphrase that was given, in another process too; None if none was needed."""
        return None if self.passphrase is None else partial(str, self.passphrase)

    @cached_property
    def settings(self) -> Settings:
        from confida_core.settings import read_settings

        return read_settings(**self.given)

    @cached_property
    def registry(self) -> Registry:
        from confida_core.hookspecs import CoreHooks
        from confida_core.registry import load_registry

        modules = [importlib.import_module(name) for name in self.built_in]
        # The hooks of every layer are known, so that a plugin with pages loads here too; the pages are not.
        known = [CoreHooks, *(named(place) for place in self.specifications)]
        return load_registry(self.settings.plugins, built_in=modules, specifications=known)

    @cached_property
    def console(self) -> Console:
        """For people; it goes to standard error, so that standard output stays for what a script reads."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Installation]:
        """The installation, unlocked and open, beside a running server. Raises Locked, WrongKey and NotSetUp."""
        from confida_core.installation import open_installation
        from confida_core.presence import present

        require_set_up(self.settings)
        with present(self.settings.home):
            async with open_installation(self.settings, self.registry, ask=self.ask) as crm:
                yield crm

    def run(self, work: Callable[[Installation], Awaitable[T]]) -> T:
        """Do this with the open installation."""

        async def inside() -> T:
            async with self.opened() as crm:
                return await work(crm)

        return asyncio.run(inside())

    def access(self, command: str, purpose: str = "operation") -> Access:
        """Whoever can run a command on this machine holds the keys; what it does is done by the program itself."""
        from confida_core.vault.access import system_access

        return system_access(f"confida {command}", purpose)


def require_set_up(settings: Settings) -> None:
    """An existing database without its keys is a different thing from no installation at all: never offer to start anew."""
    root = settings.key_places.root_file
    if root.exists() or (settings.home / "confida.db").exists():
        return
    raise NotSetUp(f"there is no installation in {settings.home} (looked for {root}); make one with `confida init`")


def ask_passphrase() -> str:
    """From the terminal without echo, or one line of standard input for a service that pipes it in."""
    if sys.stdin.isatty():
        answer: str = click.prompt("Passphrase", hide_input=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\n")


pass_program = click.make_pass_decorator(Program)


def print_json(value: Any) -> None:
    """One JSON document on standard output; ids, dates and paths as text."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def named(place: str) -> Any:
    """What `module:attribute` names."""
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


class Commands(click.Group):
    """Loads a command's module when it is called, and turns known errors into a sentence and an exit code."""

    def __init__(self, *args: Any, places: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = dict(places or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        command: click.Command = named(place)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = exit_code_of(error)
            if code is None:
                raise
            click.echo(f"confida: {sentence(error)}", err=True)
            ctx.exit(code)


def exit_code_of(error: Exception) -> int | None:
    """The code for an error or the nearest of its ancestors; None for a fault of ours, which shows its traceback."""
    for kind in type(error).__mro__:
        code = CODES.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code
    return None


def sentence(error: Exception) -> str:
    """What went wrong, for people; our own errors never hold values."""
    errors = getattr(error, "errors", None)
    if isinstance(errors, dict) and errors:
        return " ".join(str(text) for text in errors.values())
    text = str(error)
    name = type(error).__name__
    return text or {"NotFound": "there is no such record", "NotNow": "the import is not at that step"}.get(name, name)


CORE_COMMANDS: Mapping[str, str] = {
    "init": "confida_core.cli.setting_up:init",
    "migrate": "confida_core.cli.setting_up:migrate",
    "doctor": "confida_core.cli.doctor:doctor",
    "health": "confida_core.cli.health:health",
    "user": "confida_core.cli.users:user",
    "demo": "confida_core.cli.demo:demo",
    "reindex": "confida_core.cli.index:reindex",
    "keys": "confida_core.cli.keys:keys",
    "backup": "confida_core.cli.backups:backup",
    "backup-key": "confida_core.cli.backups:backup_key",
    "restore": "confida_core.cli.backups:restore",
    "plugins": "confida_core.cli.plugins:plugins",
    "jobs": "confida_core.cli.jobs:jobs",
    "import": "confida_core.cli.exchange:import_files",
    "export": "confida_core.cli.exporting:export",
}


def command_line(
    built_in: Sequence[str], places: Mapping[str, str] | None = None, specifications: Sequence[str] = ()
) -> Commands:
    """The `confida` command with these commands besides core's. places: name -> `module:attribute`."""

    @click.group(
        cls=Commands,
        places={**CORE_COMMANDS, **(places or {})},
        epilog=EXIT_CODES,
        context_settings={"max_content_width": 100},
    )
    @click.option("--home", type=click.Path(path_type=Path), help="Folder of the installation (default: ./var).")
    @click.version_option(package_name="confida", prog_name="confida")
    @click.pass_context
    def confida(ctx: click.Context, home: Path | None) -> None:
        """Confida: a CRM that keeps personal data in confidence."""
        ctx.obj = Program(
            built_in=built_in, specifications=specifications, given={} if home is None else {"home": home}
        )

    assert isinstance(confida, Commands)  # noqa: S101 -- Tells the type checker what `cls` made.
    return confida

"""What every command shares: the settings, an open installation, how to print, and what the exit code means."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from confida_core.cli.exit_codes import EXIT_CODES, FAILED, LOCKED, STORAGE, UNSOUND, exit_code_of, sentence
from confida_core.cli.plugin_commands import plugin_places, plugin_places_or_note

if TYPE_CHECKING:
    from rich.console import Console

    from confida_core.installation import Installation
    from confida_core.registry import Registry
    from confida_core.settings import Settings
    from confida_core.vault.access import Access

T = TypeVar("T")


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
        return load_registry(self.settings.enabled_plugins, built_in=modules, specifications=known)

    @cached_property
    def console(self) -> Console:
        """For people; it goes to standard error, so that standard output stays for what a script reads."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    def in_safe_mode(self) -> Program:
        """The same run without any plugin."""
        return replace(self, given={**self.given, "no_plugins": True})

    @asynccontextmanager
    async def opened(self, *, alone: bool = False) -> AsyncIterator[Installation]:
        """The installation, unlocked and open, beside a running server. Raises Locked, WrongKey and NotSetUp.

        alone: no other program may be at work in it, a server for instance; raises InUse.
        """
        from confida_core.installation import open_installation
        from confida_core.presence import present

        require_set_up(self.settings)
        with present(self.settings.home, alone=alone):
            async with open_installation(self.settings, self.registry, ask=self.ask) as crm:
                yield crm

    def run(self, work: Callable[[Installation], Awaitable[T]], *, alone: bool = False) -> T:
        """Do this with the open installation."""

        async def inside() -> T:
            async with self.opened(alone=alone) as crm:
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
    """Loads a command's module when it is called, and turns known errors into a sentence and an exit code.

    places: name -> `module:attribute`. program: makes what the commands share; it knows the commands of plugins.
    """

    def __init__(
        self,
        *args: Any,
        places: Mapping[str, str] | None = None,
        program: Callable[[click.Context], Program] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.program = dict(places or {}), program

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = plugin_places_or_note(self.program(ctx)) if self.program else {}
        return sorted({*super().list_commands(ctx), *self.places, *found})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None and self.program:
            place = plugin_places(self.program(ctx)).get(cmd_name)
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


CORE_COMMANDS: Mapping[str, str] = {
    "init": "confida_core.cli.setting_up:init",
    "migrate": "confida_core.cli.setting_up:migrate",
    "doctor": "confida_core.cli.doctor:doctor",
    "health": "confida_core.cli.health:health",
    "user": "confida_core.cli.users:user",
    "tokens": "confida_core.cli.tokens:tokens",
    "demo": "confida_core.cli.demo:demo",
    "reindex": "confida_core.cli.index:reindex",
    "keys": "confida_core.cli.keys:keys",
    "backup": "confida_core.cli.backups:backup",
    "backup-key": "confida_core.cli.backups:backup_key",
    "restore": "confida_core.cli.backups:restore",
    "plugins": "confida_core.cli.plugins:plugins",
    "new-plugin": "confida_core.cli.new_plugin:new_plugin",
    "mail": "confida_core.cli.mail:mail",
    "jobs": "confida_core.cli.jobs:jobs",
    "webhooks": "confida_core.cli.webhooks:webhooks",
    "import": "confida_core.cli.exchange:import_files",
    "export": "confida_core.cli.exporting:export",
}


def command_line(
    built_in: Sequence[str], places: Mapping[str, str] | None = None, specifications: Sequence[str] = ()
) -> Commands:
    """The `confida` command with these commands besides core's. places: name -> `module:attribute`."""

    def program(ctx: click.Context) -> Program:
        if ctx.obj is None:
            home = ctx.params.get("home")
            given: dict[str, Any] = {} if home is None else {"home": home}
            if ctx.params.get("no_plugins"):
                given["no_plugins"] = True
            ctx.obj = Program(built_in=built_in, specifications=specifications, given=given)
        return cast("Program", ctx.obj)

    @click.group(
        cls=Commands,
        places={**CORE_COMMANDS, **(places or {})},
        program=program,
        epilog=EXIT_CODES,
        context_settings={"max_content_width": 100},
    )
    @click.option(
        "--home",
        type=click.Path(path_type=Path),
        # Read before --help, which lists the commands of the plugins that are enabled there.
        is_eager=True,
        help="Folder of the installation (default: ./var).",
    )
    @click.option("--no-plugins", is_flag=True, is_eager=True, help="Safe mode: load no plugin, whatever is enabled.")
    @click.version_option(package_name="confida", prog_name="confida")
    @click.pass_context
    def confida(ctx: click.Context, /, **_: Any) -> None:
        """Confida: a CRM that keeps personal data in confidence."""
        program(ctx)

    assert isinstance(confida, Commands)  # noqa: S101 -- Tells the type checker what `cls` made.
    return confida


__all__ = [
    "EXIT_CODES", "FAILED", "LOCKED", "STORAGE", "UNSOUND", "NotSetUp", "Program", "command_line", "exit_code_of", "pass_program",
    "print_json", "require_set_up",
]  # fmt: skip

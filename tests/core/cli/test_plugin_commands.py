"""Commands of plugins: under the plugin's own name, beside ours, and never in the way of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from confida_consent.commands import CONSENT_COMMANDS
from confida_core.api import CLICommand, PluginInfo, Program, hookimpl, pass_program
from confida_core.cli.program import command_line
from tests.core.cli.conftest import BUILT_IN, SPECIFICATIONS


@click.group()
def club() -> None:
    """Looks after clubs."""


@club.command()
@pass_program
def where(program: Program) -> None:
    """Prints the home folder."""
    click.echo(program.settings.home)


@dataclass
class Point:
    """An entry point of an installed distribution, as importlib.metadata shows it."""

    module: ModuleType
    name: str = "club"
    value: str = "confida_club"
    dist: Any = None

    def load(self) -> ModuleType:
        return self.module


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of an installation with an enabled plugin whose command is `name`."""
    (tmp_path / "config.toml").write_text('plugins = ["club"]\n')
    install(monkeypatch, "club")
    return tmp_path


def install(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    module: Any = ModuleType("confida_club")
    module.plugin_info = hookimpl(lambda: PluginInfo(key="club", name="Clubs", summary=""))
    module.cli_commands = hookimpl(lambda: [CLICommand(name=name, place=f"{__name__}:club")])
    monkeypatch.setattr("confida_core.registry.metadata.entry_points", lambda group: [Point(module)])


def run(home: Path, *words: str) -> Result:
    program = command_line(BUILT_IN, CONSENT_COMMANDS, SPECIFICATIONS)
    return CliRunner().invoke(program, ["--home", str(home), *words], prog_name="confida")


def test_command_of_a_plugin_runs_with_what_all_commands_share(home: Path) -> None:
    found = run(home, "club", "where")
    assert (found.exit_code, found.stdout.strip()) == (0, str(home))


def test_help_lists_commands_of_enabled_plugins_only(home: Path) -> None:
    assert "  club        Looks after clubs.\n" in run(home, "--help").stdout
    (home / "config.toml").write_text("")
    assert [run(home, *words).exit_code for words in (["--help"], ["club"])] == [0, 2]
    assert "club" not in run(home, "--help").stdout


@pytest.mark.parametrize("name", ["ledger", "init", "other"])
def test_a_plugin_cannot_take_the_name_of_another_command(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    install(monkeypatch, name)
    refused = run(home, "club", "where")
    assert refused.exit_code == 1
    assert f"'{name}' must begin with the plugin's own key: name it 'club'" in refused.stderr


def test_help_and_our_own_commands_work_whatever_is_wrong_with_a_plugin(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "init")
    found = run(home, "--help")
    assert (found.exit_code, "  ledger " in found.stdout, "are not shown: " in found.stderr) == (0, True, True)
    assert run(home, "ledger", "--help").exit_code == 0


def test_our_own_commands_are_declared_like_those_of_plugins() -> None:
    from confida_consent import hooks as consent_hooks
    from confida_web import hooks as web_hooks

    declared = [*consent_hooks.cli_commands(), *web_hooks.cli_commands()]
    assert [(one.name, one.place) for one in declared] == [
        *CONSENT_COMMANDS.items(),
        ("serve", "confida_web.serving:serve"),
    ]

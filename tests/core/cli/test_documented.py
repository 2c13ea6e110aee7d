"""The page about the command line names every command and every exit code, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import click

from confida_consent.commands import CONSENT_COMMANDS
from confida_core.cli.program import EXIT_CODES, command_line

PAGE = Path(__file__).resolve().parents[3] / "docs" / "command-line.md"


def commands() -> set[str]:
    """Every command as it is typed, without `confida`."""
    program = command_line(("confida_core.hooks",), {**CONSENT_COMMANDS, "serve": "confida_web.serving:serve"})
    context, found = click.Context(program), set()
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if isinstance(command, click.Group):
            found |= {f"{name} {part}" for part in command.list_commands(context)}
        else:
            found.add(name)
    return found


def documented() -> set[str]:
    found = set()
    for cell in re.findall(r"^\| (`confida [^|]*) \|", PAGE.read_text(), re.MULTILINE):
        words = [word.removeprefix("confida ") for word in re.findall(r"`([^`]+)`", cell)]
        group = words[0].split()[0] if " " in words[0] else ""
        found |= {word if word == words[0] or not group else f"{group} {word}" for word in words}
    return found


def test_every_command_is_documented_and_no_other() -> None:
    assert documented() == commands()


def test_every_exit_code_is_documented() -> None:
    told = set(re.findall(r"^\| (\d) \|", PAGE.read_text(), re.MULTILINE))
    assert told == set(re.findall(r"^  (\d)  ", EXIT_CODES, re.MULTILINE))


def test_every_command_says_what_it_does() -> None:
    program = command_line(("confida_core.hooks",))
    context = click.Context(program)
    found = {name: program.get_command(context, name) for name in program.list_commands(context)}
    assert [name for name, command in found.items() if command is None or not command.get_short_help_str()] == []

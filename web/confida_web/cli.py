"""The `confida` command: core's and consent's commands, and `serve`."""

from __future__ import annotations

from confida_consent.commands import CONSENT_COMMANDS
from confida_core.cli.program import command_line
from confida_web.commands import WEB_COMMANDS

BUILT_IN = ("confida_core.hooks", "confida_consent.hooks")
SPECIFICATIONS = ("confida_consent.hookspecs:ConsentHooks", "confida_web.hookspecs:WebHooks")


def main() -> None:
    """Console script."""
    command_line(BUILT_IN, {**CONSENT_COMMANDS, **WEB_COMMANDS}, SPECIFICATIONS)(prog_name="confida")

"""The `confida` command: core's and consent's commands, and `serve`."""

from __future__ import annotations

from confida_consent.cli import CONSENT_COMMANDS
from confida_core.cli.program import command_line

BUILT_IN = ("confida_core.hooks", "confida_consent.hooks")
SPECIFICATIONS = ("confida_consent.hookspecs:ConsentHooks", "confida_web.hookspecs:WebHooks")


def main() -> None:
    """Console script."""
    command_line(BUILT_IN, {**CONSENT_COMMANDS, "serve": "confida_web.serving:serve"}, SPECIFICATIONS)(
        prog_name="confida"
    )

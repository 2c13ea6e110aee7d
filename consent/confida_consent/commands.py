"""The commands consent brings. Apart from what they do, so that knowing of them imports nothing."""

from __future__ import annotations

from confida_core.declarations import CLICommand

COMMANDS = (
    CLICommand(name="ledger", place="confida_consent.cli:ledger"),
    CLICommand(name="drill", place="confida_consent.drill.command:drill"),
)
CONSENT_COMMANDS = {command.name: command.place for command in COMMANDS}

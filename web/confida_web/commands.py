"""The commands web brings. Apart from what they do, so that knowing of them imports nothing."""

from __future__ import annotations

from confida_core.declarations import CLICommand

COMMANDS = (CLICommand(name="serve", place="confida_web.serving:serve"),)
WEB_COMMANDS = {command.name: command.place for command in COMMANDS}

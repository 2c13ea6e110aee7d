"""What the list of plugins shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginRow:
    """One installed plugin. builtin: part of Confida. settings_href: its settings, or None."""

    key: str
    name: str
    version: str
    distribution: str = ""
    summary: str = ""
    hooks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    enabled: bool = True
    builtin: bool = False
    settings_href: str | None = None


@dataclass(frozen=True, kw_only=True)
class PluginsPage(Page):
    """GET /plugins."""

    template: ClassVar[str] = "plugins/plugins.html"
    title: ClassVar[str] = "Plugins"

    plugins: tuple[PluginRow, ...] = ()

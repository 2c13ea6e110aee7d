"""What the pages about plugins show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginRow:
    """One plugin. builtin: part of Confida. bundled: comes with it. parked: off, and loaded for the data it keeps only.

    missing: it keeps data and is not installed. pending: what the next start will change: enable, disable, drop or "".
    settings_href: its settings, or None. about_href: its own page, or None.
    """

    key: str
    name: str
    version: str
    distribution: str = ""
    summary: str = ""
    hooks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    enabled: bool = True
    builtin: bool = False
    bundled: bool = False
    parked: bool = False
    missing: bool = False
    keeps_data: bool = False
    pending: str = ""
    problem: str = ""
    settings_href: str | None = None
    about_href: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultRow:
    """A part of a plugin that is switched off. kind: type of the last error; where: its place in the code, in no language."""

    id: str
    plugin: str
    name: str
    version: str
    part: str
    key: str
    since: datetime
    kind: str
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class PluginsPage(Page):
    """GET /settings/plugins. others: how many there are beside Confida's own parts. faults: what is switched off.

    Each fault has a button that posts `which` to /settings/plugins/<key>/switch-on.
    """

    template: ClassVar[str] = "plugins/plugins.html"
    title: ClassVar[str] = "Plugins"

    plugins: tuple[PluginRow, ...] = ()
    faults: tuple[FaultRow, ...] = ()
    others: int = 0
    restart: bool = False
    safe_mode: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredGroup:
    """Things of one kind that a plugin declares: (key or path, in words)."""

    title: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRow:
    """count: rows that are there now; None if the table is not made yet. ends: retention class, "" without people."""

    name: str
    label: str
    ends: str = ""
    purpose: str = ""
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class PluginPage(Page):
    """GET /settings/plugins/<key>/about: what it declares, and what can be done about it.

    waiting: migrations that have not run. fixed: why the list of plugins cannot be written here, "" if it can.
    """

    template: ClassVar[str] = "plugins/plugin.html"
    title: ClassVar[str] = "Plugin"
    blocks: ClassVar[tuple[str, ...]] = ("actions",)

    plugin: PluginRow
    groups: tuple[DeclaredGroup, ...] = ()
    tables: tuple[TableRow, ...] = ()
    stores: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    may_enable: bool = False
    may_disable: bool = False
    may_upgrade: bool = False
    may_purge: bool = False
    fixed: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class PurgePage(Page):
    """GET and POST /settings/plugins/<key>/purge. obstacle: why it cannot be done now.

    classes: whose keys are destroyed. shared_classes: whose keys others use too. stores_in_reach: whether the plugin is
    there to empty its places beside the tables. exported: an archive was made.
    """

    template: ClassVar[str] = "plugins/purge.html"
    title: ClassVar[str] = "Remove the data of a plugin"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    key: str
    name: str
    tables: tuple[TableRow, ...] = ()
    people: int = 0
    classes: tuple[str, ...] = ()
    shared_classes: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    stores_in_reach: bool = True
    exported: bool = False
    obstacle: str = ""
    before: str = ""
    recipient: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

"""What administrators see: fields, relationship types, teams, the system and its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.display import ONE_PAGE, Errors, Option, Paging, Tab
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsLink:
    """icon: a symbol of the icon sheet. text: what is decided there."""

    label: str
    href: str
    text: str
    icon: str = "settings"


@dataclass(frozen=True, kw_only=True)
class SettingsPage(Page):
    """GET /settings: the way to all settings this account may see."""

    template: ClassVar[str] = "settings/index.html"
    title: ClassVar[str] = "Settings"

    links: tuple[SettingsLink, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomFieldRow:
    """One field that an administrator defined. choices: labels, in order."""

    key: str
    label: str
    type: str
    applies_to: str = ""
    choices: tuple[str, ...] = ()
    hint: str = ""
    used: int = 0
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomFieldsPage(Page):
    """GET /settings/fields. Creates by POST there (label, key, type, applies_to, choices one a line, hint).

    POST /settings/fields/{key}/retire and .../restore. types, kinds: choices of the form.
    """

    template: ClassVar[str] = "settings/fields.html"
    title: ClassVar[str] = "Custom fields"
    blocks: ClassVar[tuple[str, ...]] = ("fields", "form")

    fields: tuple[CustomFieldRow, ...] = ()
    types: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    label: str = ""
    key: str = ""
    choices: str = ""
    hint: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationshipTypeRow:
    """label: read forwards ("works at"). reverse: read backwards ("employs"). builtin: may not be removed."""

    key: str
    label: str
    reverse: str
    used: int = 0
    builtin: bool = False
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class RelationshipTypesPage(Page):
    """GET /settings/relationships. Creates by POST there (label, reverse).

    POST /settings/relationships/{key}/retire.
    """

    template: ClassVar[str] = "settings/relationships.html"
    title: ClassVar[str] = "Relationship types"
    blocks: ClassVar[tuple[str, ...]] = ("types", "form")

    types: tuple[RelationshipTypeRow, ...] = ()
    label: str = ""
    reverse: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRow:
    """members: names, as shown. accounts: everybody as options, the members chosen; without them it cannot be changed."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    accounts: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TeamsPage(Page):
    """GET /settings/teams. Creates by POST there (name, members repeated).

    POST /settings/teams/{id} changes one (name, members).
    """

    template: ClassVar[str] = "settings/teams.html"
    title: ClassVar[str] = "Teams"
    blocks: ClassVar[tuple[str, ...]] = ("teams", "form")

    teams: tuple[TeamRow, ...] = ()
    accounts: tuple[Option, ...] = ()
    name: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OrganisationPage(Page):
    """GET and POST /settings/organisation: who is responsible for the data.

    values: what stands in the fields, by the names of `Controller`. fallbacks: what is said where a field is empty.
    missing: names of fields that people have to be told and that nothing is known of.
    """

    template: ClassVar[str] = "settings/organisation.html"
    title: ClassVar[str] = "Organisation"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    values: Mapping[str, str]
    fallbacks: Mapping[str, str]
    missing: tuple[str, ...] = ()
    countries: tuple[Option, ...] = ()
    authorities: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginSettingRow:
    """One setting of a plugin. kind: text, number, yes_no, choice, lines or secret. text: what stands in the field, never a
    secret; chosen: a secret is set, a box is ticked. place: its name outside, where it wins over what is saved here.
    """

    name: str
    label: str
    kind: str
    origin: str
    place: str
    hint: str = ""
    text: str = ""
    chosen: bool = False
    fixed: bool = False
    choices: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PluginSettingsPage(Page):
    """GET and POST /settings/plugins/<key>: what can be chosen of a plugin, and where each value comes from."""

    template: ClassVar[str] = "settings/plugin.html"
    title: ClassVar[str] = "Settings of a plugin"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    key: str
    name: str
    rows: tuple[PluginSettingRow, ...]
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One finding of the doctor. text: what it found; remedy: what can be done, "" if nothing is to do."""

    name: str
    state: Literal["good", "warning", "bad"]
    text: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EffectiveSetting:
    """origin: where the value comes from ("default", "environment", "config.toml"). A secret: "set" or "not set"."""

    key: str
    value: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class SystemPage(Page):
    """GET /settings/system: the doctor's findings, versions, the settings in force."""

    template: ClassVar[str] = "settings/system.html"
    title: ClassVar[str] = "System"
    blocks: ClassVar[tuple[str, ...]] = ("checks",)

    checks: tuple[Check, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    settings: tuple[EffectiveSetting, ...] = ()
    recovery_key_confirmed: bool = True
    confirm_action: str = "/settings/system/recovery-key"
    checked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRow:
    """One job. kind: its registered name. error: the type of the last error and where, never its text."""

    id: str
    kind: str
    state: Literal["waiting", "running", "done", "dead"]
    queued_at: datetime
    due_at: datetime | None = None
    attempts: int = 0
    max_attempts: int = 0
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class JobsPage(Page):
    """GET /jobs. tabs: waiting, running, done, dead. POST /jobs/{id}/retry and /jobs/{id}/discard for dead ones."""

    template: ClassVar[str] = "settings/jobs.html"
    title: ClassVar[str] = "Jobs"
    blocks: ClassVar[tuple[str, ...]] = ("jobs",)

    tabs: tuple[Tab, ...] = ()
    jobs: tuple[JobRow, ...] = ()
    paging: Paging = ONE_PAGE
    oldest_waiting_seconds: int | None = None

"""An installation for each test: a copy of one that was made once per session, because making one takes a second."""

from __future__ import annotations

import asyncio
import copy
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import pytest

from confida_web.testing.databases import STORES, Pairs
from confida_web.testing.plugin import OPTION

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.registry import Registry
    from confida_core.settings import Settings
    from confida_core.vault.access import Access

LoadRegistry = Callable[["Settings"], "Registry"]


class MakeContact(Protocol):
    """`await contact("Ada Lovelace", email="ada@example.org", note="...")` returns the contact's id.

    kind: "person" or "organisation". content: fields of `ContactContent`.
    """

    async def __call__(
        self, name: str = "Ada Lovelace", *, kind: str = "person", email: str = "", **content: Any
    ) -> UUID: ...


@dataclass(frozen=True)
class Template:
    """A new installation. databases: setting -> name of its database on the server; empty without one."""

    home: Path
    databases: Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """What one installation differs by from another. given: its settings but for where it lies."""

    given: Mapping[str, Any]
    load: LoadRegistry


@dataclass
class Templates:
    """Makes each kind of installation once: by engine, enabled plugins and how declarations are loaded."""

    folders: pytest.TempPathFactory
    made: dict[tuple[Any, ...], Template] = field(default_factory=dict)
    loaded: dict[tuple[LoadRegistry, str], Registry] = field(default_factory=dict)

    def of(self, kind: Kind, pairs: Pairs | None) -> Template:
        # Of the settings only this one changes what lies in the files.
        key = (pairs is not None, kind.given["plugins"], kind.given.get("cipher", True), kind.load)
        if key not in self.made:
            self.made[key] = self._make(kind, pairs)
        return self.made[key]

    def registry(self, kind: Kind, settings: Settings) -> Registry:
        """What is declared; a test may put other things into its own. What it holds is frozen, and the same for all."""
        key = (kind.load, repr(kind.given))
        if key not in self.loaded:
            self.loaded[key] = kind.load(settings)
        return copy.copy(self.loaded[key])

    def _make(self, kind: Kind, pairs: Pairs | None) -> Template:
        from confida_core.installation import open_installation
        from confida_core.settings import read_settings
        from confida_core.setup import initialise, upgrade

        databases = {} if pairs is None else pairs.new()
        home = self.folders.mktemp("template") / "home"
        settings = read_settings(**{**kind.given, "home": home, **urls_of(pairs, databases)})

        async def make() -> None:
            initialise(settings)
            async with open_installation(settings, kind.load(settings)) as installation:
                await upgrade(installation)

        asyncio.run(make())
        return Template(home, databases)


def urls_of(pairs: Pairs | None, databases: Mapping[str, str]) -> dict[str, str]:
    """Always both: a database that the environment of whoever runs the tests names is never touched."""
    return {f"{store}_url": pairs.url(databases[store]) if pairs is not None else "" for store in STORES}


@pytest.fixture(scope="session")
def installation_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """What the installations of this session are copied from."""
    return Templates(tmp_path_factory)


@pytest.fixture
def confida_plugins(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """Names of the plugins that are enabled; `confida_plugins` of pytest's configuration unless a test says otherwise."""
    return tuple(pytestconfig.getini(OPTION) or ())


@pytest.fixture
def confida_settings() -> Mapping[str, Any]:
    """Further settings of the installation, as in its `config.toml`; a test overrides it to choose its own."""
    return {"region": "DE"}


@pytest.fixture
def confida_registry() -> LoadRegistry:
    """How what is declared is loaded: core, consent, web and the enabled plugins."""
    from confida_web.app import load_everything

    return load_everything


@pytest.fixture
def installation_kind(
    confida_settings: Mapping[str, Any], confida_plugins: tuple[str, ...], confida_registry: LoadRegistry
) -> Kind:
    """Which installation a test gets a copy of."""
    return Kind({**confida_settings, "plugins": confida_plugins}, confida_registry)


@pytest.fixture
def settings(
    tmp_path: Path,
    engine: str,
    installation_kind: Kind,
    installation_templates: Templates,
    request: pytest.FixtureRequest,
) -> Iterator[Settings]:
    """Settings of a fresh installation that nobody has opened yet; its databases are lent for this test."""
    from confida_core.settings import read_settings

    pairs: Pairs | None = request.getfixturevalue("postgres_databases") if engine == "postgres" else None
    template = installation_templates.of(installation_kind, pairs)
    home = tmp_path / "home"
    shutil.copytree(template.home, home, symlinks=True)
    names = {} if pairs is None else pairs.lend(template.databases)
    yield read_settings(**{**installation_kind.given, "home": home, **urls_of(pairs, names)})
    if pairs is not None:
        pairs.take_back(template.databases, names)


@pytest.fixture
async def crm(
    settings: Settings, installation_kind: Kind, installation_templates: Templates
) -> AsyncIterator[Installation]:
    """An open installation with the tables of every enabled plugin, as an operator would get it."""
    from confida_core.installation import open_installation

    registry = installation_templates.registry(installation_kind, settings)
    async with open_installation(settings, registry) as installation:
        yield installation


@pytest.fixture
def access(crm: Installation) -> Access:
    """Somebody of the staff who may do everything, at daily work (purpose "relationship")."""
    from confida_core.ids import new_id
    from confida_core.vault.access import Access, Actor

    olga = Actor(id=new_id(), permissions=frozenset(crm.registry.permissions))
    return Access(actor=olga, purpose="relationship", where="test")


@pytest.fixture
def contact(crm: Installation) -> MakeContact:
    """Makes contacts; see `MakeContact`."""
    from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
    from confida_core.contacts.people import create_contact
    from confida_core.vault.access import system_access

    async def make(name: str = "Ada Lovelace", *, kind: str = "person", email: str = "", **content: Any) -> UUID:
        if email:
            content["emails"] = [EmailAddress(address=email)]
        whole = ContactContent(display_name=name, **content)
        return await create_contact(crm, system_access("test"), ContactKind(kind), whole)

    return make

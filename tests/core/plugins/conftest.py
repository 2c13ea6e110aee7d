"""Plugins that are installed for a test, and an installation whose config.toml says which are enabled."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor
from tests.core.plugins.fake import FakePlugins
from tests.core.plugins.warm import WarmProcess

Opening = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePlugins]:
    """Nothing is installed at first; what was imported is forgotten afterwards."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield FakePlugins(folder)
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="session")
def warm_process() -> Iterator[WarmProcess]:
    process = WarmProcess()
    yield process
    process.close()


@pytest.fixture(autouse=True)
def warm_looks(warm_process: WarmProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plugins are looked at in a process that need not import Confida first."""
    monkeypatch.setattr("confida_core.plugins.looking.subprocess", warm_process)


@pytest.fixture
def home(settings: Any) -> Path:
    """The home of an installation whose settings stand in its config.toml."""
    settings.home.chmod(0o700)
    urls = {"database_url": settings.database_url, "keyring_url": settings.keyring_url}
    lines = [f'{name} = "{url}"' for name, url in urls.items() if url]
    (settings.home / "config.toml").write_text("\n".join(["# Ours.", 'region = "DE"', *lines, ""]))
    return Path(settings.home)


@pytest.fixture
def opening(home: Path) -> Opening:
    """`async with opening() as crm`: as the next start would open it."""

    @asynccontextmanager
    async def opened(**given: Any) -> AsyncIterator[Any]:
        from confida_core.installation import open_installation
        from confida_core.settings import read_settings

        settings = read_settings(home=home, **given)
        async with open_installation(settings, registry_of(settings)) as crm:
            yield crm

    return opened


def registry_of(settings: Any) -> Any:
    """Core, consent and what is enabled; the pages would only take time."""
    from confida_consent import hooks as consent_hooks
    from confida_consent.hookspecs import ConsentHooks
    from confida_core import hooks as core_hooks
    from confida_core.hookspecs import CoreHooks
    from confida_core.registry import load_registry

    own = [core_hooks, consent_hooks]
    return load_registry(settings.enabled_plugins, built_in=own, specifications=(CoreHooks, ConsentHooks))


@pytest.fixture
def olga() -> Access:
    permissions = frozenset({"system.manage", "exchange.export", "contacts.read"})
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="operation", where="test")

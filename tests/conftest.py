"""Our own tests stand on the test kit that plugins get (confida_web.testing); this file adds what only we need."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from confida_web.testing.connections import ASYNCIO


def pytest_configure() -> None:
    """No property is broken because an example takes long: the machine may have much else to do."""
    from hypothesis import HealthCheck, settings

    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: a collector that walks through them every few tests costs a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.fixture
def anyio_backend() -> Any:
    return ASYNCIO


@pytest.fixture
def confida_registry() -> Callable[[Any], Any]:
    """Most of our tests do without the pages; tests/web has them all."""
    return without_pages


def without_pages(_: Any) -> Any:
    return own_registry()


def own_registry() -> Any:
    """Core and consent, as every installation has them; the pages come on top in tests/web."""
    from confida_consent import hooks as consent_hooks
    from confida_consent.hookspecs import ConsentHooks
    from confida_core import hooks as core_hooks
    from confida_core.hookspecs import CoreHooks
    from confida_core.registry import load_registry

    return load_registry((), built_in=[core_hooks, consent_hooks], specifications=(CoreHooks, ConsentHooks))

"""Fixtures of the web tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def confida_registry() -> Callable[[Any], Any]:
    """As plugins test, with the pages' own declarations beside core's."""
    from confida_web.app import load_everything

    return load_everything


@pytest.fixture
def own_app(crm: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An application to which a test may add routes: nobody shares it, and the one that others share is kept for them."""
    from confida_web import app

    monkeypatch.setattr(app, "routed", app.routed.__wrapped__)
    return app.create_app(crm)

"""Every test of sales runs with sales enabled; the fixtures are those that anybody's plugin uses."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return ("sales",)


@pytest.fixture(scope="session")
def official_rules() -> Any:
    """The official rules of e-invoices; imported here, because they are heavy and few tests ask for them."""
    from confida_sales.tests.official_rules import OfficialRules

    return OfficialRules()

"""What pytest loads in every run of an environment that has Confida: an option, and nothing else until it is set."""

from __future__ import annotations

import pytest

OPTION = "confida_plugins"
FIXTURES = "confida_web.testing.fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    about = "names of the Confida plugins under test; setting it, even to nothing, brings in Confida's fixtures"
    parser.addini(OPTION, about, type="args", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Names such as `client` belong to others too: they are taken only where somebody asked for them."""
    if config.getini(OPTION) is not None:
        config.pluginmanager.import_plugin(FIXTURES)

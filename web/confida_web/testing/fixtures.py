"""Every fixture of the kit, in one place for pytest to find."""

from __future__ import annotations

from confida_web.testing.assertions import assert_erased, assert_exported, assert_sealed
from confida_web.testing.asynchronous import pytest_generate_tests
from confida_web.testing.clients import app, as_person, as_program, as_role, client, stranger
from confida_web.testing.engines import engine, postgres_databases, postgres_server
from confida_web.testing.installations import (
    access,
    confida_plugins,
    confida_registry,
    confida_settings,
    contact,
    crm,
    installation_kind,
    installation_templates,
    settings,
)
from confida_web.testing.network import no_network
from confida_web.testing.queries import queries

__all__ = [
    "access",
    "app",
    "as_person",
    "as_program",
    "as_role",
    "assert_erased",
    "assert_exported",
    "assert_sealed",
    "client",
    "confida_plugins",
    "confida_registry",
    "confida_settings",
    "contact",
    "crm",
    "engine",
    "installation_kind",
    "installation_templates",
    "no_network",
    "postgres_databases",
    "postgres_server",
    "pytest_generate_tests",
    "queries",
    "settings",
    "stranger",
]

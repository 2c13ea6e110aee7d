"""Consent's tables and migrations."""

from __future__ import annotations

from pathlib import Path

from confida_core.declarations import PiccoloApp
from confida_core.piccolo_app import tables_of

MODULES = (
    "confida_consent.ledger.tables",
    "confida_consent.rights.tables",
    "confida_consent.signing_up.tables",
    "confida_consent.tables",
)


def app() -> PiccoloApp:
    return PiccoloApp(
        name="confida_consent", migrations=Path(__file__).parent / "migrations", tables=tables_of(MODULES)
    )

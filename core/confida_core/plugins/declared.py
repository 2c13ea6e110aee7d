"""What the life of plugins declares."""

from __future__ import annotations

from confida_core.declarations import TableDeclaration
from confida_core.plugins.tables import PluginFootprint

TABLES = (
    TableDeclaration(
        table=PluginFootprint,
        subject_free="What plugins declared about their tables; nothing about anybody.",
        clear={
            "key": "Key of a plugin.",
            "distribution": "Name of an installed distribution.",
            "version": "Its version.",
            "declared": "Names of tables, columns and retention classes, as JSON.",
            "state": "Kept, purging or emptied.",
        },
    ),
)

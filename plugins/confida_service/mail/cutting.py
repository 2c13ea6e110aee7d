"""Cuts what strangers wrote to what may be stored: without characters that no database takes, and no longer than its field."""

from __future__ import annotations

from confida_service.content import LONGEST_MESSAGE


def storable(value: str) -> str:
    """Without NUL and without halves of characters, which neither UTF-8 nor PostgreSQL has a form for."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def line(value: str, longest: int) -> str:
    return storable(" ".join(value.split()))[:longest]


def short(value: str) -> str:
    return line(value, 200)


def text(value: str) -> str:
    return storable(value)[:LONGEST_MESSAGE]

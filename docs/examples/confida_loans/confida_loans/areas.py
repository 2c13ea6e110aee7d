"""The delivery area, for filters and segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confida_core.api import ContactContent

DIGITS = 2


def delivery_area(content: ContactContent, _: Mapping[str, Any]) -> str | None:
    """The first digits of the first postal code there is; None where nobody can tell."""
    codes = (address.postal_code.strip() for address in content.addresses)
    return next((code[:DIGITS] for code in codes if code), None)

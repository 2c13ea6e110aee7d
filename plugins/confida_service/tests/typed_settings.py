"""The form of the plugin's settings as somebody would send it."""

from __future__ import annotations

from msgspec import structs

from confida_service.settings import ServiceSettings


def typed_settings(**changes: str) -> dict[str, str]:
    """Every field as it stands of itself, but for these."""
    usual = structs.asdict(ServiceSettings())
    return {name: str(value) for name, value in usual.items() if not isinstance(value, bool)} | changes

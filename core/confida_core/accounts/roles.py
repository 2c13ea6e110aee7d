"""The five roles and what each may do: the registry's permissions say which role holds which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confida_core.registry import Registry


class Role(StrEnum):
    """Stored by name; the label is what people read."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    STAFF = "staff"
    READONLY = "readonly"
    PRIVACY_OFFICER = "privacy_officer"


LABELS: Mapping[Role, str] = {
    Role.OWNER: "Owner",
    Role.ADMINISTRATOR: "Administrator",
    Role.STAFF: "Staff",
    Role.READONLY: "Read only",
    Role.PRIVACY_OFFICER: "Privacy officer",
}

EVERYBODY = frozenset(Role)
ADMINISTRATORS = frozenset({Role.OWNER, Role.ADMINISTRATOR})
PRIVACY = ADMINISTRATORS | {Role.PRIVACY_OFFICER}
WORKERS = ADMINISTRATORS | {Role.STAFF}


@lru_cache(maxsize=64)
def permissions_of(registry: Registry, role: str) -> frozenset[str]:
    """The permission keys a role holds; none for a role that does not exist."""
    return frozenset(key for key, permission in registry.permissions.items() if role in permission.roles)


def matrix(registry: Registry) -> dict[str, frozenset[str]]:
    """Role -> its permissions, for all roles."""
    return {role.value: permissions_of(registry, role) for role in Role}

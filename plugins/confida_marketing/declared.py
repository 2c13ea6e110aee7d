"""Permissions of marketing; what each part keeps stands in its own `declared`."""

from __future__ import annotations

from confida_core.api import ADMINISTRATORS, EVERYBODY, WORKERS, PermissionDeclaration

PERMISSIONS = (
    PermissionDeclaration(key="marketing.read", label="See segments, campaigns, journeys and results", roles=EVERYBODY),
    PermissionDeclaration(
        key="marketing.write", label="Write segments, messages, campaigns and journeys", roles=WORKERS
    ),
    PermissionDeclaration(key="marketing.send", label="Send campaigns and switch journeys on", roles=ADMINISTRATORS),
    PermissionDeclaration(key="marketing.manage", label="Set up forms, senders and limits", roles=ADMINISTRATORS),
)

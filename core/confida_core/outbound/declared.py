"""What the sending door declares."""

from __future__ import annotations

from confida_core.accounts.roles import EVERYBODY, WORKERS
from confida_core.declarations import PermissionDeclaration
from confida_core.outbound.content import DISCLOSURE, OUTBOUND

RECORDS = (OUTBOUND, DISCLOSURE)

PERMISSIONS = (
    PermissionDeclaration(key="outbound.read", label="See what was sent, and what was refused", roles=EVERYBODY),
    PermissionDeclaration(key="outbound.send", label="Send messages, again if one failed", roles=WORKERS),
)

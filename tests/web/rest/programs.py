"""Programs that use the API, as the test kit makes them, by default with every right over contacts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from confida_web.testing import programs
from confida_web.testing.programs import Program, program_of

__all__ = ["EVERYTHING", "Program", "program", "program_of", "token_of"]

EVERYTHING = ("contacts.read", "contacts.write", "contacts.delete")


async def token_of(crm: Any, account_id: UUID, *, scopes: Iterable[str] = EVERYTHING, **more: str) -> str:
    return await programs.token_of(crm, account_id, scopes=scopes, **more)


async def program(
    app: Any, crm: Any, role: str = "owner", *, scopes: Iterable[str] = EVERYTHING, **more: str
) -> Program:
    return await programs.new_program(app, crm, scopes, role=role, **more)

"""That a token was revoked is kept beside the keys, so that no backup of the data brings it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from confida_core.installation import Installation


def fact(token_id: UUID) -> str:
    return f"token {token_id.hex}"


async def remember_revoked(crm: Installation, token_ids: Iterable[UUID]) -> None:
    """Durable before it returns; before the tokens themselves are removed."""
    for token_id in token_ids:
        await crm.keyring.remember(fact(token_id), 1)


async def end_tokens_of(crm: Installation, account_id: UUID) -> None:
    """Every token of an account, for good. Joins a running transaction."""
    rows = await crm.data.fetch("SELECT id FROM api_token WHERE account_id = ?", account_id)
    await remember_revoked(crm, [row["id"] for row in rows])
    await crm.data.fetch("DELETE FROM api_token WHERE account_id = ?", account_id)


async def end_revoked_tokens(crm: Installation, _: Mapping[str, Any]) -> None:
    """After a restore: remove tokens that were revoked since that backup was made. A job."""
    for row in await crm.data.fetch("SELECT id FROM api_token"):
        if await crm.keyring.remembered(fact(row["id"])) is not None:
            await crm.data.fetch("DELETE FROM api_token WHERE id = ?", row["id"])

"""Housekeeping of the public side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confida_consent.signing_up.forgetting import forget_unanswered
from confida_consent.tokens import remove_old_tokens
from confida_core.installation import Installation


async def remove_spent(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: secrets that have ended go a day later, and so do people who never confirmed that it was them, after two weeks."""
    await remove_old_tokens(crm)
    await forget_unanswered(crm)

"""What accounts leave behind and nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from confida_core.accounts.api_requests import remove_old_requests
from confida_core.accounts.api_tokens import remove_old_tokens
from confida_core.accounts.attempts import remove_old_attempts
from confida_core.accounts.sessions import remove_old_sessions
from confida_core.clock import now

if TYPE_CHECKING:
    from confida_core.installation import Installation


async def tidy(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Ended sessions, attempts older than a day, links that are too old, tokens that ran out a while ago, idempotency keys."""
    await remove_old_sessions(crm)
    await remove_old_attempts(crm)
    await remove_old_tokens(crm)
    await remove_old_requests(crm)
    await crm.data.fetch("DELETE FROM one_time_link WHERE expires_at <= ?", now())

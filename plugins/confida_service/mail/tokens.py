"""Access tokens for mailboxes that take no passwords any more (RFC 6749, section 6; XOAUTH2)."""

from __future__ import annotations

import msgspec

from confida_service.mail.content import MailAccountContent
from confida_service.mail.mailboxes import MailboxProblem

SECONDS = 20.0
LONGEST_ANSWER = 100_000


class TokenAnswer(msgspec.Struct):
    """What is needed of it; everything else is passed over."""

    access_token: str


async def access_token(content: MailAccountContent) -> str:
    """A fresh one, by the refresh token. Raises MailboxProblem, whatever the server said."""
    # Loaded where it is needed: it takes a tenth of a second, and most mailboxes have a password.
    import httpx

    form = {"grant_type": "refresh_token", "refresh_token": content.refresh_token, "client_id": content.client_id}
    if content.client_secret:
        form["client_secret"] = content.client_secret
    try:
        async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = await client.post(content.token_url, data=form)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content[:LONGEST_ANSWER], type=TokenAnswer).access_token
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError):
        raise MailboxProblem("no_token") from None

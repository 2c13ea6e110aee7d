"""Access tokens for mailboxes that take no passwords any more (RFC 6749, section 6; XOAUTH2)."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from confida_core.api import Installation, WebRequest, WebServerFailed, ask_web_server
from confida_service.mail.content import MailAccountContent
from confida_service.mail.mailboxes import MailboxProblem

FORM = "application/x-www-form-urlencoded"
GOOD = 200


class TokenAnswer(msgspec.Struct):
    """What is needed of it; everything else is passed over."""

    access_token: str


async def access_token(crm: Installation, content: MailAccountContent) -> str:
    """A fresh one, by the refresh token. Raises MailboxProblem, whatever the server said."""
    form = {"grant_type": "refresh_token", "refresh_token": content.refresh_token, "client_id": content.client_id}
    if content.client_secret:
        form["client_secret"] = content.client_secret
    request = WebRequest(url=content.token_url, body=urlencode(form).encode(), content_type=FORM)
    try:
        answer = await ask_web_server(crm, request)
        if answer.status != GOOD:
            raise MailboxProblem("no_token")
        return msgspec.json.decode(answer.body, type=TokenAnswer).access_token
    except (WebServerFailed, msgspec.DecodeError):
        raise MailboxProblem("no_token") from None

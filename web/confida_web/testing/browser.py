"""A browser over the real application: the whole of it, over ASGI, with CSRF, headers and the vault on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

if TYPE_CHECKING:
    from confida_core.installation import Installation

BASE = "http://localhost"
STAFF_COOKIE, PERSON_COOKIE = "__Host-confida", "__Host-my"


class Browser(httpx.AsyncClient):
    """Behaves like a browser on one of our pages: keeps cookies, says where a request comes from, sends the token.

    account_id: who is signed in, None for a stranger. secret: of the session's cookie, `cookie` its name.
    """

    account_id: UUID | None = None
    cookie: str = STAFF_COOKIE
    secret: str = ""
    csrf_token: str = ""

    async def request(self, method: str, url: Any, **given: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", **dict(given.pop("headers", None) or {})}
        if method.upper() not in {"GET", "HEAD"} and self.csrf_token:
            headers.setdefault("x-csrftoken", self.csrf_token)
            self._fill_in(given)
        if self.secret:
            headers.setdefault("cookie", f"{self.cookie}={self.secret}")
        return await super().request(method, url, headers=headers, **given)

    def _fill_in(self, given: dict[str, Any]) -> None:
        """On the public side, which has no script, the token is a field of every form."""
        if self.cookie == PERSON_COOKIE and isinstance(given.get("data"), dict):
            given["data"] = {"_csrf": self.csrf_token, **given["data"]}

    async def fragment(self, method: str, url: str, **given: Any) -> httpx.Response:
        """The same request as htmx sends it."""
        headers = {"HX-Request": "true", **dict(given.pop("headers", None) or {})}
        return await self.request(method, url, headers=headers, **given)

    def sign_in(self, crm: Installation, account_id: UUID, secret: str) -> None:
        """As this account, whose session has this secret."""
        from confida_core.accounts.sessions import csrf_token_of

        self.account_id, self.secret, self.csrf_token = account_id, secret, csrf_token_of(crm, secret)


def browser_of(app: Any, **given: Any) -> Browser:
    """A browser in which nobody is signed in. given: for the transport."""
    return Browser(transport=httpx.ASGITransport(app, **given), base_url=BASE)


async def make_account(crm: Installation, name: str, role: str) -> UUID:
    """An active account without a usable password."""
    from confida_core.accounts.content import AccountContent
    from confida_core.accounts.roles import Role
    from confida_core.accounts.staff import insert_account

    content = AccountContent(display_name=name, email=f"{name.lower()}@example.org")
    return await insert_account(crm, content, Role(role), password_hash="!")  # noqa: S106 -- No password has this hash.


async def signed_in_browser(app: Any, crm: Installation, name: str, role: str) -> Browser:
    """A browser in which a new colleague of this role is signed in."""
    from confida_core.accounts.sessions import start_session

    browser = browser_of(app)
    account_id = await make_account(crm, name, role)
    browser.sign_in(crm, account_id, await start_session(crm, account_id))
    return browser


async def person_browser(app: Any, crm: Installation, contact_id: UUID) -> Browser:
    """A browser in which this contact is on their own pages."""
    from confida_consent.tokens import make_token
    from confida_consent.ways_in import session_csrf_token

    browser = browser_of(app)
    browser.cookie, browser.secret = PERSON_COOKIE, await make_token(crm, contact_id, "session")
    browser.csrf_token = session_csrf_token(crm, browser.secret)
    return browser


def token_in(html: str) -> str:
    """The CSRF token of a form in a page; "" if there is none."""
    found = re.search(r'name="_csrf" value="([^"]*)"', html)
    return found[1] if found else ""

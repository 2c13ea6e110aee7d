"""Clients of the real application: the whole of it, over ASGI, with CSRF, headers and the vault on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

import httpx
import pytest

PASSWORD = "sieben Boote im Nebel"
BASE = "http://localhost"


class Browser(httpx.AsyncClient):
    """Behaves like a browser on one of our pages: keeps cookies, says where a request comes from, sends the token.

    account_id: who is signed in, None for a stranger. secret: of the session's cookie.
    """

    account_id: UUID | None = None
    secret: str = ""
    csrf_token: str = ""

    async def request(self, method: str, url: Any, **given: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", **dict(given.pop("headers", None) or {})}
        if method.upper() not in {"GET", "HEAD"} and self.csrf_token:
            headers.setdefault("x-csrftoken", self.csrf_token)
        if self.secret:
            headers.setdefault("cookie", f"__Host-confida={self.secret}")
        return await super().request(method, url, headers=headers, **given)

    async def fragment(self, method: str, url: str, **given: Any) -> httpx.Response:
        """The same request as htmx sends it."""
        headers = {"HX-Request": "true", **dict(given.pop("headers", None) or {})}
        return await self.request(method, url, headers=headers, **given)

    def sign_in(self, crm: Any, account_id: UUID, secret: str) -> None:
        from confida_core.accounts.sessions import csrf_token_of

        self.account_id, self.secret, self.csrf_token = account_id, secret, csrf_token_of(crm, secret)


def browser_of(app: Any, **given: Any) -> Browser:
    return Browser(transport=httpx.ASGITransport(app, **given), base_url=BASE)


async def make_account(crm: Any, name: str, role: str) -> UUID:
    """An active account without a usable password: who signs in through the form makes one with `PASSWORD` instead."""
    from confida_core.accounts.content import AccountContent
    from confida_core.accounts.roles import Role
    from confida_core.accounts.staff import insert_account

    content = AccountContent(display_name=name, email=f"{name.lower()}@example.org")
    return await insert_account(crm, content, Role(role), password_hash="!")


async def signed_in_browser(app: Any, crm: Any, name: str, role: str) -> Browser:
    from confida_core.accounts.sessions import start_session

    browser = browser_of(app)
    account_id = await make_account(crm, name, role)
    browser.sign_in(crm, account_id, await start_session(crm, account_id))
    return browser


@pytest.fixture
async def app(crm: Any) -> Any:
    """The application over the open installation `crm`."""
    from confida_web.app import create_app

    return create_app(crm)


@pytest.fixture
async def own_app(crm: Any) -> AsyncIterator[Any]:
    """An application to which a test may add routes: nobody shares it."""
    from confida_web.app import create_app, routed

    routed.cache_clear()
    yield create_app(crm)
    routed.cache_clear()


@pytest.fixture
async def stranger(app: Any) -> AsyncIterator[Browser]:
    """Somebody who is not signed in."""
    async with browser_of(app) as browser:
        yield browser


@pytest.fixture
async def client(app: Any, crm: Any) -> AsyncIterator[Browser]:
    """Olga, the owner, signed in; she has written the recovery key down."""
    from confida_core.accounts.stored_settings import confirm_recovery_key

    await confirm_recovery_key(crm)
    async with await signed_in_browser(app, crm, "Olga", "owner") as browser:
        yield browser


AsRole = Callable[[str], Coroutine[Any, Any, Browser]]


@pytest.fixture
async def as_role(app: Any, crm: Any) -> AsyncIterator[AsRole]:
    """`await as_role("readonly")`: a colleague with this role, signed in."""
    browsers: list[Browser] = []

    async def sign_in(role: str) -> Browser:
        browser = await signed_in_browser(app, crm, f"Mats{len(browsers)}", role)
        browsers.append(browser)
        return browser

    yield sign_in
    for browser in browsers:
        await browser.aclose()


def token_in(html: str) -> str:
    """The CSRF token of a form in a page."""
    found = re.search(r'name="_csrf" value="([^"]*)"', html)
    return found[1] if found else ""

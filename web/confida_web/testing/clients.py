"""Browsers of the whole application: of a stranger, the staff in each role, a person on their own pages; and programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_web.testing.browser import Browser
    from confida_web.testing.programs import Program

AsRole = Callable[[str], Coroutine[Any, Any, "Browser"]]
AsPerson = Callable[[UUID], Coroutine[Any, Any, "Browser"]]


class AsProgram(Protocol):
    """`await as_program("contacts.read", role="staff")`: a program with a token of these scopes, as far as the role has them.

    purpose: what the token opens data for.
    """

    async def __call__(self, *scopes: str, role: str = "owner", purpose: str = "relationship") -> Program: ...


@pytest.fixture
async def app(crm: Installation) -> Any:
    """The application over the open installation `crm`."""
    from confida_web.app import create_app

    return create_app(crm)


@pytest.fixture
async def stranger(app: Any) -> AsyncIterator[Browser]:
    """Somebody who is not signed in."""
    from confida_web.testing.browser import browser_of

    async with browser_of(app) as browser:
        yield browser


@pytest.fixture
async def client(app: Any, crm: Installation) -> AsyncIterator[Browser]:
    """Olga, the owner, signed in; she has written the recovery key down."""
    from confida_core.accounts.stored_settings import confirm_recovery_key
    from confida_web.testing.browser import signed_in_browser

    await confirm_recovery_key(crm)
    async with await signed_in_browser(app, crm, "Olga", "owner") as browser:
        yield browser


@pytest.fixture
async def as_role(app: Any, crm: Installation) -> AsyncIterator[AsRole]:
    """`await as_role("readonly")`: a colleague with this role, signed in."""
    from confida_web.testing.browser import signed_in_browser

    async with AsyncExitStack() as stack:
        numbers = iter(range(1000))

        async def sign_in(role: str) -> Browser:
            browser = await signed_in_browser(app, crm, f"Mats{next(numbers)}", role)
            return await stack.enter_async_context(browser)

        yield sign_in


@pytest.fixture
async def as_person(app: Any, crm: Installation) -> AsyncIterator[AsPerson]:
    """`await as_person(contact_id)`: that contact on their own pages, `/my/`."""
    from confida_web.testing.browser import person_browser

    async with AsyncExitStack() as stack:

        async def enter(contact_id: UUID) -> Browser:
            return await stack.enter_async_context(await person_browser(app, crm, contact_id))

        yield enter


@pytest.fixture
async def as_program(app: Any, crm: Installation) -> AsyncIterator[AsProgram]:
    """See `AsProgram`."""
    from confida_web.testing.programs import new_program

    async with AsyncExitStack() as stack:
        numbers = iter(range(1000))

        async def let_in(*scopes: str, role: str = "owner", purpose: str = "relationship") -> Program:
            name = f"Program{next(numbers)}"
            program = await new_program(app, crm, scopes, role=role, name=name, purpose=purpose)
            return await stack.enter_async_context(program)

        yield let_in

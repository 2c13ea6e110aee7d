"""Which programs may reach which route of the API: every route with its permission, tried with tokens of every role, of
fewer scopes and of other purposes, against things of one's own, of a colleague's, and of nobody who may be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from confida_web.rest.declarations import ApiResource
from confida_web.rest.gate import purposes_of
from confida_web.rest.resources import api_handlers, served_resources
from tests.contracts.test_permissions import HOLDERS, ROLES, Route
from tests.web.client import browser_of, make_account
from tests.web.people import make
from tests.web.rest.programs import Program, program_of, token_of

pytestmark = pytest.mark.anyio

# A new route is added here by whoever reviews it. Below each permission that a token needs beside `read`: methods and path.
EXPECTED = """
consents.read
    GET      /api/v1/consent-states
    GET      /api/v1/consents
    GET      /api/v1/consents/{item_id:uuid}
consents.record
    POST     /api/v1/consents
contacts.delete
    DELETE   /api/v1/contacts/{item_id:uuid}
    DELETE   /api/v1/organisations/{item_id:uuid}
contacts.read
    GET      /api/v1/contacts
    GET      /api/v1/contacts/{item_id:uuid}
    GET      /api/v1/organisations
    GET      /api/v1/organisations/{item_id:uuid}
    GET      /api/v1/relationships
    GET      /api/v1/relationships/{item_id:uuid}
contacts.write
    POST     /api/v1/contacts
    PATCH    /api/v1/contacts/{item_id:uuid}
    POST     /api/v1/organisations
    PATCH    /api/v1/organisations/{item_id:uuid}
    POST     /api/v1/relationships
    DELETE PATCH /api/v1/relationships/{item_id:uuid}
interactions.read
    GET      /api/v1/interactions
    GET      /api/v1/interactions/{item_id:uuid}
    GET      /api/v1/tasks
    GET      /api/v1/tasks/{item_id:uuid}
interactions.write
    POST     /api/v1/interactions
    DELETE PATCH /api/v1/interactions/{item_id:uuid}
    POST     /api/v1/tasks
    DELETE PATCH /api/v1/tasks/{item_id:uuid}
requests.decide
    POST     /api/v1/requests
requests.read
    GET      /api/v1/requests
    GET      /api/v1/requests/{item_id:uuid}
"""
NOBODY = UUID("00000000-0000-0000-0000-000000000007")
# What a holder is answered who sends an object that names nothing, or no version, or asks for something that is there.
ANSWERS = {"POST": 422, "PATCH": 428, "DELETE": 428, "GET": 200}


@pytest.fixture
def confida_registry() -> Callable[[Any], Any]:
    from confida_web.app import load_everything

    return load_everything


def expected() -> dict[Route, str]:
    found: dict[Route, str] = {}
    permission = ""
    for line in EXPECTED.strip().splitlines():
        if not line.startswith(" "):
            permission = line
            continue
        *methods, path = line.split()
        found |= {(method, path): permission for method in methods}
    return found


def resource_at(crm: Any, path: str) -> ApiResource:
    place = path.removesuffix("/{item_id:uuid}")
    return next(served.resource for served in served_resources(crm.registry) if served.path == place)


async def asked(program: Any, route: Route, item_id: UUID = NOBODY) -> Any:
    method, path = route
    body = {"content": b'{"nothing": 1}' if method == "POST" else b"{}"} if method in {"POST", "PATCH"} else {}
    kind = {"content-type": "application/json"} if body else {}
    return await program.request(method, path.replace("{item_id:uuid}", str(item_id)), headers=kind, **body)


async def program_as(app: Any, crm: Any, role: str, account_id: UUID, route: Route, **given: Any) -> Program:
    """With every scope the role can give, for a purpose that reaches the route."""
    purposes = purposes_of(crm.registry, resource_at(crm, route[1]))
    given = {"purpose": min(purposes & {"relationship", "consent", "data_subject_rights"}), **given}
    scopes = [
        key
        for key in crm.registry.permissions
        if key.partition(".")[0] in {"contacts", "interactions", "consents", "requests"}
    ]
    return program_of(app, await token_of(crm, account_id, role=role, **{"scopes": scopes, **given}))


async def test_every_api_route_is_as_reviewed(crm: Any) -> None:
    found = {
        (str(method), path): handler.opt["permission"]
        for handler in api_handlers(crm.registry)
        for method in handler.http_methods
        for path in handler.paths
    }
    assert found == expected()
    assert {handler.opt.get("public") for handler in api_handlers(crm.registry)} == {None}


async def test_nobody_without_a_token_reaches_anything_even_in_a_browser(app: Any, client: Any) -> None:
    async with browser_of(app) as stranger:
        for browser in (stranger, client):
            assert {(await asked(browser, route)).status_code for route in expected()} == {401}


@pytest.mark.parametrize("role", ROLES)
async def test_role_reaches_what_it_holds_and_the_rest_does_not_exist_for_it(app: Any, crm: Any, role: str) -> None:
    from confida_core.accounts.api_tokens import InvalidToken

    account_id = await make_account(crm, "Mats", role)
    wrong, bodies = {}, set()
    for route, permission in expected().items():
        try:
            program = await program_as(app, crm, role, account_id, route)
        except InvalidToken:
            # No token of this role is for a purpose that reaches it.
            assert role not in HOLDERS[permission] or not crm.registry.permissions["contacts.restrict"].roles >= {role}
            continue
        answer = await asked(program, route)
        there = "{" not in route[1] and role in HOLDERS[permission]
        wanted = ANSWERS[route[0]] if there else 404
        if answer.status_code != wanted:
            wrong[route] = answer.status_code
        bodies |= {answer.content} if wanted == 404 else set()
        await program.aclose()
    assert (wrong, len(bodies)) == ({}, 1)


async def test_token_reaches_nothing_beyond_its_scopes_and_its_purpose(app: Any, crm: Any) -> None:
    for number, (route, permission) in enumerate(expected().items()):
        account_id = await make_account(crm, f"Olga{number}", "owner")
        resource = resource_at(crm, route[1])
        other = "import_export" if permission.startswith(("consents", "requests")) else "data_subject_rights"
        held = {resource.read, permission}
        lesser: list[dict[str, Any]] = [{"scopes": held - {one} or {"audit.read"}} for one in held]
        for given in (*lesser, {"scopes": held, "purpose": other}):
            program = await program_as(app, crm, "owner", account_id, route, **given)
            assert (await asked(program, route)).status_code == 404, (route, given)
            await program.aclose()


async def planted(crm: Any, owner_id: UUID, colleague_id: UUID) -> dict[str, UUID]:
    """Contacts of one's own and a colleague's, and three whom nobody may see: restricted, in the trash, erased."""
    from confida_core.contacts.content import ContactContent, ContactKind
    from confida_core.contacts.people import create_contact
    from confida_core.contacts.states import restrict_contact
    from confida_core.contacts.trash import purge_contact, trash_contact
    from confida_core.vault.access import system_access

    inside = system_access("test", "relationship")
    found = {}
    for name, owner in (
        ("own", owner_id),
        ("colleague", colleague_id),
        ("restricted", owner_id),
        ("trashed", owner_id),
        ("erased", owner_id),
    ):
        content = ContactContent(display_name=name.capitalize())
        found[name] = await create_contact(crm, inside, ContactKind.PERSON, content, owner_id=owner)
    await restrict_contact(crm, inside, found["restricted"])
    await trash_contact(crm, inside, found["trashed"])
    await purge_contact(crm, found["erased"])
    return found


@pytest.mark.parametrize("role", ROLES)
async def test_contacts_are_reached_by_right_and_not_by_ownership(app: Any, crm: Any, role: str) -> None:
    mine, other = await make_account(crm, "Mats", role), await make_account(crm, "Zoe", "staff")
    contacts = await planted(crm, mine, other)
    for route, permission in expected().items():
        if not route[1].startswith("/api/v1/contacts/"):
            continue
        program = await program_as(app, crm, role, mine, route)
        found = {name: (await asked(program, route, item_id)).status_code for name, item_id in contacts.items()}
        await program.aclose()
        seen = ANSWERS[route[0]] if role in HOLDERS[permission] else 404
        assert found == {"own": seen, "colleague": seen, "restricted": 404, "trashed": 404, "erased": 404}, route


async def test_relationships_are_hidden_with_either_contact(app: Any, crm: Any) -> None:
    from confida_core.contacts.relationships import add_relationship
    from confida_core.contacts.states import restrict_contact
    from confida_core.contacts.trash import trash_contact
    from confida_core.vault.access import system_access

    inside = system_access("test", "relationship")
    mine = await make_account(crm, "Olga", "owner")
    ada = await make(crm, "Ada")
    made = {}
    for name in ("open", "restricted", "trashed"):
        other = await make(crm, name.capitalize())
        made[name] = await add_relationship(crm, inside, "partner", ada, other, role="planted secret")
        if name != "open":
            await (restrict_contact if name == "restricted" else trash_contact)(crm, inside, other)
    for route in expected():
        if route[1] == "/api/v1/relationships/{item_id:uuid}":
            program = await program_as(app, crm, "owner", mine, route)
            found = {name: (await asked(program, route, item_id)).status_code for name, item_id in made.items()}
            assert found == {"open": ANSWERS[route[0]], "restricted": 404, "trashed": 404}
            for address in ("/api/v1/relationships", f"/api/v1/relationships?contact={ada}"):
                assert [item["id"] for item in (await program.get(address)).json()["items"]] == [str(made["open"])]
            # Nor does a next page tell of those that are hidden.
            assert (await program.get("/api/v1/relationships?limit=1")).json()["next"] is None
            await program.aclose()

"""Who may reach which page: every route is listed here with its permission, and tried by every role and by a stranger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from confida_web.rest.declarations import ApiResource
from confida_web.routing import handlers_of
from tests.web.client import Browser, browser_of, signed_in_browser

pytestmark = pytest.mark.anyio

# A new route is added here by whoever reviews it. Below each permission: methods and path.
EXPECTED = """
public
    GET      /.well-known/gpc.json
    GET      /.well-known/security.txt
    POST     /csp-report
    GET      /healthz
    POST     /hooks/in/{plugin:str}/{name:str}/{token:str}
    GET POST /invitation/{token:str}
    GET POST /login
    GET POST /my
    GET POST /my/code
    GET POST /my/confirm/{token:str}
    GET POST /my/consents
    GET      /my/history
    POST     /my/leave
    GET      /my/p/{token:str}
    GET POST /my/p/{token:str}/consents
    GET      /my/p/{token:str}/history
    GET      /my/p/{token:str}/receipts/{event_id:uuid}
    GET      /my/p/{token:str}/receipts/{event_id:uuid}/{name:str}
    POST     /my/p/{token:str}/withdraw-all
    GET      /my/receipts/{event_id:uuid}
    GET      /my/receipts/{event_id:uuid}/{name:str}
    GET POST /my/requests
    GET      /my/requests/{token:str}
    GET      /my/requests/{token:str}/certificate
    GET POST /my/requests/{token:str}/code
    GET POST /my/requests/{token:str}/erasure
    POST     /my/requests/{token:str}/message
    POST     /my/requests/{token:str}/package
    POST     /my/requests/{token:str}/withdraw
    GET POST /my/subscribe
    GET POST /my/unsubscribe/{token:str}
    GET POST /my/who
    POST     /my/withdraw-all
    GET      /readyz
    GET POST /setup/{token:str}
    GET      /static/{name:path}
account.own
    GET      /account
    POST     /account/navigation
    POST     /account/password
    POST     /account/preferences
    POST     /account/profile
    POST     /account/sessions/revoke-others
    POST     /account/sessions/{session_id:uuid}/revoke
    GET      /api/v1/docs
    GET      /api/v1/openapi.json
    GET POST /login/fresh
    POST     /logout
accounts.manage
    GET POST /users
    GET      /users/tokens
    POST     /users/tokens/{token_id:uuid}/revoke
    POST     /users/end-all-sessions
    POST     /users/{account_id:uuid}/disable
    POST     /users/{account_id:uuid}/enable
    POST     /users/{account_id:uuid}/invite
    POST     /users/{account_id:uuid}/reset
    POST     /users/{account_id:uuid}/role
api.use
    GET POST /account/tokens
    GET      /account/tokens/new
    POST     /account/tokens/{token_id:uuid}/revoke
audit.read
    GET      /audit
breaches.record
    GET POST /registers/breaches/new
    POST     /registers/breaches/{breach_id:uuid}
    POST     /registers/breaches/{breach_id:uuid}/close
    POST     /registers/breaches/{breach_id:uuid}/told
consents.manage
    GET POST /consents/ask
    GET      /consents/ask/{run_id:uuid}
    GET POST /consents/import
    GET      /consents/import/{import_id:uuid}
    POST     /consents/import/{import_id:uuid}/run
    POST     /consents/ledger
    GET POST /consents/purposes/new
    POST     /consents/purposes/{key:str}
    POST     /consents/purposes/{key:str}/restore
    POST     /consents/purposes/{key:str}/retire
    GET POST /consents/suppressions
consents.read
    GET      /consents
    GET      /consents/expiring
    GET      /consents/ledger
    GET      /consents/notices/{notice_id:uuid}
    GET      /consents/notices/{notice_id:uuid}/bytes
    GET      /consents/purposes
    GET      /consents/purposes/{key:str}
    GET      /contacts/{contact_id:uuid}/consents
    GET      /contacts/{contact_id:uuid}/consents/{event_id:uuid}
    GET      /contacts/{contact_id:uuid}/consents/{event_id:uuid}/files/{name:str}
    GET      /contacts/{contact_id:uuid}/consents/{event_id:uuid}/receipt
    GET      /contacts/{contact_id:uuid}/consents/{event_id:uuid}/receipt.zip
    GET      /contacts/{contact_id:uuid}/consents/{event_id:uuid}/scan
consents.record
    POST     /contacts/{contact_id:uuid}/consents/ask
    GET POST /contacts/{contact_id:uuid}/consents/customer
    POST     /contacts/{contact_id:uuid}/consents/link
    GET POST /contacts/{contact_id:uuid}/consents/record
    POST     /contacts/{contact_id:uuid}/consents/{event_id:uuid}/correct
    POST     /contacts/{contact_id:uuid}/consents/{event_id:uuid}/undo
contacts.delete
    GET      /contacts/trash
    POST     /contacts/{contact_id:uuid}/delete
    POST     /contacts/{contact_id:uuid}/restore
contacts.read
    GET      /
    GET      /contacts
    POST     /contacts/bulk
    POST     /contacts/columns
    POST     /contacts/filter
    POST     /contacts/search
    POST     /contacts/views
    POST     /contacts/views/{view_id:uuid}/delete
    GET      /contacts/{contact_id:uuid}
    GET      /contacts/{contact_id:uuid}/history
    GET      /contacts/{contact_id:uuid}/picture
    GET      /files/{file_id:uuid}
    GET      /files/{file_id:uuid}/picture
    GET POST /search
    POST     /search/palette
    POST     /search/people
    GET      /settings
contacts.restrict
    POST     /contacts/{contact_id:uuid}/restrict
    GET POST /contacts/{contact_id:uuid}/restricted
    POST     /contacts/{contact_id:uuid}/restricted/told
    POST     /contacts/{contact_id:uuid}/unrestrict
contacts.write
    GET POST /contacts/new
    POST     /contacts/operations/{operation_id:uuid}/undo
    POST     /contacts/{contact_id:uuid}/archive
    GET POST /contacts/{contact_id:uuid}/edit
    POST     /contacts/{contact_id:uuid}/relationships
    POST     /contacts/{contact_id:uuid}/relationships/{relationship_id:uuid}/delete
    POST     /contacts/{contact_id:uuid}/relationships/{relationship_id:uuid}/end
    POST     /contacts/{contact_id:uuid}/unarchive
exchange.export
    GET      /contacts/{contact_id:uuid}/vcard
    GET POST /export
exchange.import
    GET      /imports
    GET POST /imports/new
    GET      /imports/{run_id:uuid}
    GET      /imports/{run_id:uuid}/errors.csv
    GET POST /imports/{run_id:uuid}/mapping
    GET      /imports/{run_id:uuid}/preview
    POST     /imports/{run_id:uuid}/run
    POST     /imports/{run_id:uuid}/undo
interactions.read
    GET      /contacts/{contact_id:uuid}/timeline
    GET      /interactions/{interaction_id:uuid}
    GET      /tasks
interactions.write
    POST     /contacts/{contact_id:uuid}/interactions
    POST     /interactions/{interaction_id:uuid}/cancel
    POST     /interactions/{interaction_id:uuid}/delete
    POST     /interactions/{interaction_id:uuid}/done
    GET POST /interactions/{interaction_id:uuid}/edit
    POST     /interactions/{interaction_id:uuid}/reopen
    POST     /interactions/{interaction_id:uuid}/restore
    POST     /tasks
    GET      /tasks/new
outbound.read
    GET      /consents/messages
outbound.send
    POST     /consents/messages/{message_id:uuid}/cancel
    POST     /consents/messages/{message_id:uuid}/retry
reads.read
    GET      /contacts/{contact_id:uuid}/reads
    GET      /registers/reads
    GET      /registers/reads/{account_id:uuid}
registers.read
    GET      /registers
    GET POST /registers/affected
    GET      /registers/breaches
    GET      /registers/breaches/{breach_id:uuid}
    GET      /registers/breaches/{breach_id:uuid}/letter
    GET      /registers/disclosures
    GET      /registers/disclosures.csv
    GET      /registers/holds
    GET      /registers/processing
    GET      /registers/processing.csv
    GET      /registers/processing.jsonld
    GET      /registers/retention
    GET      /registers/retention/{key:str}
requests.decide
    GET POST /requests/new
    GET POST /requests/{request_id:uuid}/erasure
    GET POST /requests/{request_id:uuid}/package
    GET      /requests/{request_id:uuid}/package.zip
    GET POST /requests/{request_id:uuid}/step/{key:str}
requests.read
    GET      /requests
    GET      /requests/{request_id:uuid}
    GET      /requests/{request_id:uuid}/certificate.zip
    GET      /requests/{request_id:uuid}/letters/{letter_id:uuid}
    GET      /requests/{request_id:uuid}/mandate
retention.manage
    GET POST /contacts/{contact_id:uuid}/hold
    POST     /registers/holds/{hold_id:uuid}/lift
    POST     /registers/holds/{hold_id:uuid}/review
    POST     /registers/reads
    POST     /registers/retention/country
    POST     /registers/retention/run
    POST     /registers/retention/{key:str}/switch
settings.manage
    GET POST /settings/fields
    POST     /settings/fields/{key:str}/restore
    POST     /settings/fields/{key:str}/retire
    GET POST /settings/organisation
    GET POST /settings/plugins/{key:str}
    GET POST /settings/relationships
    POST     /settings/relationships/{key:str}/retire
    GET POST /settings/teams
    POST     /settings/teams/{team_id:uuid}
webhooks.manage
    GET      /settings/webhooks
    GET      /settings/webhooks/{endpoint_id:uuid}
    GET POST /settings/webhooks/{endpoint_id:uuid}/edit
    POST     /settings/webhooks/{endpoint_id:uuid}/remove
    POST     /settings/webhooks/{endpoint_id:uuid}/replay
    POST     /settings/webhooks/{endpoint_id:uuid}/rotate
    POST     /settings/webhooks/{endpoint_id:uuid}/state
    POST     /settings/webhooks/{endpoint_id:uuid}/test
    POST     /settings/webhooks/deliveries/{delivery_id:uuid}/replay
    POST     /settings/webhooks/in/{plugin:str}/{name:str}/off
    POST     /settings/webhooks/in/{plugin:str}/{name:str}/on
    POST     /settings/webhooks/in/{plugin:str}/{name:str}/rotate
    GET POST /settings/webhooks/new
system.manage
    GET POST /account/recovery-key
    POST     /account/recovery-key/stored
    GET      /jobs
    POST     /jobs/{job_id:uuid}/discard
    POST     /jobs/{job_id:uuid}/retry
    GET      /settings/plugins
    GET      /settings/plugins/{key:str}/about
    POST     /settings/plugins/{key:str}/archive
    POST     /settings/plugins/{key:str}/disable
    POST     /settings/plugins/{key:str}/enable
    GET POST /settings/plugins/{key:str}/purge
    POST     /settings/plugins/{key:str}/switch-on
    POST     /settings/plugins/{key:str}/upgrade
    GET      /settings/system
    POST     /settings/system/recovery-key
person
    GET      /my/details
    GET POST /my/details/edit
"""

ROLES = ("owner", "administrator", "staff", "readonly", "privacy_officer")
# Permission -> roles; the rest of the promise of the table above.
HOLDERS = {
    "account.own": set(ROLES),
    "accounts.manage": {"owner", "administrator"},
    "api.use": set(ROLES),
    "audit.read": {"owner", "administrator", "privacy_officer"},
    "breaches.record": {"owner", "administrator", "privacy_officer"},
    "consents.manage": {"owner", "administrator", "privacy_officer"},
    "consents.read": set(ROLES),
    "consents.record": {"owner", "administrator", "staff", "privacy_officer"},
    "contacts.delete": {"owner", "administrator"},
    "contacts.read": set(ROLES),
    "contacts.restrict": {"owner", "administrator", "privacy_officer"},
    "contacts.write": {"owner", "administrator", "staff"},
    "exchange.export": {"owner", "administrator", "privacy_officer"},
    "exchange.import": {"owner", "administrator", "staff"},
    "interactions.read": set(ROLES),
    "interactions.write": {"owner", "administrator", "staff"},
    "outbound.read": set(ROLES),
    "outbound.send": {"owner", "administrator", "staff"},
    "reads.read": {"owner", "administrator", "privacy_officer"},
    "registers.read": {"owner", "administrator", "privacy_officer"},
    "requests.decide": {"owner", "administrator", "privacy_officer"},
    "requests.read": {"owner", "administrator", "privacy_officer"},
    "retention.manage": {"owner", "administrator", "privacy_officer"},
    "settings.manage": {"owner", "administrator"},
    "webhooks.manage": {"owner", "administrator"},
    "system.manage": {"owner", "administrator"},
}
Route = tuple[str, str]


def expected() -> dict[Route, str]:
    """(method, path) -> permission, or "public", or "person" for whoever is signed in on the public side."""
    found: dict[Route, str] = {}
    permission = ""
    for line in EXPECTED.strip().splitlines():
        if not line.startswith(" "):
            permission = line
            continue
        *methods, path = line.split()
        found |= {(method, path): permission for method in methods}
    return found


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    from confida_core.installation import open_installation
    from confida_core.setup import initialise, upgrade
    from confida_web.app import load_everything

    initialise(settings)
    async with open_installation(settings, load_everything(settings)) as installation:
        await upgrade(installation)
        yield installation


@pytest.fixture
async def app(crm: Any) -> Any:
    from confida_web.app import create_app

    return create_app(crm)


def declared(crm: Any) -> dict[Route, str]:
    found: dict[Route, str] = {}
    for handler in handlers_of(crm.registry):
        if isinstance(handler.opt.get("api"), ApiResource):
            continue  # Programs come with tokens instead of sessions: test_api_permissions.py.
        open_to = [who for who in ("public", "person") if handler.opt.get(who) is True]
        permission = open_to[0] if open_to else str(handler.opt.get("permission"))
        found |= {(str(method), path): permission for method in handler.http_methods for path in handler.paths}
    return found


def filled(path: str) -> str:
    nobody = "00000000-0000-0000-0000-000000000007"
    parts = [nobody if part.endswith(":uuid}") else "x" if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


async def statuses(browser: Browser, routes: list[Route]) -> dict[Route, int]:
    return {(method, path): (await browser.request(method, filled(path))).status_code for method, path in routes}


async def test_every_route_and_every_holder_is_as_reviewed(crm: Any) -> None:
    assert declared(crm) == expected()
    assert {key: {str(role) for role in item.roles} for key, item in crm.registry.permissions.items()} == HOLDERS


async def test_stranger_reaches_nothing_but_the_public_routes(app: Any) -> None:
    guarded = sorted(route for route, permission in expected().items() if permission != "public")
    async with browser_of(app) as stranger:
        found = await statuses(stranger, guarded)
    assert found == {
        route: 303 if route[0] == "GET" else 404 if expected()[route] == "person" else 401 for route in guarded
    } | {("GET", "/api/v1/openapi.json"): 401}


@pytest.mark.parametrize("role", ROLES)
async def test_role_reaches_what_it_holds_and_the_rest_does_not_exist_for_it(app: Any, crm: Any, role: str) -> None:
    table = expected()
    lacks = sorted(route for route, permission in table.items() if role not in HOLDERS.get(permission, set(ROLES)))
    pages = sorted(route for route in table if route[0] == "GET" and "{" not in route[1] and route not in lacks)
    async with await signed_in_browser(app, crm, "Mats", role) as browser:
        assert await statuses(browser, lacks) == dict.fromkeys(lacks, 404)
        reached = await statuses(browser, pages)
        plain = {"accept-encoding": "identity"}
        missing = (await browser.fragment("GET", "/nowhere", headers=plain)).content
        hidden = [filled(path) for method, path in lacks if method == "GET"]
        refused = [(await browser.fragment("GET", path, headers=plain)).content for path in hidden]
    elsewhere = {("GET", "/login"): 303, ("GET", "/.well-known/security.txt"): 404}
    # Nobody of the staff is anybody on the public side.
    elsewhere |= dict.fromkeys(
        [("GET", "/my/consents"), ("GET", "/my/details"), ("GET", "/my/details/edit"), ("GET", "/my/history")], 303
    )
    assert reached == {route: elsewhere.get(route, 200) for route in pages}
    assert refused == [missing] * len(refused)


async def test_forms_without_a_token_are_those_without_a_session(crm: Any) -> None:
    weaker = {
        (path, handler.opt.get("csrf", "portal"))
        for handler in handlers_of(crm.registry)
        for path in handler.paths
        if handler.http_methods - {"GET", "HEAD", "OPTIONS"}
        and handler.opt.get("csrf", "portal" if path.startswith("/my") else "token") != "token"
    }
    assert weaker == {
        ("/csp-report", "none"),  # The browser itself sends it, and nothing but a log line follows.
        ("/hooks/in/{plugin:str}/{name:str}/{token:str}", "none"),  # Another system sends it, signed.
        ("/login", "origin"),
        ("/setup/{token:str}", "origin"),
        ("/invitation/{token:str}", "origin"),
        # The public side has sessions and tokens of its own; a mail program that unsubscribes has neither.
        *(
            (path, "none" if path == "/my/unsubscribe/{token:str}" else "portal")
            for method, path in expected()
            if path.startswith("/my") and method == "POST"
        ),
    }

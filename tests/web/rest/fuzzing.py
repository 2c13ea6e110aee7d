"""Cases that schemathesis thinks up from our OpenAPI document, sent to a real server with the tokens of four roles."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from confida_consent.rights.requests import NewRequest, open_request
from confida_core.accounts.api_tokens import scopes_for
from confida_core.accounts.roles import permissions_of
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.trash import trash_contact
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import delete_interaction, log_interaction
from confida_core.vault.access import Actor, system_access
from confida_web.testing.browser import make_account
from tests.consent.people import says
from tests.web.rest.programs import token_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Role -> the purpose of its token.
ROLES: Mapping[str, str] = {
    "owner": "relationship",
    "staff": "relationship",
    "readonly": "relationship",
    "privacy_officer": "data_subject_rights",
}
LEAST_EACH = 5
RESTRICTED, TRASHED, ASKED = "Verborgenes Kamel", "Versenktes Lama", "Vertrauliches Alpaka"


@dataclass(kw_only=True)
class Planted:
    """tokens: by role. ids: of things that are there, hidden ones too. hidden: words and ids that a role must never be told."""

    tokens: dict[str, str]
    ids: list[str]
    hidden: dict[str, list[str]]


@dataclass
class Tally:
    """statuses: role and status -> how often. leaks: what was told to whom by which address."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return sum(self.statuses.values())


async def plant(crm: Any) -> Planted:
    """People in sight and out of it, with everything that hangs on them, and a token for each role."""
    from confida_consent.events import record_event

    inside = system_access("test", "relationship")
    ada, zoe = await contact(crm, "Ada Lovelace"), await contact(crm, "Zoe Quist")
    restricted, trashed = await contact(crm, RESTRICTED), await contact(crm, TRASHED)
    firm = await create_contact(crm, inside, ContactKind.ORGANISATION, ContactContent(display_name="Boote e. V."))
    about = [(ada, "Met"), (restricted, RESTRICTED), (trashed, TRASHED)]
    things = [
        await log_interaction(crm, inside, InteractionDraft(kind="call", people=(one,), subject=text))
        for one, text in about
    ]
    things += [
        await log_interaction(crm, inside, InteractionDraft(kind="task", people=(one,), subject=text, planned=True))
        for one, text in about
    ]
    things.append(
        await log_interaction(crm, inside, InteractionDraft(kind="note", people=(ada, restricted), subject="Both"))
    )
    gone = await log_interaction(crm, inside, InteractionDraft(kind="note", people=(zoe,), subject=TRASHED))
    await delete_interaction(crm, inside, gone)
    events = [await record_event(crm, inside, says(one, "given")) for one in (ada, restricted, trashed)]
    asked = await open_request(
        crm, system_access("test", "data_subject_rights"),
        NewRequest(kind="access", identifier="kamel@example.org", name=ASKED, message=ASKED, country="DE"),
    )  # fmt: skip
    await trash_contact(crm, inside, trashed)
    await restrict_contact(crm, inside, restricted)
    tokens = {role: await role_token(crm, role) for role in ROLES}
    out_of_sight = [RESTRICTED, TRASHED, "kamel@example.org", str(restricted), str(trashed)]
    hidden = {role: [*out_of_sight, ASKED] for role in ROLES}
    # Whoever keeps consents reads also those of people in the trash, as on the pages; requests are this officer's work.
    hidden["owner"].remove(str(trashed))
    hidden["privacy_officer"] = [RESTRICTED, TRASHED]
    ids = [ada, zoe, firm, restricted, trashed, gone, asked.id, *things, *(event.id for event in events)]
    return Planted(tokens=tokens, ids=[str(one) for one in ids], hidden=hidden)


async def contact(crm: Any, name: str) -> UUID:
    address = f"{name.split(maxsplit=1)[-1].lower().replace(' ', '.')}@example.org"
    content = ContactContent(display_name=name, emails=[EmailAddress(address=address)], note=name, tags=[name])
    return await create_contact(crm, system_access("test"), ContactKind.PERSON, content)


async def role_token(crm: Any, role: str) -> str:
    account_id = await make_account(crm, f"Mats {role}", role)
    scopes = scopes_for(crm, Actor(id=account_id, permissions=permissions_of(crm.registry, role)))
    return await token_of(crm, account_id, role=role, scopes=scopes, purpose=ROLES[role])


def operations_of(url: str, token: str) -> Iterator[Any]:
    """Those of the served document, as schemathesis understands them."""
    document = requests.get(f"{url}/api/v1/openapi.json", headers=bearer(token), timeout=60).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=url, request_timeout=60)
    results: Any = schema.get_all_operations()
    for result in results:
        yield result.ok()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def run_cases(url: str, planted: Planted, cases: int) -> Tally:
    """At least so many cases, spread evenly over roles, operations, and what fits the document and what does not.

    Few cases are spread over a part of these combinations: the first case of each is the simplest there is.
    """
    tally = Tally()
    operations = list(operations_of(url, planted.tokens["owner"]))
    everything = [
        (role, operation, mode)
        for role in planted.tokens
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        for operation in operations
        if is_reached(role, operation) or mode is GenerationMode.POSITIVE
    ]
    wanted = min(len(everything), -(-cases // LEAST_EACH))
    chosen = [everything[place * len(everything) // wanted] for place in range(wanted)]
    with requests.Session() as session:
        for role, operation, mode in chosen:
            caller = Caller(session, role, planted.tokens[role], planted, tally)
            run_operation(operation, mode, max(LEAST_EACH, -(-cases // wanted)), caller)
    return tally


def is_reached(role: str, operation: Any) -> bool:
    """Whether the purpose of the role's token leads there at all; if not, everything is answered with 404."""
    return ("/requests" in operation.path) is (ROLES[role] == "data_subject_rights")


@dataclass(frozen=True)
class Caller:
    session: requests.Session
    role: str
    token: str
    planted: Planted
    tally: Tally

    def send(self, case: Any) -> None:
        case.headers = {**(case.headers or {}), **bearer(self.token)}
        answer = case.call(session=self.session)
        self.tally.statuses[self.role, answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        self.tally.leaks += leaks_in(answer, self.planted.hidden[self.role], self.role)


def leaks_in(answer: Any, hidden: Sequence[str], role: str) -> list[str]:
    """What was told that had not been in the question."""
    asked = f"{answer.request.url} {answer.request.body!r}"
    told = answer.text + str(answer.headers)
    return [
        f"{role} {answer.request.method} {answer.request.url}: {word}"
        for word in hidden
        if word in told and word not in asked
    ]


def run_operation(operation: Any, mode: Any, cases: int, caller: Caller) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except NotImplementedError:
        return

    # The same cases on every run, and others for each role.
    @seed(zlib.crc32(f"{caller.role} {operation.label} {mode}".encode()))
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def one(data: Any) -> None:
        case = data.draw(strategy)
        aim(case, data, caller.planted.ids)
        caller.send(case)

    one()


def aim(case: Any, data: Any, ids: Sequence[str]) -> None:
    """Most of what is random is nobody's id and finds nothing; what is there, in sight or not, leads further."""
    some_id = st.sampled_from(ids)
    if "item_id" in (case.path_parameters or {}) and data.draw(MOSTLY):
        case.path_parameters["item_id"] = data.draw(some_id)
    for values in (case.query, case.body):
        if isinstance(values, dict):
            for name, better in better_values(some_id).items():
                if name in values and data.draw(MOSTLY):
                    values[name] = data.draw(better)
    if case.method.upper() in {"PATCH", "DELETE"} and data.draw(MOSTLY):
        case.headers = {**(case.headers or {}), "If-Match": "*"}


# The simplest of all draws is among the many.
MOSTLY = st.integers(0, 3).map(lambda number: number < 3)


def better_values(some_id: Any) -> dict[str, Any]:
    """By the names of parameters and members. The words are beginnings of those that stand in hidden things."""
    return {
        **dict.fromkeys(("contact", "from_id", "to_id", "contact_id"), some_id),
        "people": st.lists(some_id, min_size=1, max_size=3),
        "purpose": st.just("newsletter"),
        "q": st.sampled_from(["Ver", "Verb", "Kam", "Lam", "Alp", "A", "e"]),
        "filter": st.sampled_from(
            [
                '{"field": "name", "op": "starts_with", "value": "Ver"}',
                '{"field": "name", "op": "contains", "value": "a"}',
                '{"not": {"field": "kind", "op": "is", "value": "organisation"}}',
            ]
        ),
    }

"""A plugin's record in the API, by one line of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from types import ModuleType
from typing import Annotated, Any
from uuid import UUID as identifier

import msgspec
import pytest
from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.contacts.content import Sealed
from confida_core.contacts.validation import InvalidContent
from confida_core.declarations import PermissionDeclaration, PluginInfo, RecordDeclaration
from confida_core.hookspecs import hookimpl
from confida_core.registry import PluginError, Registry, load_registry
from confida_core.storage.engine import DATA
from confida_web.rest.declarations import ApiResource
from confida_web.rest.record_resource import record_resource
from tests.web.people import make
from tests.web.rest.programs import Program, program
from tests.web.rest.test_framework import errors, problem

pytestmark = pytest.mark.anyio
ADDRESS = "/api/v1/x/membership/memberships"


class Membership(Table, tablename="membership_member", db=DATA):
    """A member since a day."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    subject_id = UUID()
    since = Date()
    level = Varchar(length=20)
    paid = Boolean(default=False)
    created_at = Timestamptz()


class MembershipContent(Sealed, frozen=True):
    """number: as on the card."""

    number: Annotated[str, msgspec.Meta(max_length=20)]
    remarks: list[str] = []


MEMBERSHIP = RecordDeclaration(
    table=Membership,
    content=MembershipContent,
    subject="subject_id",
    retention_class="relationship",
    purpose="relationship",
    label="Memberships",
    clear={"level": "One of three."},
)


def without_zero(content: MembershipContent) -> MembershipContent:
    if content.number.startswith("0"):
        raise InvalidContent({"number": "begins with no zero"})
    return content


def plugin(**more: Any) -> ModuleType:
    module = ModuleType("confida_membership")
    given: dict[str, Any] = {
        "key": "memberships",
        "label": "Memberships",
        "summary": "Who is a member.",
        "read": "membership.read",
    }
    given |= {"write": "membership.write", "delete": "membership.write", "check": without_zero}

    @hookimpl
    def plugin_info() -> PluginInfo:
        return PluginInfo(key="membership", name="Membership", summary="Members.")

    @hookimpl
    def records() -> list[RecordDeclaration]:
        return [MEMBERSHIP]

    @hookimpl
    def permissions() -> list[PermissionDeclaration]:
        roles = frozenset({"owner", "staff"})
        return [PermissionDeclaration(key=f"membership.{verb}", label=verb, roles=roles) for verb in ("read", "write")]

    @hookimpl
    def api_resources() -> list[ApiResource]:
        return [record_resource(MEMBERSHIP, **(given | more))]

    for function in (plugin_info, records, permissions, api_resources):
        setattr(module, function.__name__, function)
    return module


def as_third_party(registry: Registry, key: str) -> Registry:
    """The same registry, with this plugin as if it had been installed beside ours."""
    declared = {
        hook: tuple(
            replace(item, plugin=replace(item.plugin, built_in=False)) if item.plugin.info.key == key else item
            for item in registry.with_owner(hook)
        )
        for hook in registry.hooks
    }
    return Registry(registry.plugins, declared, registry.loading)


def with_plugin(settings: Any, **more: Any) -> Registry:
    from confida_web.app import load_everything

    loading = load_everything(settings).loading
    built_in = (*loading.built_in, plugin(**more))
    registry = load_registry((), built_in=built_in, specifications=loading.specifications)
    return as_third_party(registry, "membership")


@pytest.fixture
def confida_registry() -> Any:
    return with_plugin


@pytest.fixture
async def ada(crm: Any) -> str:
    """A contact, and the plugin's table, which its migration would have made."""
    sealed = "BYTEA" if crm.data.engine == "postgres" else "BLOB"
    await crm.data.fetch(
        "CREATE TABLE membership_member (id UUID PRIMARY KEY, version INTEGER NOT NULL, subject_id UUID NOT NULL, "
        "since DATE NOT NULL, level VARCHAR(20) NOT NULL, paid BOOLEAN NOT NULL, "
        f"created_at TIMESTAMP WITH TIME ZONE NOT NULL, sealed {sealed} NOT NULL)"
    )
    return str(await make(crm, "Ada"))


@pytest.fixture
async def olga(app: Any, crm: Any) -> AsyncIterator[Program]:
    async with await program(app, crm, scopes=("membership.read", "membership.write", "contacts.read")) as one:
        yield one


async def test_record_of_a_plugin_is_created_listed_changed_and_deleted(olga: Any, crm: Any, ada: str) -> None:
    sent = {"subject_id": ada, "since": "2020-02-29", "level": "full", "number": "M 17", "remarks": [" a\u0001 "]}
    made = await olga.post(ADDRESS, json=sent)
    assert made.status_code == 201, made.text
    one = made.json()
    assert {name: one[name] for name in sent} == sent | {"remarks": ["a"]}
    assert (one["paid"], made.headers["location"]) == (False, f"{ADDRESS}/{one['id']}")
    assert (await olga.get(f"{ADDRESS}?contact={ada}")).json() == {"items": [one], "next": None}
    zoe = await make(crm, "Zoe")
    assert (await olga.get(f"{ADDRESS}?contact={zoe}")).json() == {"items": [], "next": None}
    changed = await olga.change(f"{ADDRESS}/{one['id']}", {"paid": True, "remarks": None}, one["etag"])
    assert changed.json() == one | {"paid": True, "remarks": [], "version": 2, "etag": changed.json()["etag"]}
    assert problem(await olga.change(f"{ADDRESS}/{one['id']}", {}, one["etag"])) == (412, "changed-meanwhile")
    needed = await olga.change(f"{ADDRESS}/{one['id']}", {"number": None}, changed.json()["etag"])
    assert errors(needed) == [{"detail": "is missing", "pointer": "#/number"}]
    gone = await olga.delete(f"{ADDRESS}/{one['id']}", headers={"if-match": changed.headers["etag"]})
    assert (gone.status_code, await crm.data.fetch("SELECT id FROM membership_member")) == (204, [])


async def test_record_is_checked_as_its_columns_content_and_plugin_say(olga: Any, ada: str) -> None:
    good = {"subject_id": ada, "since": "2020-02-29", "level": "full", "number": "M 17"}
    for wrong, pointer in (
        ({"number": "0"}, "#/number"),
        ({"number": "x" * 21}, "#/number"),
        ({"level": "x" * 21}, "#/level"),
        ({"since": "yesterday"}, "#/since"),
        ({"created_at": "2020-02-29T00:00:00Z"}, "#/created_at"),
    ):
        answer = await olga.post(ADDRESS, json=good | wrong)
        assert (problem(answer), [fault["pointer"] for fault in errors(answer)]) == (
            (422, "invalid-content"),
            [pointer],
        )
    nobody = await olga.post(ADDRESS, json=good | {"subject_id": "00000000-0000-0000-0000-000000000007"})
    assert problem(nobody) == (404, "not-found")


async def test_record_goes_with_its_contact_out_of_sight(olga: Any, crm: Any, ada: str) -> None:
    from confida_core.contacts.states import restrict_contact, unrestrict_contact
    from confida_core.contacts.trash import trash_contact
    from confida_core.vault.access import system_access

    made = await olga.post(
        ADDRESS, json={"subject_id": ada, "since": "2026-01-01", "level": "full", "number": "planted"}
    )
    address, inside = made.headers["location"], system_access("test", "relationship")
    contact_id = identifier(ada)

    async def seen() -> tuple[bool, int]:
        return "planted" in (await olga.get(ADDRESS)).text, (await olga.get(address)).status_code

    second = {"subject_id": ada, "since": "2026-01-02", "level": "full", "number": "planted too"}
    assert (await olga.post(ADDRESS, json=second)).status_code == 201
    assert await seen() == (True, 200)
    await restrict_contact(crm, inside, contact_id)
    assert await seen() == (False, 404)
    # That there is a next page would tell how much there is of somebody.
    assert (await olga.get(f"{ADDRESS}?contact={ada}&limit=1")).json() == {"items": [], "next": None}
    await unrestrict_contact(crm, inside, contact_id)
    await trash_contact(crm, inside, contact_id)
    assert await seen() == (False, 404)
    stored = await crm.data.fetch("SELECT sealed FROM membership_member")
    assert [b"planted" in bytes(row["sealed"]) for row in stored] == [False, False]


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"read": "membership.see"}, "names no declared permission to read: 'membership.see'"),
        ({"key": "Members"}, "has a key that is not words"),
        ({"purposes": ("fun",)}, "names a purpose nobody declares: 'fun'"),
    ],
)
async def test_resource_that_does_not_fit_stops_the_start(settings: Any, more: Any, complaint: str) -> None:
    from confida_web.rest.resources import served_resources

    with pytest.raises(PluginError, match=f"confida .*plugin membership.*{complaint}"):
        served_resources(with_plugin(settings, **more))

"""What a hook returns is checked as it is declared, and the error tells whose it is, where it stands, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from confida_consent.declarations import ConsentPurpose, Wording
from confida_consent.hookspecs import ConsentHooks
from confida_core import hooks as core_hooks
from confida_core.api import (
    CLICommand,
    IndexField,
    JobDeclaration,
    PermissionDeclaration,
    PluginError,
    PluginInfo,
    PurposeDeclaration,
    SelfCheck,
    StoreDeclaration,
    hookimpl,
)
from confida_core.hookspecs import CoreHooks
from confida_core.registry import load_registry
from confida_web.api import NavDeclaration
from confida_web.hookspecs import WebHooks
from tests.contracts.test_hooks import Point

WHO = r"confida-membership 2\.3 \(plugin membership\)"
HERE = r"\(.*test_declared_shape\.py:\d+\)"


async def work(*_: Any) -> Any:
    return None


def plugin(**implementations: Any) -> ModuleType:
    """A plugin `membership` with these hooks: each a value that is returned, or a function that is the implementation."""
    module = ModuleType("confida_membership")
    given = {"plugin_info": PluginInfo(key="membership", name="Membership", summary=""), **implementations}
    for name, value in given.items():
        function = value if callable(value) else (lambda value=value: value)
        setattr(module, name, hookimpl(function))
    return module


def load(monkeypatch: pytest.MonkeyPatch, **implementations: Any) -> Any:
    point = Point(plugin(**implementations))
    monkeypatch.setattr("confida_core.registry.metadata.entry_points", lambda group: [point])
    return load_registry(["membership"], built_in=[core_hooks], specifications=(CoreHooks, ConsentHooks, WebHooks))


def refused(monkeypatch: pytest.MonkeyPatch, **implementations: Any) -> str:
    with pytest.raises(PluginError) as error:
        load(monkeypatch, **implementations)
    return str(error.value)


@dataclass(kw_only=True)
class Loose:
    """Looks like a declaration, and is none."""

    key: str = "membership.x"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "must return a list of JobDeclaration, and returned nothing"),
        ("jobs", "must return a list of JobDeclaration, and returned a str"),
        (iter(()), "must return a list of JobDeclaration, and returned a tuple_iterator"),
        ([None], "must return a list of JobDeclaration, and there was nothing in it"),
        ([Loose()], "must return a list of JobDeclaration, and there was a Loose in it"),
    ],
)
def test_wrong_answer_is_named_with_what_is_wanted(monkeypatch: pytest.MonkeyPatch, answer: Any, said: str) -> None:
    assert re.fullmatch(f"{WHO}: hook jobs {HERE} {said}", refused(monkeypatch, jobs=answer))


def test_one_declaration_is_not_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    job = JobDeclaration(key="membership.renew", run=work, label="Renew")
    said = "must return a list of JobDeclaration, and returned a JobDeclaration"
    assert re.fullmatch(f"{WHO}: hook jobs {HERE} {said}", refused(monkeypatch, jobs=job))
    said = "must return one SettingsModel, and there was a list in it"
    assert re.fullmatch(f"{WHO}: hook settings_model {HERE} {said}", refused(monkeypatch, settings_model=[]))


def test_declaration_that_can_change_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, portal_routes=[Loose()])
    assert said.endswith("returned a Loose that is not frozen: what is declared never changes")


def test_hook_that_is_async_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def jobs() -> list[Any]:
        return []

    said = "is `async`: hooks only declare, make it a plain `def`"
    assert re.fullmatch(f"{WHO}: hook jobs {HERE} {said}", refused(monkeypatch, jobs=jobs))


@pytest.mark.parametrize(
    ("hook", "value", "key", "better"),
    [
        ("permissions", PermissionDeclaration(key="contacts.burn", label="", roles=frozenset()), "contacts.burn", "burn"),
        ("permissions", PermissionDeclaration(key="membership", label="", roles=frozenset()), "membership", "membership"),
        ("jobs", JobDeclaration(key="core.renew", run=work, label=""), "core.renew", "renew"),
        ("jobs", JobDeclaration(key="membershipx.renew", run=work, label=""), "membershipx.renew", "renew"),
        ("purposes", PurposeDeclaration(key="care", label=""), "care", "care"),
        ("index_fields", IndexField(key="tag", type="text", label="", value=print), "tag", "tag"),
        ("self_checks", SelfCheck(key="numbers", findings=work), "numbers", "numbers"),
        ("stores", StoreDeclaration(key="files", label="", collect=work, erase=work), "files", "files"),
        (
            "consent_purposes",
            ConsentPurpose(
                key="letter", version=1, texts={"en": Wording(title="t", description="d")}, basis="contract",
                channels=("post",), category="service",
            ),
            "letter",
            "letter",
        ),
        (
            "nav_items",
            NavDeclaration(key="contacts", label="", icon="", href="/x/membership/", permission="contacts.read"),
            "contacts",
            "contacts",
        ),
    ],
)  # fmt: skip
def test_key_outside_of_the_plugins_own_is_refused(
    monkeypatch: pytest.MonkeyPatch, hook: str, value: Any, key: str, better: str
) -> None:
    said = f"'{re.escape(key)}' must begin with the plugin's own key: name it 'membership.{better}'"
    assert re.fullmatch(f"{WHO}: hook {hook} {HERE}: {said}", refused(monkeypatch, **{hook: [value]}))


def test_command_is_named_as_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, cli_commands=[CLICommand(name="membership.renew", place="x:y")])
    assert said.endswith("'membership.renew' must begin with the plugin's own key: name it 'membership'")


def test_keys_below_the_plugins_own_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    item = NavDeclaration(key="membership", label="", icon="", href="/x/membership/", permission="contacts.read")
    job = JobDeclaration(key="membership.renew", run=work, label="")
    registry = load(monkeypatch, nav_items=[item], jobs=(job,))
    assert (registry.all("nav_items")[-1], registry.jobs["membership.renew"]) == (item, job)


def test_misspelt_hook_is_named_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "implements a hook that does not exist: contact_pannels; did you mean contact_panels\\?"
    assert re.fullmatch(f"{WHO} {HERE} {said}", refused(monkeypatch, contact_pannels=[]))
    said = "implements a hook that does not exist: zzz; docs/plugins/hooks.md lists those there are"
    assert re.fullmatch(f"{WHO} {HERE} {said}", refused(monkeypatch, zzz=[]))


def test_hook_with_an_argument_it_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, jobs=lambda crm: [])
    assert said.startswith("confida-membership 2.3 (")
    assert "cannot be registered" in said


@pytest.mark.parametrize("number", [0, 2])
def test_plugin_for_another_api_is_refused_before_anything_else_is_called(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    called = []
    info = PluginInfo(key="membership", name="", summary="", api=number)
    said = refused(monkeypatch, plugin_info=info, jobs=lambda: called.append("jobs"))
    assert re.fullmatch(
        rf"confida-membership 2\.3 \(.*\): plugin membership was made for api {number}, this Confida has api 1: install "
        "the release of confida-membership for it, or run `confida plugins disable membership`",
        said,
    )
    assert called == []


def test_plugin_that_does_not_say_who_it_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("confida_membership")
    monkeypatch.setattr("confida_core.registry.metadata.entry_points", lambda group: [Point(module)])
    with pytest.raises(PluginError, match=r"^confida-membership 2\.3 \(.*\) has no hook plugin_info"):
        load_registry(["membership"], built_in=[core_hooks])
    assert "must return one PluginInfo" in refused(monkeypatch, plugin_info={"key": "membership"})


def part(**lists: Any) -> ModuleType:
    module = ModuleType("confida_membership.members.declared")
    module.__file__ = "/plugins/members/declared.py"
    vars(module).update(lists)
    return module


def test_what_a_part_lists_counts_after_what_the_hook_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [JobDeclaration(key=f"membership.{name}", run=work, label=name) for name in ("own", "first", "second")]
    parts = [part(JOBS=(jobs[1],), LIMIT=3), part(JOBS=[jobs[2]])]
    registry = load(monkeypatch, jobs=[jobs[0]], parts=parts)
    declared = registry.with_owner("jobs")
    mine = [item.value.key for item in declared if item.plugin.info.key == "membership"]
    assert mine == ["membership.own", "membership.first", "membership.second"]


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (
            {"JOBS": (None,)},
            "JOBS in /plugins/members/declared.py must return a list of JobDeclaration, and there was nothing in it",
        ),
        ({"JOB": ()}, "JOB in /plugins/members/declared.py is no hook; did you mean JOBS?"),
        ({"NAV_ITEM": ()}, "NAV_ITEM in /plugins/members/declared.py is no hook; did you mean NAV_ITEMS?"),
    ],
)
def test_wrong_list_of_a_part_is_named_with_its_file(
    monkeypatch: pytest.MonkeyPatch, lists: dict[str, Any], said: str
) -> None:
    assert refused(monkeypatch, parts=[part(**lists)]) == f"confida-membership 2.3 (plugin membership): {said}"


def test_part_that_is_no_module_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.search(
        r"hook parts .* must return a list of module, and there was a str in it",
        refused(monkeypatch, parts=["members"]),
    )

"""The registry refuses a start with anything that could leak or escape, and names who declared it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import msgspec
import pytest
from piccolo.columns import JSON, UUID, Bytea, Integer, Text, Varchar
from piccolo.table import Table

from confida_core import hooks
from confida_core.declarations import PiccoloApp, PluginInfo, RecordDeclaration, TableDeclaration
from confida_core.hookspecs import hookimpl
from confida_core.registry import PluginError, load_registry
from confida_core.storage.engine import DATA


class Words(msgspec.Struct, frozen=True):
    text: str


class Sound(Table, tablename="loans_sound", db=DATA):
    id = UUID(primary_key=True)
    subject_id = UUID()
    version = Integer()
    sealed = Bytea()


class Chatty(Table, tablename="loans_chatty", db=DATA):
    id = UUID(primary_key=True)
    subject_id = UUID()
    version = Integer()
    sealed = Bytea()
    remark = Text()


class Shapeless(Table, tablename="loans_shapeless", db=DATA):
    id = UUID(primary_key=True)
    sealed = Bytea()


class Notes(Table, tablename="loans_notes", db=DATA):
    id = UUID(primary_key=True)
    answers = JSON()


class Rates(Table, tablename="loans_rates", db=DATA):
    id = UUID(primary_key=True)
    state = Varchar(length=10)


class Foreign(Table, tablename="contact_extra", db=DATA):
    id = UUID(primary_key=True)


def record(table: type[Table], **fields: Any) -> RecordDeclaration:
    given = {"subject": "subject_id", "retention_class": "relationship", "purpose": "relationship", "label": "Loans"}
    return RecordDeclaration(table=table, content=Words, **{**given, **fields})


@dataclass
class Point:
    """An entry point of an installed distribution, as importlib.metadata shows it."""

    name: str
    module: ModuleType
    value: str = "confida_loans"

    @property
    def dist(self) -> Any:
        class Distribution:
            name, version = "confida-loans", "2.3"

        return Distribution

    def load(self) -> ModuleType:
        return self.module


def plugin(**implementations: Any) -> ModuleType:
    """A plugin `loans` with these hooks: each a value that is returned, or a callable that is the implementation."""
    module = ModuleType("confida_loans")
    given = {"plugin_info": PluginInfo(key="loans", name="Loans", summary="Who borrowed what."), **implementations}
    for name, value in given.items():
        implementation = value if callable(value) else (lambda value=value: value)
        implementation.__name__ = name
        setattr(module, name, hookimpl(implementation))
    return module


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    def with_plugin(**implementations: Any) -> Any:
        point = Point("loans", plugin(**implementations))
        monkeypatch.setattr("confida_core.registry.metadata.entry_points", lambda group: [point])
        return load_registry(["loans"], built_in=[hooks])

    return with_plugin


def tables(*classes: type[Table]) -> dict[str, Any]:
    from pathlib import Path

    return {"piccolo_apps": [PiccoloApp(name="loans", migrations=Path("migrations"), tables=classes)]}


def refused(load: Any, **implementations: Any) -> str:
    with pytest.raises(PluginError) as error:
        load(**implementations)
    assert "confida-loans 2.3" in str(error.value), "whoever reads it must know whom to ask"
    return str(error.value)


def test_sound_plugin_is_loaded(load: Any) -> None:
    rates = TableDeclaration(table=Rates, subject_free="Interest rates.", clear={"state": "Valid or not."})
    registry = load(**tables(Sound, Rates), records=[record(Sound)], tables=[rates])
    assert registry.records["loans_sound"].label == "Loans"
    assert [str(loaded) for loaded in registry.plugins][-1] == "confida-loans 2.3 (plugin loans)"


@pytest.mark.parametrize(
    ("table", "column"), [(Chatty, "loans_chatty.remark"), (Notes, "loans_notes.answers"), (Rates, "loans_rates.state")]
)
def test_column_that_could_leak_is_refused(load: Any, table: type[Table], column: str) -> None:
    declared = (
        {"records": [record(table)]}
        if table is Chatty
        else {"tables": [TableDeclaration(table=table, subject_free="Nothing.")]}
    )
    assert column in refused(load, **tables(table), **declared)


def test_clear_column_needs_a_reason(load: Any) -> None:
    assert "loans_chatty.remark" in refused(load, **tables(Chatty), records=[record(Chatty, clear={"remark": ""})])
    load(**tables(Chatty), records=[record(Chatty, clear={"remark": "One of three words."})])


def test_undeclared_table_is_refused(load: Any) -> None:
    assert "loans_sound" in refused(load, **tables(Sound))


def test_record_without_version_or_subject_is_refused(load: Any) -> None:
    text = refused(load, **tables(Shapeless), records=[record(Shapeless)])
    assert "subject_id, version" in text


def test_record_kept_on_erasure_needs_a_reason(load: Any) -> None:
    assert "without a reason" in refused(load, **tables(Sound), records=[record(Sound, erasure="keep")])


def test_record_kept_on_erasure_needs_a_class_of_its_own(load: Any) -> None:
    """A class ends with its key: what is kept could not be opened, or what is erased could be opened in a backup."""
    kept = record(Sound, erasure="keep", keeps="Proof.")
    assert "'relationship'" in refused(load, **tables(Sound), records=[kept])
    load(**tables(Sound), records=[record(Sound, erasure="keep", keeps="Proof.", retention_class="loans")])


def test_table_without_the_plugins_prefix_is_refused(load: Any) -> None:
    declared = [TableDeclaration(table=Foreign, subject_free="Nothing.")]
    assert refused(load, **tables(Foreign), tables=declared) == (
        f"confida-loans 2.3 (plugin loans): the name of table contact_extra must begin with loans_ ({__file__})"
    )


def test_raising_hook_names_hook_and_distribution(load: Any) -> None:
    def purposes() -> Any:
        raise LookupError("broken")

    assert re.search(r"hook purposes \(.*test_schema\.py:\d+\) failed: LookupError", refused(load, purposes=purposes))


def test_misspelt_hook_is_refused(load: Any) -> None:
    with pytest.raises(PluginError, match="purpuses"):
        load(purpuses=[])


def test_second_declaration_of_a_key_is_refused(load: Any) -> None:
    purpose = next(iter(load().purposes.values()))
    assert purpose.key in refused(load, purposes=[purpose])


def test_enabled_but_not_installed_plugin_stops_the_start() -> None:
    with pytest.raises(PluginError, match="membership is enabled but not installed"):
        load_registry(["membership"], built_in=[hooks])


def test_plugin_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Point):
        def load(self) -> ModuleType:
            raise ImportError("no such module")

    monkeypatch.setattr("confida_core.registry.metadata.entry_points", lambda group: [Broken("loans", plugin())])
    with pytest.raises(PluginError, match=r"confida-loans 2\.3 \(plugin loans\) cannot be imported"):
        load_registry(["loans"], built_in=[hooks])


def test_our_own_declarations_say_what_erasure_does() -> None:
    registry = load_registry([], built_in=[hooks])
    assert [name for name, item in registry.records.items() if not item.label or not item.purpose] == []
    assert {item.purpose for item in registry.records.values()} <= set(registry.purposes)

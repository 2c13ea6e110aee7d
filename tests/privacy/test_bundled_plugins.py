"""What holds for core's own records holds with our plugins switched on: all of it is in the answer, and goes with the person."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.rights.erasure import erase_person
from confida_core.ids import new_id
from confida_core.vault.access import system_access
from confida_web.app import load_everything
from tests.consent.rights.answers import Markers, answered, columns_for
from tests.consent.rights.test_completeness import found_in, plant, plantable, planted_contact

pytestmark = pytest.mark.anyio
PLUGINS = ("sales", "service", "marketing")


@pytest.fixture
def confida_plugins() -> tuple[str, ...]:
    return PLUGINS


@pytest.fixture
def confida_registry() -> Any:
    return load_everything


def another(columns: dict[str, Any]) -> dict[str, Any]:
    """The same with other numbers and words, of which some may stand in one row only."""
    return {
        name: value + 1 if type(value) is int else f"{value}2" if isinstance(value, str) else value
        for name, value in columns.items()
    }


async def test_everything_that_plugins_keep_of_a_person_is_in_their_answer(crm: Any) -> None:
    hers, his = Markers("zqada"), Markers("zqmats")
    ada, mats = await planted_contact(crm, hers), await planted_contact(crm, his)
    await plant(crm, ada, hers, others=(mats,))
    for record in plantable(crm):
        if record.name.partition("_")[0] in PLUGINS:
            people = (mats,) if record.subject is None else ()
            await crm.records.insert(record, another(columns_for(record, mats, {})), his.content(record), people=people)
    files = await answered(crm, ada)
    missing = set(hers.planted) - found_in(files, hers)
    assert {hers.planted[marker] for marker in missing} == set()
    assert found_in(files, his) == set()
    assert {place.partition("_")[0] for place in hers.planted.values()} >= set(PLUGINS)


async def test_only_what_the_law_has_us_keep_stays_of_an_erased_person(crm: Any) -> None:
    hers = Markers("zqada")
    ada = await planted_contact(crm, hers)
    for record in plantable(crm):
        if record.name.partition("_")[0] in PLUGINS:
            people = (ada,) if record.subject is None else ()
            await crm.records.insert(record, columns_for(record, ada, {}), hers.content(record), people=people)
    await erase_person(crm, system_access("tests"), ada, request_id=new_id())
    kept = {}
    for record in plantable(crm):
        if record.name.partition("_")[0] in PLUGINS:
            rows = await crm.data.fetch(f"SELECT * FROM {record.name}")
            opened = await crm.door.open(system_access("tests"), record, rows)
            kept[record.name] = (len(opened), record.erasure)
    assert {name: kind for name, (count, kind) in kept.items() if count} == {
        name: "keep" for name, (_, kind) in kept.items() if kind == "keep"
    }

"""Fields of an administrator's own: defined, filled in, retired."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.contacts.content import ContactKind
from confida_core.contacts.custom_fields import custom_fields, define_field, key_from, retire_field
from confida_core.contacts.people import create_contact, update_contact, visible_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import Forbidden, NotFound
from tests.core.contacts.cast import MATS, access_of, ada, make_ada

pytestmark = pytest.mark.anyio

COLOURS = ["red", "green", "blue"]


@pytest.mark.parametrize(
    ("type_", "given", "stored", "refused"),
    [
        ("text", "likes tea", "likes tea", 5),
        ("number", "1,5", 1.5, "many"),
        ("number", "42", 42, "1e999"),
        ("date", "2026-02-28", "2026-02-28", "2026-02-30"),
        ("boolean", "true", True, "perhaps"),
        ("choice", "red", "red", "purple"),
        ("set", ["blue", "red"], ["red", "blue"], ["red", "purple"]),
    ],
)
async def test_value_of_each_type_is_understood_or_refused(
    crm: Any, type_: str, given: Any, stored: Any, refused: Any
) -> None:
    choices = COLOURS if type_ in {"choice", "set"} else []
    await define_field(crm, access_of(), label="Field", type=type_, choices=choices)
    contact_id = await make_ada(crm, custom={"field": given})
    assert (await visible_contact(crm, access_of(), contact_id)).content.custom == {"field": stored}
    with pytest.raises(InvalidContent) as error:
        await make_ada(crm, custom={"field": refused})
    assert list(error.value.errors) == ["custom.field"]


async def test_empty_value_is_no_value(crm: Any) -> None:
    await define_field(crm, access_of(), label="Born", type="date")
    contact_id = await make_ada(crm, custom={"born": ""})
    assert (await visible_contact(crm, access_of(), contact_id)).content.custom == {}


async def test_field_of_organisations_is_none_of_a_person(crm: Any) -> None:
    await define_field(crm, access_of(), label="Branches", type="number", applies_to=ContactKind.ORGANISATION)
    with pytest.raises(InvalidContent):
        await make_ada(crm, custom={"branches": 3})
    await create_contact(crm, access_of(), ContactKind.ORGANISATION, ada(custom={"branches": 3}))


async def test_retired_field_keeps_what_it_holds(crm: Any) -> None:
    await define_field(crm, access_of(), label="Colour", type="choice", choices=COLOURS)
    contact_id = await make_ada(crm, custom={"colour": "red"})
    await retire_field(crm, access_of(), "colour", retired=True)
    await update_contact(crm, access_of(), contact_id, ada(custom={"colour": "red"}, nickname="A"), seen=1)
    assert (await visible_contact(crm, access_of(), contact_id)).content.custom == {"colour": "red"}
    assert [field.retired for field in await custom_fields(crm)] == [True]


async def test_fields_keep_their_order_and_choices(crm: Any) -> None:
    for label in ("Zebra", "Apple"):
        await define_field(crm, access_of(), label=label, type="set", choices=[*COLOURS, "red", " "])
    found = await custom_fields(crm)
    assert [(field.key, list(field.choices)) for field in found] == [("zebra", COLOURS), ("apple", COLOURS)]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"label": "", "type": "text"}, ["label"]),
        ({"label": "A", "type": "colour"}, ["type"]),
        ({"label": "A", "type": "choice"}, ["choices"]),
        ({"label": "A", "type": "text", "key": "Ä b"}, ["key"]),
        ({"label": "x" * 81, "type": "text", "hint": "y" * 201}, ["hint", "label"]),
        ({"label": "Taken", "type": "text"}, ["key"]),
    ],
)
async def test_definition_that_cannot_be_names_its_fields(crm: Any, given: dict[str, Any], wrong: list[str]) -> None:
    await define_field(crm, access_of(), label="Taken", type="text")
    with pytest.raises(InvalidContent) as refused:
        await define_field(crm, access_of(), **given)
    assert sorted(refused.value.errors) == wrong
    assert len(await custom_fields(crm)) == 1


async def test_definitions_need_settings(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await define_field(crm, access_of(MATS), label="A", type="text")
    with pytest.raises(NotFound):
        await retire_field(crm, access_of(), "nothing", retired=True)


@pytest.mark.parametrize(("label", "key"), [("Shoe size", "shoe_size"), ("Straße 7", "strasse_7"), ("名前", "field")])
def test_key_is_made_of_the_label(label: str, key: str) -> None:
    assert key_from(label) == key

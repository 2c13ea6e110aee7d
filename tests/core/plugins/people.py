"""Rows of the fake plugin: Ada is a member, and meets with Mats."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.vault.access import system_access

NOTE = "Ada pays in four instalments"
SUBJECT = "Ada and Mats about the fees"


async def add_contact(crm: Any, name: str) -> UUID:
    return await create_contact(crm, system_access("tests"), ContactKind.PERSON, ContactContent(display_name=name))


async def add_member(crm: Any, contact_id: UUID, module: Any) -> UUID:
    record_id = new_id()
    columns = {"id": record_id, "contact_id": contact_id}
    await crm.records.insert(module.MEMBER, columns, module.Member(note=NOTE))
    return record_id


async def add_meeting(crm: Any, people: list[UUID], module: Any) -> UUID:
    record_id = new_id()
    await crm.records.insert(module.MEETING, {"id": record_id}, module.Meeting(subject=SUBJECT), people=people)
    return record_id


def module_of(crm: Any, key: str = "membership") -> Any:
    return next(plugin.module for plugin in crm.registry.plugins if plugin.info.key == key)

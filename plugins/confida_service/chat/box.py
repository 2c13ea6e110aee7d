"""How the chat box is set up: whether it is there, who may show it, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    VersionConflict,
    clean_text,
    now,
    record_audit_event,
)
from confida_service.service_levels.business_hours import open_spans
from confida_service.service_levels.levels import service_levels
from confida_service.tickets.tickets import known_queue
from confida_web.api import origin_of

LANGUAGES = ("en", "de")
LONGEST_GREETING, LONGEST_NOTICE, MOST_SITES = 400, 800, 20
GREETINGS = {"en": "How can we help you?", "de": "Wie können wir Ihnen helfen?"}
NOTICES = {
    "en": "What you write is kept with your question, so that we can answer it. It goes to nobody else.",
    "de": "Was Sie schreiben, bewahren wir mit Ihrer Frage auf, damit wir sie beantworten können. Niemand sonst erhält es.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxSettings:
    """sites: origins, such as https://example.org. greetings, notices: by language. version: 0 until something was saved."""

    active: bool = False
    queue_id: UUID | None = None
    sites: tuple[str, ...] = ()
    greetings: Mapping[str, str] = field(default_factory=lambda: GREETINGS)
    notices: Mapping[str, str] = field(default_factory=lambda: NOTICES)
    version: int = 0


async def box_settings(crm: Installation) -> BoxSettings:
    """As they were saved last, or how they begin. One query."""
    rows = await crm.data.fetch("SELECT * FROM service_chat_box WHERE id = 1")
    if not rows:
        return BoxSettings()
    row = rows[0]
    return BoxSettings(
        active=row["active"], queue_id=row["queue_id"], sites=tuple(row["sites"].split()), version=row["version"],
        greetings={language: row[f"greeting_{language}"] for language in LANGUAGES},
        notices={language: row[f"notice_{language}"] for language in LANGUAGES},
    )  # fmt: skip


async def save_box(crm: Installation, access: Access, typed: BoxSettings, *, seen: int) -> None:
    """Keep it; an empty text is the usual one. Raises Forbidden, VersionConflict, and InvalidContent by field."""
    access.actor.require("service.manage")
    columns = checked(typed)
    if typed.queue_id is not None:
        await known_queue(crm, typed.queue_id)
    async with crm.data.transaction():
        await store(crm, columns | {"active": typed.active, "queue_id": typed.queue_id}, seen)
        await record_audit_event(
            crm, "service.chat_box_saved", actor_id=access.actor.id, target_kind="chat box", serious=False
        )


def checked(typed: BoxSettings) -> dict[str, Any]:
    """The columns of texts and sites. Raises InvalidContent."""
    errors: dict[str, str] = {}
    sites = []
    for one in typed.sites:
        origin = origin_of(one)
        if not origin:
            errors["sites"] = f"“{one[:80]}” is no address of a site; write it like https://www.example.org."
        sites.append(origin)
    if len(sites) > MOST_SITES:
        errors["sites"] = f"At most {MOST_SITES} sites."
    columns: dict[str, Any] = {"sites": " ".join(dict.fromkeys(sites))}
    for language in LANGUAGES:
        for name, texts, usual, longest in (
            ("greeting", typed.greetings, GREETINGS, LONGEST_GREETING),
            ("notice", typed.notices, NOTICES, LONGEST_NOTICE),
        ):
            text = clean_text(texts.get(language, "")).strip() or usual[language]
            if len(text) > longest:
                errors[f"{name}_{language}"] = f"At most {longest} characters."
            columns[f"{name}_{language}"] = text
    if errors:
        raise InvalidContent(errors)
    return columns


async def store(crm: Installation, columns: Mapping[str, Any], seen: int) -> None:
    """Raises VersionConflict if it is at another version than the one that was seen."""
    if seen:
        sets = ", ".join(f"{name} = ?" for name in columns)
        done = await crm.data.fetch(
            f"UPDATE service_chat_box SET {sets}, version = version + 1 WHERE id = 1 AND version = ? RETURNING id",
            *columns.values(), seen,
        )  # fmt: skip
    else:
        marks = ", ".join("?" * len(columns))
        done = await crm.data.fetch(
            f"INSERT INTO service_chat_box (id, version, {', '.join(columns)}) VALUES (1, 1, {marks}) "
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            *columns.values(),
        )
    if not done:
        raise VersionConflict((await box_settings(crm)).version)


async def open_now(crm: Installation) -> bool:
    """Whether somebody is at work at this moment, by the business hours of the service levels."""
    moment = now()
    first = next(open_spans((await service_levels(crm)).hours, moment), None)
    return first is not None and first[0] <= moment

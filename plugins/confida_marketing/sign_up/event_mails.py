"""The mails of events: that there is a place, or not yet, and a reminder the day before. Nobody's consent is needed for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import ConsentPurpose, Wording
from confida_core.api import Installation, Opened, OutboundMessage, address_of, now, send, system_access
from confida_marketing.sign_up.content import EVENT, REGISTRATION, EventContent, RegistrationContent
from confida_marketing.sign_up.events import when_of
from confida_marketing.sign_up.registering import CANCELLED, IN, PURPOSE

INSIDE = system_access("marketing events", "relationship")
PLACE = "/my/x/marketing/place"
BEFORE = timedelta(hours=24)
AT_ONCE = 200
EVENTS = ConsentPurpose(
    key=PURPOSE,
    version=1,
    texts={
        "en": Wording(title="Places at events", description="We tell you about the events that you signed up for."),
        "de": Wording(
            title="Plätze bei Veranstaltungen",
            description="Wir schreiben Ihnen zu Veranstaltungen, zu denen Sie sich angemeldet haben.",
        ),
    },
    basis="contract",
    channels=("email", "phone", "post", "sms"),
    category="service",
    retention="As long as we keep that you signed up.",
)
WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "in": ("You have a place: {title}", "you have a place."),
        "waiting": ("On the waiting list: {title}", "all places are taken. You are on the waiting list; we write as soon as one is free."),
        "reminder": ("Soon: {title}", "this is soon, and you have a place."),
        "cancelled": ("Cancelled: {title}", "your place was given back."),
    },
    "de": {
        "in": ("Sie haben einen Platz: {title}", "Sie haben einen Platz."),
        "waiting": ("Auf der Warteliste: {title}", "alle Plätze sind vergeben. Sie stehen auf der Warteliste; wir schreiben, wenn einer frei wird."),
        "reminder": ("Bald: {title}", "es ist bald so weit, und Sie haben einen Platz."),
        "cancelled": ("Abgesagt: {title}", "Ihr Platz wurde zurückgegeben."),
    },
}  # fmt: skip
PARTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hello": "Hello,", "link": "Your place, a file for your calendar, and how to cancel:",
        "other": "If you did not sign up, somebody else typed your address. Cancel there, and you hear no more of it.",
    },
    "de": {
        "hello": "Guten Tag,", "link": "Ihr Platz, eine Datei für Ihren Kalender und wie Sie absagen:",
        "other": "Falls Sie sich nicht angemeldet haben, hat jemand anderes Ihre Adresse eingetragen. Sagen Sie dort ab, dann ist es gut.",
    },
}  # fmt: skip


async def tell_guest(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: how it stands with a place. registration_id."""
    found = await with_event(crm, arguments["registration_id"])
    if found is not None:
        registration, event = found
        await send(crm, INSIDE, written(crm, registration, event, registration.row["state"]))


async def with_event(
    crm: Installation, registration_id: UUID
) -> tuple[Opened[RegistrationContent], Opened[EventContent]] | None:
    rows = await crm.records.rows(REGISTRATION, [registration_id])
    registration = await crm.door.open_one(INSIDE, REGISTRATION, rows[0]) if rows else None
    if registration is None:
        return None
    rows = await crm.records.rows(EVENT, [registration.row["event_id"]])
    event = await crm.door.open_one(INSIDE, EVENT, rows[0]) if rows and rows[0]["deleted_at"] is None else None
    return (registration, event) if event is not None else None


def written(
    crm: Installation, registration: Opened[RegistrationContent], event: Opened[EventContent], what: str
) -> OutboundMessage:
    said = registration.content
    language = said.language if said.language in WORDS else "en"
    subject, sentence = WORDS[language][what]
    parts = PARTS[language]
    lines = [
        # Whoever typed the address typed the name, too: nothing of theirs goes to somebody else's mailbox in our name.
        parts["hello"],
        sentence,
        "\n".join(
            filter(
                None, (event.content.title, when_of(crm, event.row, language), event.content.place, event.content.price)
            )
        ),
    ]
    if what != CANCELLED:
        lines += [f"{parts['link']}\n{address_of(crm)}{PLACE}/{said.token}?lang={language}", parts["other"]]
    return OutboundMessage(
        contact_id=registration.row["contact_id"], purpose=PURPOSE, to=said.email, subject=subject.format(title=event.content.title),
        text="\n\n".join(filter(None, lines)) + "\n", headers={"Content-Language": language},
    )  # fmt: skip


async def remind_guests(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: whoever has a seat at what begins within a day, once. Each is noted with their mail, so that a crash sends none twice."""
    while rows := await crm.data.fetch(
        "SELECT r.id FROM marketing_registration AS r JOIN marketing_event AS e ON e.id = r.event_id WHERE r.state = ? "
        "AND r.reminded_at IS NULL AND e.deleted_at IS NULL AND e.starts_at > ? AND e.starts_at <= ? AND r.created_at < ? "
        f"ORDER BY r.id LIMIT {AT_ONCE}",
        IN, now(), now() + BEFORE, now() - timedelta(hours=1),
    ):  # fmt: skip
        for row in rows:
            await remind(crm, row["id"])


async def remind(crm: Installation, registration_id: UUID) -> None:
    found = await with_event(crm, registration_id)
    async with crm.data.transaction():
        claimed = await crm.data.fetch(
            "UPDATE marketing_registration SET reminded_at = ? WHERE id = ? AND reminded_at IS NULL RETURNING contact_id",
            now(), registration_id,
        )  # fmt: skip
        if claimed and found is not None:
            await send(crm, INSIDE, written(crm, *found, "reminder"))

"""After a ticket is solved, those who agreed to it are asked once how it went."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import may_many
from confida_core.api import (
    Installation,
    InvalidContent,
    MessageState,
    NotFound,
    Opened,
    OutboundMessage,
    address_of,
    new_id,
    now,
    send,
    system_access,
    visible_contact,
)
from confida_service.service_levels.levels import level_settings
from confida_service.service_levels.survey_content import SURVEY, SurveyContent

PURPOSE = "service.survey"
INSIDE = system_access("service surveys")
AT_ONCE = 200
LONGEST_COMMENT = 2_000
VALID = timedelta(days=30)
SUBJECTS = {"en": "How did we do?", "de": "Wie war unser Service?"}
TEXTS = {
    "en": "You asked us something, and we think it is solved. Are you content?\n\n{link}\n\nIt takes half a minute.",
    "de": "Sie hatten ein Anliegen, das wir für gelöst halten. Sind Sie zufrieden?\n\n{link}\n\nEs dauert eine halbe Minute.",
}
SCORES = range(1, 6)


async def ask_surveys(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: tickets that were solved an hour to three days ago; nobody is asked twice within a month, or without a consent."""
    if not (await level_settings(crm)).survey:
        return
    moment = now()
    rows = await crm.data.fetch(
        "SELECT id, contact_id, queue_id, assignee_id FROM service_ticket AS t WHERE state IN ('solved', 'closed') "
        "AND solved_at BETWEEN ? AND ? AND first_response_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM service_survey AS s "
        "WHERE s.contact_id = t.contact_id AND s.asked_at > ?) ORDER BY solved_at LIMIT ?",
        moment - timedelta(days=3), moment - timedelta(hours=1), moment - VALID, AT_ONCE,
    )  # fmt: skip
    latest = {row["contact_id"]: row for row in rows}
    answers = await may_many(crm, list(latest), PURPOSE, "email")
    for contact_id, row in latest.items():
        if answers[contact_id].allowed:
            await ask(crm, row)


async def ask(crm: Installation, ticket: Mapping[str, Any]) -> None:
    """Kept before it is sent: rather not asked than asked twice."""
    contact_id, survey_id = ticket["contact_id"], new_id()
    try:
        contact = await visible_contact(crm, INSIDE, contact_id)
    except NotFound:
        return
    columns = {
        "id": survey_id, "ticket_id": ticket["id"], "contact_id": contact_id, "queue_id": ticket["queue_id"],
        "assignee_id": ticket["assignee_id"], "asked_at": now(),
    }  # fmt: skip
    await crm.keyring.ensure([contact_id], SURVEY.retention_class)
    await crm.records.insert(SURVEY, columns, SurveyContent())
    language = "de" if contact.content.language.lower().startswith("de") else "en"
    link = f"{address_of(crm)}/my/x/service/survey/{token_of(crm, survey_id)}"
    message = OutboundMessage(
        contact_id=contact_id, purpose=PURPOSE, subject=SUBJECTS[language], text=TEXTS[language].format(link=link),
        secret=True, headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    result = await send(crm, INSIDE, message)
    if result.state is not MessageState.QUEUED:
        await crm.records.delete(SURVEY, survey_id, [contact_id])


async def waiting_survey(crm: Installation, contact_id: UUID, ticket_id: UUID | None = None) -> str:
    """The address of the latest survey that still waits for this person's answer, or one about this ticket; "" for none."""
    about = " AND ticket_id = ?" if ticket_id else ""
    rows = await crm.data.fetch(
        f"SELECT id FROM service_survey WHERE contact_id = ? AND answered_at IS NULL AND asked_at > ?{about} "
        "ORDER BY asked_at DESC LIMIT 1",
        contact_id, now() - VALID, *([ticket_id] if ticket_id else []),
    )  # fmt: skip
    return f"/my/x/service/survey/{token_of(crm, rows[0]['id'])}" if rows else ""


def token_of(crm: Installation, survey_id: UUID) -> str:
    """By which whoever has the link may answer this survey, and nothing else."""
    return base64.urlsafe_b64encode(survey_id.bytes + sign(crm, survey_id)).decode("ascii")


def sign(crm: Installation, survey_id: UUID) -> bytes:
    return hmac.new(crm.keyring.hashing_key("service survey"), survey_id.bytes, hashlib.sha256).digest()[:17]


async def survey_of(crm: Installation, token: str) -> Opened[SurveyContent]:
    """Raises NotFound for a link that is wrong, too old or whose survey is gone."""
    try:
        given = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, UnicodeError, ValueError):
        raise NotFound from None
    survey_id = UUID(bytes=given[:16]) if len(given) == 33 else UUID(int=0)
    if not hmac.compare_digest(given[16:], sign(crm, survey_id)):
        raise NotFound
    rows = await crm.data.fetch("SELECT * FROM service_survey WHERE id = ? AND asked_at > ?", survey_id, now() - VALID)
    opened = await crm.door.open_one(INSIDE, SURVEY, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def answer_survey(crm: Installation, token: str, score: int, comment: str) -> None:
    """Keep what was said; again replaces it. Raises NotFound, and InvalidContent by field."""
    opened = await survey_of(crm, token)
    errors = {}
    if score not in SCORES:
        errors["score"] = "Please choose one of the five."
    if len(comment.strip()) > LONGEST_COMMENT:
        errors["comment"] = "This is too long."
    if errors:
        raise InvalidContent(errors)
    columns = {
        "id": opened.row["id"], "contact_id": opened.row["contact_id"], "score": score, "answered_at": now(),
    }  # fmt: skip
    content = SurveyContent(comment=comment.strip())
    await crm.keyring.ensure([opened.row["contact_id"]], SURVEY.retention_class)
    await crm.records.update(SURVEY, columns, content, seen=opened.row["version"])

"""Notices as they were shown, to the byte."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.notices import Notice, notice
from confida_consent.purposes import all_purposes
from confida_core.installation import Installation
from confida_web.consents.editing import NoticePage, NoticeRow
from confida_web.consents.pages import NoticeText
from confida_web.consents.words import language_name, titles
from confida_web.files.routes import SANDBOX, disposition
from confida_web.page import page

MOST = 200


@get("/consents/notices/{notice_id:uuid}", permission="consents.read")
async def show(request: Request[Any, Any, Any], notice_id: FromPath[UUID]) -> Response[Any]:
    crm, lang = request.state.crm, request.state.frame.lang
    found = await notice(crm, notice_id)
    rows = await notice_rows(crm, found.purpose, lang)
    here = f"/consents/notices/{found.id}"
    text = NoticeText(
        title=titles(await all_purposes(crm), lang).get(found.purpose, found.purpose),
        language=language_name(found.language, lang),
        number=found.number,
        text=found.text,
        sha256=found.sha256.hex(),
        href=here,
    )
    content = NoticePage(
        notice=text,
        purpose_key=found.purpose,
        purpose_version=found.purpose_version,
        created_at=found.created_at,
        bytes_href=f"{here}/bytes",
        size=len(found.content),
        others=tuple(row for row in rows if row.href != here),
    )
    return page(request, content)


async def notice_rows(crm: Installation, purpose: str, lang: str) -> tuple[NoticeRow, ...]:
    """Every version that was ever shown, the newest first."""
    rows = await crm.data.fetch(
        "SELECT id, language, number, sha256, created_at, purpose_version FROM consent_notice WHERE purpose = ? "
        "ORDER BY created_at DESC, language LIMIT ?",
        purpose, MOST,
    )  # fmt: skip
    return tuple(
        NoticeRow(
            language=language_name(row["language"], lang),
            number=row["number"],
            href=f"/consents/notices/{row['id']}",
            sha256=bytes(row["sha256"]).hex(),
            created_at=row["created_at"],
            purpose_version=row["purpose_version"],
        )
        for row in rows
    )


@get("/consents/notices/{notice_id:uuid}/bytes", permission="consents.read")
async def as_bytes(request: Request[Any, Any, Any], notice_id: FromPath[UUID]) -> Response[bytes]:
    found: Notice = await notice(request.state.crm, notice_id)
    name = f"notice-{found.purpose}-{found.language}-{found.number}.txt"
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    return Response(found.content, media_type="text/plain; charset=utf-8", headers=headers)


ROUTES = (show, as_bytes)

"""Consents that were collected elsewhere: the file and who vouches for it, a preview, the run and its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.content import ImportAttestation
from confida_consent.import_plan import KNOWN, REASONS, TAKE
from confida_consent.importing import (
    LARGEST_FILE,
    MOST_REPORTED,
    Attestation,
    ImportPreview,
    consent_import,
    list_consent_imports,
    preview_import,
    receive_consent_import,
    start_import,
)
from confida_core.accounts.staff import account_names
from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.imports_file import stored_bytes
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.sealed_files import ReceivedFile, discard_files, only, receive_file
from confida_core.vault.door import Opened
from confida_web.consents.editing import (
    ConsentImportPage,
    ConsentImportsPage,
    ImportedRow,
    ImportRow,
    ReasonCount,
    RunState,
)
from confida_web.display import Errors
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

SHOWN_ROWS = 200
LONGEST = 2_000
STATES: Mapping[str, RunState] = {"received": "preview", "running": "running", "done": "finished", "failed": "failed"}
COLUMNS = (
    ("email", "An address that the contact has here; or contact, with the contact’s id."),
    ("purpose", "The short name of the purpose, as it stands on the page of purposes."),
    ("channel", "email, phone, sms, post, messenger or profiling."),
    ("state", "given, refused, withdrawn or objected."),
    ("date", "The day, such as 2024-05-31. A consent needs one."),
    ("source", "Where it was said, such as a form or a fair."),
    ("text", "What the person read or was asked, word for word."),
)


@get("/consents/import", permission="consents.manage")
async def imports(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await imports_page(request, FormData()))


async def imports_page(
    request: Request[Any, Any, Any], form: FormData, errors: Errors | None = None
) -> ConsentImportsPage:
    crm = request.state.crm
    found = await list_consent_imports(crm, access_for(request, "consent"))
    names = await account_names(crm, sorted({one.row["created_by"] for one in found})) if found else {}
    return ConsentImportsPage(
        imports=tuple(import_row(one, names) for one in found),
        columns=COLUMNS,
        values={name: form.get(name) for name in ("statement", "collected")},
        attested=form.flag("attested"),
        errors=errors or {},
    )


def import_row(one: Opened[ImportAttestation], names: Mapping[UUID, str]) -> ImportRow:
    row = one.row
    return ImportRow(
        id=str(row["id"]),
        name=one.content.file_name,
        at=row["created_at"],
        who=names.get(row["created_by"], ""),
        rows=row["rows"],
        taken=row["taken"],
        refused=row["refused"],
    )


@post("/consents/import", permission="consents.manage", status_code=200)
async def upload(request: Request[Any, Any, Any]) -> Response[Any]:
    """The file is sealed while it arrives, and gone again unless somebody vouches for it."""
    crm = request.state.crm
    received: list[ReceivedFile] = []
    errors: dict[str, str] = {}

    async def save(file: UploadedFile) -> None:
        try:
            if not received:
                received.append(await receive_file(crm, file.filename, file.pieces, limit=LARGEST_FILE))
        except TooLarge:
            errors["file"] = "This file is too large."

    try:
        form = await parse_form(request, save)
        errors |= wrong_in(form)
        if not received and not errors:
            errors["file"] = "Choose a file."
        import_id = None if errors else await kept(request, form, received[0], errors)
    finally:
        await discard_files(crm, received)
    if import_id is None:
        return page(request, await imports_page(request, form, errors), block="form", status=422)
    return redirect(request, f"/consents/import/{import_id}")


async def kept(
    request: Request[Any, Any, Any], form: FormData, file: ReceivedFile, errors: dict[str, str]
) -> UUID | None:
    """The import's id; None, and why not in errors, for a file that is no table of consents."""
    crm, access = request.state.crm, access_for(request, "consent")
    attestation = Attestation(statement=form.get("statement"), collected=form.get("collected"))
    data = await stored_bytes(crm, file.id, file.content)
    try:
        return await receive_consent_import(crm, access, file.content.name, only(data), attestation)
    except UnreadableFile as wrong:
        errors["file"] = str(wrong)
        return None


def wrong_in(form: FormData) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not form.get("statement").strip():
        errors["statement"] = "Say where these consents come from."
    for name in ("statement", "collected"):
        if len(form.get(name)) > LONGEST:
            errors[name] = f"Please keep it under {LONGEST:,} characters."
    if not form.flag("attested"):
        errors["attested"] = "Without somebody who vouches for it nothing is imported."
    return errors


@get("/consents/import/{import_id:uuid}", permission="consents.manage")
async def show(request: Request[Any, Any, Any], import_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "consent")
    found = await consent_import(crm, access, import_id)
    state = STATES.get(found.row["state"], "failed")
    plan = await preview_import(crm, access, import_id, rows=SHOWN_ROWS) if state == "preview" else None
    names = await account_names(crm, [found.row["created_by"]])
    return page(request, run_page(found, state, plan, names), block="progress")


def run_page(
    found: Opened[ImportAttestation], state: RunState, plan: ImportPreview | None, names: Mapping[UUID, str]
) -> ConsentImportPage:
    row, content = found.row, found.content
    report = (
        previewed(plan)
        if plan
        else tuple(ImportedRow(number=n, outcome="refused", why=why) for n, _, why in content.report)
    )
    refused = Counter(one.why for one in report if one.outcome == "refused")
    return ConsentImportPage(
        id=str(row["id"]),
        name=content.file_name,
        at=row["created_at"],
        who=names.get(row["created_by"], ""),
        state=state,
        statement=content.statement,
        collected=content.collected,
        rows=row["rows"],
        done=row["position"],
        looked_at=len(plan.shown) if plan else row["position"],
        taken=sum(one.outcome == "taken" for one in report) if plan else row["taken"],
        known=sum(one.outcome == "known" for one in report)
        if plan
        else row["position"] - row["taken"] - row["refused"],
        refused=sum(refused.values()) if plan else row["refused"],
        counts=tuple(ReasonCount(reason=why, count=count) for why, count in refused.most_common()),
        report=report[:SHOWN_ROWS],
        more=len(report) > SHOWN_ROWS or row["refused"] > MOST_REPORTED,
    )


def previewed(plan: ImportPreview) -> tuple[ImportedRow, ...]:
    words = {TAKE: "taken", KNOWN: "known"}
    return tuple(
        ImportedRow(number=one.number, outcome=words.get(one.outcome, "refused"), why=REASONS.get(one.outcome, ""))
        for one in plan.shown
    )


@post("/consents/import/{import_id:uuid}/run", permission="consents.manage")
async def run(request: Request[Any, Any, Any], import_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await start_import(request.state.crm, access_for(request, "consent"), import_id)
    message = Toast(message="The consents are being written down.", tone="notice")
    return redirect(request, f"/consents/import/{import_id}", message)


ROUTES = (imports, upload, show, run)

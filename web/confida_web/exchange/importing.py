"""An import in the browser: the file, its columns, the preview, the run and its report, and taking it back."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.accounts.staff import account_names
from confida_core.contacts.custom_fields import custom_fields
from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.headers import KEEP
from confida_core.exchange.imports import (
    BEFORE_START,
    ORIGINS,
    ImportOptions,
    NotNow,
    begin_import,
    largest_import,
    list_runs,
    remembered_mapping,
    set_mapping,
    start_import,
    visible_run,
)
from confida_core.exchange.imports_opening import open_table_of
from confida_core.exchange.imports_records import RunContent
from confida_core.exchange.imports_report import kept_contacts, list_problems, problems_csv
from confida_core.exchange.mapping import InvalidMapping, parse_target
from confida_core.exchange.preview import first_rows, preview_import
from confida_core.exchange.undo import start_undo
from confida_core.installation import Installation
from confida_core.storage.sealed_files import ReceivedFile, discard_files, receive_file
from confida_core.vault.access import NotFound
from confida_core.vault.door import Opened
from confida_web.contacts.form_page import territory_names
from confida_web.display import Option, Paging
from confida_web.exchange.pages import (
    ImportPage,
    ImportsPage,
    MappingPage,
    NewImportPage,
    PreviewPage,
    RowProblem,
)
from confida_web.exchange.words import (
    DUPLICATES,
    account_ids,
    chosen,
    head_of,
    mapped_columns,
    preview_rows,
    row_problem,
    target_groups,
)
from confida_web.files.routes import SANDBOX, disposition
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

PER_PAGE = 50
SHOWN_PROBLEMS = 100
STAYS = "Edited since the import, so it stays."
NOT_NOW = Toast(message="This import has gone on already.", tone="problem")


@get("/imports", permission="exchange.import")
async def imports(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "import_export")
    runs = await list_runs(crm, access, before=id_in(request, "before"), limit=PER_PAGE + 1)
    more, runs = len(runs) > PER_PAGE, runs[:PER_PAGE]
    names = await account_names(crm, account_ids(runs))
    following = f"/imports?before={runs[-1].row['id']}" if more else None
    return page(
        request, ImportsPage(imports=tuple(head_of(run, names) for run in runs), paging=Paging(following=following))
    )


def id_in(request: Request[Any, Any, Any], name: str) -> UUID | None:
    with contextlib.suppress(ValueError):
        return UUID(str(request.query_params.get(name, "")))
    return None


@get("/imports/new", permission="exchange.import")
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, new_page(request, FormData()))


def formats_of(crm: Installation) -> dict[str, str]:
    importers = {one.key: one.label for one in crm.registry.importers.values()}
    return {"": "Find out", **importers, "csv": "Table (CSV)"}


def new_page(request: Request[Any, Any, Any], form: FormData, errors: Mapping[str, str] | None = None) -> NewImportPage:
    crm, frame = request.state.crm, request.state.frame
    region = form.get("region", crm.settings.region)
    countries = [
        Option(value=one.value, label=one.label, chosen=one.value == region)
        for one in territory_names(frame.lang, frame.time_zone)
    ]
    return NewImportPage(
        formats=chosen(formats_of(crm), form.get("format")),
        regions=(Option(value="", label="None", chosen=not region), *countries),
        origins=chosen(ORIGINS, form.get("origin")),
        origin_note=form.get("origin_note"),
        max_size_bytes=largest_import(crm),
        errors=errors or {},
    )


@post("/imports/new", permission="exchange.import")
async def upload(request: Request[Any, Any, Any]) -> Response[Any]:
    """The file is sealed while it arrives; what is no address book is refused and gone again."""
    crm, access = request.state.crm, access_for(request, "import_export")
    received: list[ReceivedFile] = []

    async def save(file: UploadedFile) -> ReceivedFile:
        received.append(await receive_file(crm, file.filename, file.pieces, limit=largest_import(crm)))
        return received[-1]

    try:
        form = await parse_form(request, save)
    except BaseException:
        await discard_files(crm, received)
        raise
    errors = {} if received else {"file": "Choose a file."}
    if form.get("origin") not in ORIGINS:
        errors["origin"] = "Say where the data come from."
    if errors:
        await discard_files(crm, received)
        return page(request, new_page(request, form, errors), block="form", status=422)
    await discard_files(crm, received[1:])
    try:
        run_id = await begin_import(crm, access, received[0], options_of(form))
    except UnreadableFile as error:
        return page(request, new_page(request, form, {"file": str(error)}), block="form", status=422)
    run = await visible_run(crm, access, run_id)
    return redirect(request, f"/imports/{run_id}/{'mapping' if run.row['format'] == 'csv' else 'preview'}")


def options_of(form: FormData) -> ImportOptions:
    return ImportOptions(
        origin=form.get("origin"),
        origin_note=form.get("origin_note"),
        region=form.get("region"),
        format=form.get("format"),
    )


@get("/imports/{run_id:uuid}/mapping", permission="exchange.import")
async def mapping(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    run = await visible_run(request.state.crm, access_for(request, "import_export"), run_id)
    if run.row["format"] != "csv" or run.row["state"] not in BEFORE_START:
        return redirect(request, f"/imports/{run_id}")
    return page(request, await mapping_page(request, run))


async def mapping_page(
    request: Request[Any, Any, Any], run: Opened[RunContent], errors: Mapping[int, str] | None = None
) -> MappingPage:
    crm, content = request.state.crm, run.content
    if content.mapping is None:
        raise NotFound("mapping")
    table = await open_table_of(crm, run)
    remembered = await remembered_mapping(crm, content.header) is not None
    names = await account_names(crm, account_ids([run]))
    delimiter = {"\t": "tab"}.get(content.delimiter, content.delimiter)
    return MappingPage(
        head=head_of(run, names),
        columns=mapped_columns(content.mapping, table, remembered=remembered, errors=errors),
        targets=target_groups(content.mapping, await custom_fields(crm)),
        facts=(("Characters", content.charset), ("Between columns", delimiter), ("Columns", str(len(content.header)))),
        errors={f"column-{place}": sentence for place, sentence in (errors or {}).items()},
    )


@post("/imports/{run_id:uuid}/mapping", permission="exchange.import")
async def match(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "import_export")
    form = await parse_form(request)
    run = await visible_run(crm, access, run_id)
    if run.content.mapping is None:
        raise NotFound("mapping")
    targets = [form.get(f"column-{place}", target) or KEEP for place, target in enumerate(run.content.mapping.targets)]
    errors = {place: "There is no such field." for place, target in enumerate(targets) if not is_target(target)}
    if errors:
        return page(request, await mapping_page(request, run, errors), block="form", status=422)
    try:
        await set_mapping(crm, access, run_id, targets)
        await preview_import(crm, access, run_id)
    except NotNow:
        return redirect(request, f"/imports/{run_id}", NOT_NOW)
    return redirect(request, f"/imports/{run_id}/preview")


def is_target(path: str) -> bool:
    try:
        parse_target(path)
    except InvalidMapping:
        return False
    return True


@get("/imports/{run_id:uuid}/preview", permission="exchange.import")
async def preview(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    """What a run would do. A table whose columns nobody has matched yet goes back to its columns first."""
    crm, access = request.state.crm, access_for(request, "import_export")
    run = await visible_run(crm, access, run_id)
    if run.row["state"] not in BEFORE_START:
        return redirect(request, f"/imports/{run_id}")
    if run.row["state"] == "uploaded":
        return redirect(request, f"/imports/{run_id}/mapping")
    figures = run.content.preview or await preview_import(crm, access, run_id)
    warnings = tuple(f"{sentence} ({count})" for sentence, count in figures.warnings)
    if figures.groups:
        warnings = (f"Groups become tags of their members. ({figures.groups})", *warnings)
    content = PreviewPage(
        head=head_of(run, await account_names(crm, account_ids([run]))),
        new=figures.new,
        updates=0,
        duplicates=figures.matched,
        invalid=figures.invalid,
        rows=preview_rows(await first_rows(crm, access, run_id)),
        warnings=warnings,
        mapping_href=f"/imports/{run_id}/mapping" if run.row["format"] == "csv" else None,
    )
    return page(request, content)


@post("/imports/{run_id:uuid}/run", permission="exchange.import")
async def run_now(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    try:
        await start_import(
            request.state.crm,
            access_for(request, "import_export"),
            run_id,
            DUPLICATES.get(form.get("duplicates"), DUPLICATES["skip"]),
        )
    except NotNow:
        return redirect(request, f"/imports/{run_id}", NOT_NOW)
    return redirect(request, f"/imports/{run_id}")


@get("/imports/{run_id:uuid}", permission="exchange.import")
async def show(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "import_export")
    run = await visible_run(crm, access, run_id)
    found = await list_problems(crm, access, run_id, limit=SHOWN_PROBLEMS + 1)
    problems = [row_problem(one) for one in found[:SHOWN_PROBLEMS]]
    if run.row["state"] == "undone" and run.row["kept_count"]:
        kept = await kept_contacts(crm, access, run_id, limit=SHOWN_PROBLEMS)
        problems += [RowProblem(number=number, name=name, problem=STAYS, kind="kept") for number, name in kept]
    content = ImportPage(
        head=head_of(run, await account_names(crm, account_ids([run]))),
        problems=tuple(problems),
        more_problems=len(found) > SHOWN_PROBLEMS,
        finished_at=run.row["finished_at"],
        failure=run.content.failure,
        kept_rows=run.row["kept_count"],
    )
    return page(request, content, block="progress")


@post("/imports/{run_id:uuid}/undo", permission="exchange.import")
async def undo(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    try:
        await start_undo(request.state.crm, access_for(request, "import_export"), run_id)
    except NotNow:
        return redirect(request, f"/imports/{run_id}", NOT_NOW)
    return redirect(request, f"/imports/{run_id}")


@get("/imports/{run_id:uuid}/errors.csv", permission="exchange.import")
async def errors_csv(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Stream:
    crm, access = request.state.crm, access_for(request, "import_export")
    run = await visible_run(crm, access, run_id)
    stem = run.content.file_name.rpartition(".")[0] or run.content.file_name or "import"
    return Stream(
        encoded(problems_csv(crm, access, run_id)),
        media_type="text/csv",
        headers={"Content-Disposition": disposition(f"{stem} - problems.csv"), "Content-Security-Policy": SANDBOX},
    )


async def encoded(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece.encode()


IMPORT_ROUTES = (imports, new, upload, mapping, match, preview, run_now, show, undo, errors_csv)

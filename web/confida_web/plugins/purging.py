"""Removing what a plugin keeps: the archive to take away first, and the page where its key must be typed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.backup.age_files import InvalidKey, recipients_of
from confida_core.clock import now
from confida_core.contacts.erasing import StoreFailed
from confida_core.plugins.age_stream import encrypted
from confida_core.plugins.archive import start_archive
from confida_core.plugins.enabling import NotPossible
from confida_core.plugins.purging import plan_purge, purge_plugin
from confida_web.files.routes import SANDBOX, disposition
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.plugins.listing import found_plugin
from confida_web.plugins.pages import PurgePage, TableRow
from confida_web.redirect import redirect
from confida_web.security.access import access_for

CHOICES = ("exported", "erase")


@get("/settings/plugins/{key:str}/purge", permission="system.manage", fresh=True)
async def purge_form(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    return page(request, await purge_page(request, key))


async def purge_page(
    request: Request[Any, Any, Any], key: str, form: FormData | None = None, errors: Mapping[str, str] | None = None
) -> PurgePage:
    """Raises NotFound for a plugin that keeps nothing, and for one whose data are being removed already."""
    await found_plugin(request, key)
    plan = await plan_purge(request.state.crm, access_for(request, "operation"), key)
    tables = {table.name: table for table in plan.found.keeps.tables}
    form = form or FormData()
    return PurgePage(
        key=key,
        name=plan.found.keeps.name,
        tables=tuple(
            TableRow(name=name, label=tables[name].label, ends=tables[name].retention_class, count=count)
            for name, count in plan.counts.items()
        ),
        people=plan.people,
        classes=plan.classes,
        shared_classes=plan.shared_classes,
        stores=plan.stores,
        stores_in_reach=plan.stores_in_reach,
        exported=plan.found.exported_at is not None,
        obstacle=plan.obstacle,
        before=form.get("before"),
        recipient=form.get("recipient"),
        errors=errors or {},
    )


@post("/settings/plugins/{key:str}/archive", permission="system.manage", fresh=True, status_code=200)
async def archive(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any] | Stream:
    """The archive, piece by piece; each piece only after it is written down who is in it."""
    form = await parse_form(request)
    recipient = form.get("recipient").strip()
    try:
        keys = recipients_of([recipient] if recipient else [])
    except InvalidKey:
        errors = {"recipient": "This is not a public key of age; it begins with age1."}
        return page(request, await purge_page(request, key, form, errors), block="form", status=422)
    pieces = await start_archive(request.state.crm, access_for(request, "import_export"), key)
    name = f"{key}-{now():%Y-%m-%d}.jsonl"
    return file_of(encrypted(pieces, keys), f"{name}.age") if keys else file_of(pieces, name)


def file_of(pieces: AsyncIterator[bytes], name: str) -> Stream:
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    media_type = "application/octet-stream" if name.endswith(".age") else "application/jsonl"
    return Stream(pieces, media_type=media_type, headers=headers)


@post("/settings/plugins/{key:str}/purge", permission="system.manage", fresh=True, status_code=200)
async def purge(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    await found_plugin(request, key)
    errors = {}
    if form.get("before") not in CHOICES:
        errors["before"] = "Choose what happens to the data first."
    if form.get("typed").strip() != key:
        errors["typed"] = f"Type {key}, so that nothing is removed by mistake."
    if not errors:
        try:
            await purge_plugin(
                request.state.crm,
                access_for(request, "operation"),
                key,
                exported=form.get("before") == "exported",
                leave_stores=form.flag("leave_stores"),
            )
        except (NotPossible, StoreFailed) as error:
            errors[""] = str(error)
    if errors:
        return page(request, await purge_page(request, key, form, errors), block="form", status=422)
    message = "The data are gone. The empty tables go at the next start of the server."
    return redirect(request, "/settings/plugins", Toast(message=message))


PURGE_ROUTES = (purge_form, archive, purge)

"""The register of processing: to be read, printed, and taken along as a table or as linked data."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_consent.rights.registers.processing import processing_register
from confida_consent.rights.registers.processing_formats import MEDIA_TYPE, csv_of, jsonld_of
from confida_web.page import page
from confida_web.registers.pages import ProcessingPage
from confida_web.security.access import access_for

HERE = "/registers/processing"


@get(HERE, permission="registers.read")
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    register = await processing_register(request.state.crm, access_for(request, "data_subject_rights"))
    return page(request, ProcessingPage(register=register))


@get(HERE + ".csv", permission="registers.read")
async def table(request: Request[Any, Any, Any]) -> Response[Any]:
    register = await processing_register(request.state.crm, access_for(request, "data_subject_rights"))
    return download(csv_of(register), "text/csv; charset=utf-8", "register-of-processing.csv")


@get(HERE + ".jsonld", permission="registers.read")
async def linked(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    register = await processing_register(crm, access_for(request, "data_subject_rights"))
    return download(jsonld_of(crm, register), MEDIA_TYPE, "register-of-processing.jsonld")


def download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


ROUTES = (show, table, linked)

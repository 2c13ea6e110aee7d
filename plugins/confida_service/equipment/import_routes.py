"""Equipment from a file."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_service.equipment.importing import UnreadableEquipment, read_equipment, store_equipment
from confida_service.equipment.list_routes import EQUIPMENT
from confida_service.equipment.pages import ImportPage
from confida_service.tickets.choices import PURPOSE
from confida_web.api import Toast, access_for, ngettext, page, parse_form, redirect

HOME = f"{EQUIPMENT}/import"


@get(HOME, permission="service.write")
async def choose_file(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, ImportPage())


@post(HOME, permission="service.write", status_code=200)
async def import_equipment(request: Request[Any, Any, Any]) -> Response[Any]:
    files = (await parse_form(request)).files_of("file")
    if not files:
        return page(request, ImportPage(errors={"file": "Please choose a file."}), status=422)
    try:
        found = read_equipment(files[0].saved)
        number = await store_equipment(request.state.crm, access_for(request, PURPOSE), found)
    except UnreadableEquipment as wrong:
        return page(request, ImportPage(rows=wrong.errors), status=422)
    said = ngettext("%(num)s piece of equipment written down.", "%(num)s pieces of equipment written down.", number)
    return redirect(request, EQUIPMENT, Toast(message=said))


ROUTES = (choose_file, import_equipment)

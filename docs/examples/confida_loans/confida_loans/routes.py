"""What the forms of the panel do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_core.api import InvalidContent
from confida_loans.loans import LoanContent, lend, take_back
from confida_web.api import Toast, access_for, parse_form, redirect

PURPOSE = "relationship"


@post("/x/loans/contacts/{contact_id:uuid}", permission="loans.write")
async def lend_thing(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    content = LoanContent(thing=form.get("thing"), note=form.get("note"))
    try:
        await lend(request.state.crm, access_for(request, PURPOSE), contact_id, content)
        toast = Toast(message="Lent.")
    except InvalidContent as wrong:
        toast = Toast(message=" ".join(wrong.errors.values()), tone="problem")
    return redirect(request, f"/contacts/{contact_id}", toast)


@post("/x/loans/{loan_id:uuid}/back", permission="loans.write")
async def thing_is_back(request: Request[Any, Any, Any], loan_id: FromPath[UUID]) -> Response[Any]:
    contact_id = await take_back(request.state.crm, access_for(request, PURPOSE), loan_id)
    return redirect(request, f"/contacts/{contact_id}", Toast(message="Back again."))


ROUTES = (lend_thing, thing_is_back)

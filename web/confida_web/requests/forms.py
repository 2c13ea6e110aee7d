"""One page for each decision: its words, its fields, and the one function that carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Request, Response

from confida_consent.rights.requests import OpenedRequest, request_of
from confida_core.contacts.validation import InvalidContent
from confida_core.vault.access import NotFound
from confida_web.display import Errors
from confida_web.forms import FormData
from confida_web.frame import Toast
from confida_web.page import Page, page
from confida_web.redirect import redirect
from confida_web.requests.listing import HERE
from confida_web.requests.pages import FormField, StepPage
from confida_web.security.access import access_for

Fields = tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """One visit to a form."""

    request: Request[Any, Any, Any]
    one: OpenedRequest
    form: FormData

    @property
    def crm(self) -> Any:
        return self.request.state.crm

    @property
    def access(self) -> Any:
        return access_for(self.request, "data_subject_rights")

    @property
    def id(self) -> UUID:
        return self.one.id


class ChangedMeanwhile(Exception):
    """What was to be decided is not what was shown. changes: (label, before, after) of every field."""

    def __init__(self, changes: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__("changed meanwhile")
        self.changes = changes


@dataclass(frozen=True, kw_only=True, slots=True)
class StepForm:
    """fields: what the form asks, with what stands in it. run: does it; returns what the next page says, or a page to show.

    quote: words of somebody else to look at before deciding. again: the form is shown anew without doing anything.
    """

    key: str
    heading: str
    lead: str
    button: str
    run: Callable[[Asking], Awaitable[str | Page]]
    fields: Callable[[Asking], Awaitable[Fields]]
    quote: Callable[[Asking], str] = lambda _: ""
    again: Callable[[FormData], bool] = lambda _: False
    grave: bool = False


async def no_fields(_: Asking) -> Fields:
    return ()


async def shown(forms: Mapping[str, StepForm], request: Request[Any, Any, Any], request_id: UUID, key: str) -> StepPage:
    """The empty form. Raises NotFound for a step there is not."""
    given = FormData(tuple((name, str(value)) for name, value in request.query_params.items()))
    return await step_page(found(forms, key), await asking(request, request_id, given))


def found(forms: Mapping[str, StepForm], key: str) -> StepForm:
    if key not in forms:
        raise NotFound
    return forms[key]


async def asking(request: Request[Any, Any, Any], request_id: UUID, form: FormData) -> Asking:
    one = await request_of(request.state.crm, access_for(request, "data_subject_rights"), request_id)
    return Asking(request, one, form)


async def step_page(form: StepForm, visit: Asking, errors: Errors | None = None) -> StepPage:
    href = f"{HERE}/{visit.id}"
    return StepPage(
        heading=form.heading,
        lead=form.lead,
        reference=visit.one.reference,
        back=href,
        action=f"{href}/step/{form.key}",
        button=form.button,
        grave=form.grave,
        quote=form.quote(visit),
        fields=await form.fields(visit),
        errors=errors or {},
    )


async def taken(form: StepForm, visit: Asking) -> Response[Any]:
    """Do it, and go back to the request; the form again with every error if it cannot be done."""
    if form.again(visit.form):
        return page(visit.request, await step_page(form, visit), block="form")
    try:
        done = await form.run(visit)
    except InvalidContent as wrong:
        shown_again = await step_page(form, visit, wrong.errors)
        return page(visit.request, shown_again, block="form", status=422)
    except ChangedMeanwhile as changed:
        shown_again = replace(await step_page(form, visit), changes=changed.changes)
        return page(visit.request, shown_again, block="form", status=409)
    if isinstance(done, Page):
        return page(visit.request, done)
    return redirect(visit.request, f"{HERE}/{visit.id}", Toast(message=done))

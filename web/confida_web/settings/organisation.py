"""Who is responsible for the data: the page behind every notice and receipt."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from litestar import Request, Response, get, post

from confida_consent.authorities import BY_COUNTRY
from confida_consent.controller import (
    Controller,
    missing_of,
    read_controller,
    read_stored_controller,
    save_controller,
)
from confida_core.contacts.channels import country_code
from confida_core.contacts.validation import InvalidContent
from confida_web.display import Errors, Option
from confida_web.formatting import formatter
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.settings.pages import OrganisationPage

NAMES = tuple(field.name for field in fields(Controller))


@get("/settings/organisation", permission="settings.manage")
async def organisation(request: Request[Any, Any, Any]) -> Response[Any]:
    stored = await read_stored_controller(request.state.crm)
    return page(request, await organisation_page(request, asdict(stored)), block="form")


@post("/settings/organisation", permission="settings.manage", status_code=200)
async def save_organisation(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    typed = {name: form.get(name) for name in NAMES}
    try:
        await save_controller(request.state.crm, access_for(request, "relationship"), Controller(**typed))
    except InvalidContent as error:
        shown = await organisation_page(request, typed, error.errors)
        return page(request, shown, block="form", status=422)
    return redirect(request, "/settings/organisation", Toast(message="Saved. Notices and receipts say it from now on."))


async def organisation_page(
    request: Request[Any, Any, Any], values: dict[str, str], errors: Errors | None = None
) -> OrganisationPage:
    """values: what stands in the form; where it is empty, what is said instead is shown as a hint of what to write."""
    in_force = await read_controller(request.state.crm)
    countries = country_options(request.state.frame.lang)
    names = {option.value: option.label for option in countries}
    return OrganisationPage(
        values=values,
        fallbacks=asdict(in_force),
        missing=missing_of(in_force),
        countries=countries,
        authorities=tuple(
            Option(value=name, label=names.get(country, country)) for country, name in authorities_for(in_force.country)
        ),
        errors=errors or {},
    )


def authorities_for(country: str) -> list[tuple[str, str]]:
    """(country, name), those of this country first."""
    everybody = [(each, name) for each, ones in BY_COUNTRY.items() for name in ones]
    return sorted(everybody, key=lambda one: one[0] != country)


def country_options(language: str) -> tuple[Option, ...]:
    """Every country by its name in this language, in the order of the names."""
    territories = formatter(language, "UTC").locale.territories
    codes = [code for code in map(str, territories) if len(code) == 2 and country_code(code) == code]
    options = (Option(value=code, label=str(territories[code])) for code in codes)
    return tuple(sorted(options, key=lambda option: option.label.casefold()))

"""Set-up of service levels: promises, business hours, holidays, and what happens when it gets late."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Request, Response, get, post

from confida_core.api import InvalidContent, VersionConflict
from confida_service.service_levels.levels import (
    DAYS,
    NOTHING,
    LevelSettings,
    Target,
    level_settings,
    read_span,
    save_levels,
    written_span,
)
from confida_service.service_levels.pages import LevelsPage, TypedTarget
from confida_service.tickets.states import PRIORITIES
from confida_web.api import Errors, FormData, Option, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"
LEVELS = "/x/service/settings/service-levels"
CHANGED_MEANWHILE = "Somebody else changed this meanwhile. Save again to replace theirs."
NO_DAYS = "Please write days like 2026-12-24, with spaces between them."


@get(LEVELS, permission="service.manage")
async def show_levels(request: Request[Any, Any, Any]) -> Response[Any]:
    settings = await level_settings(request.state.crm)
    return page(request, levels_page(request, typed_of(settings), settings.version), "form")


@post(LEVELS, permission="service.manage", status_code=200)
async def change_levels(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    typed = {name: form.get(name).strip() for name in form.names() if not name.startswith("_")}
    seen, status = form.integer("version", 0), 422
    try:
        await save_levels(request.state.crm, access_for(request, PURPOSE), settings_of(form), seen=seen)
    except InvalidContent as wrong:
        errors: Errors = wrong.errors
    except VersionConflict as conflict:
        errors, seen, status = {"": CHANGED_MEANWHILE}, conflict.current or 0, 409
    else:
        return redirect(request, LEVELS, Toast(message="Saved. Tickets from now on are due by it."))
    return page(request, levels_page(request, typed, seen, errors), "form", status=status)


def settings_of(form: FormData) -> LevelSettings:
    """Raises InvalidContent for days that are none."""
    try:
        closed = tuple(date.fromisoformat(one) for one in re.split(r"[\s,;]+", form.get("closed_days").strip()) if one)
    except ValueError:
        raise InvalidContent({"closed_days": NO_DAYS}) from None
    return LevelSettings(
        week=tuple(form.get(f"day-{number}").strip() for number in range(7)),
        country=form.get("country").strip().upper()[:2],
        region=form.get("region").strip().upper()[:10],
        closed_days=closed,
        warn_minutes=form.integer("warn_minutes", -1),
        raise_priority=form.flag("raise_priority"),
        notify=form.flag("notify"),
        survey=form.flag("survey"),
        targets={
            priority: Target(read_span(form.get(f"first-{priority}")), read_span(form.get(f"solution-{priority}")))
            for priority in PRIORITIES
        },
    )


def typed_of(settings: LevelSettings) -> dict[str, str]:
    """What is kept, as it would be typed."""
    found = {f"day-{number}": text for number, text in enumerate(settings.week)}
    for priority in PRIORITIES:
        target = settings.targets.get(priority, NOTHING)
        found |= {
            f"first-{priority}": written_span(target.first_response),
            f"solution-{priority}": written_span(target.solution),
        }
    ticked = {name: "yes" for name in ("raise_priority", "notify", "survey") if getattr(settings, name)}
    return found | ticked | {
        "country": settings.country,
        "region": settings.region,
        "closed_days": " ".join(day.isoformat() for day in settings.closed_days),
        "warn_minutes": str(settings.warn_minutes),
    }  # fmt: skip


def levels_page(
    request: Request[Any, Any, Any], typed: Mapping[str, str], version: int, errors: Errors | None = None
) -> LevelsPage:
    known = places()
    country = typed.get("country", "").upper()
    return LevelsPage(
        targets=tuple(
            TypedTarget(
                priority=priority, label=label, first=typed.get(f"first-{priority}", ""),
                solution=typed.get(f"solution-{priority}", ""),
            )
            for priority, label in sorted(PRIORITIES.items(), reverse=True)
        ),
        days=tuple((day, typed.get(f"day-{number}", "")) for number, day in enumerate(DAYS)),
        zone=request.state.crm.settings.time_zone,
        countries=country_options(known, country),
        values=typed,
        regions=tuple(known.get(country, ())),
        raise_priority=bool(typed.get("raise_priority")),
        notify=bool(typed.get("notify")),
        survey=bool(typed.get("survey")),
        version=version,
        errors=errors or {},
    )  # fmt: skip


def places() -> dict[str, list[str]]:
    """Countries whose holidays are known, with the codes of their regions."""
    # Takes a while, and only this page needs all of them.
    import holidays

    found: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    return found


def country_options(known: Mapping[str, list[str]], chosen: str) -> tuple[Option, ...]:
    from babel import Locale

    names = Locale("en").territories
    named = sorted((names.get(code, code), code) for code in known)
    none = Option(value="", label="No public holidays", chosen=not chosen)
    return (none, *(Option(value=code, label=name, chosen=code == chosen) for name, code in named))


ROUTES = (show_levels, change_levels)

"""What is promised: how soon, at which hours, and what happens when a ticket gets late."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from confida_core.api import Access, Installation, InvalidContent, VersionConflict, record_audit_event
from confida_service.service_levels.business_hours import BusinessHours, InvalidHours, read_day, written_day
from confida_service.tickets.states import PRIORITIES

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL_WEEK = (*("9:00-17:00",) * 5, "", "")
SPAN = re.compile(r"(?:(\d{1,4})\s*h[a-z]*)?\s*(?:(\d{1,5})\s*m?[a-z]*)?", re.IGNORECASE)
LONGEST_TARGET = 60 * 2_000
LONGEST_WARNING = 60 * 24
LONGEST_DAY = 100
MOST_CLOSED = 150


@dataclass(frozen=True, slots=True)
class Target:
    """In minutes of opening; None promises nothing."""

    first_response: int | None = None
    solution: int | None = None


NOTHING = Target()


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelSettings:
    """As they are typed and shown. week: seven days, Monday first. country, region: whose holidays are kept, as codes, or "".

    warn_minutes: so long before it is late, in minutes by the clock. version: 0 as long as nothing was saved.
    """

    week: tuple[str, ...] = USUAL_WEEK
    country: str = ""
    region: str = ""
    closed_days: tuple[date, ...] = ()
    warn_minutes: int = 30
    raise_priority: bool = False
    notify: bool = True
    survey: bool = False
    targets: Mapping[int, Target] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceLevels:
    """What tickets are reckoned by."""

    hours: BusinessHours
    targets: Mapping[int, Target]
    settings: LevelSettings

    def target(self, priority: int) -> Target:
        return self.targets.get(priority, NOTHING)


async def level_settings(crm: Installation) -> LevelSettings:
    """As they were saved last, or how they begin. Two queries, nothing personal."""
    targets = {
        row["id"]: Target(row["first_response"], row["solution"])
        for row in await crm.data.fetch("SELECT * FROM service_target ORDER BY id")
    }
    rows = await crm.data.fetch("SELECT * FROM service_hours WHERE id = 1")
    if not rows:
        return LevelSettings(targets=targets)
    row = rows[0]
    return LevelSettings(
        week=tuple((row["week"].split("\n") + [""] * 7)[:7]),
        country=row["country"],
        region=row["region"],
        closed_days=tuple(date.fromisoformat(one) for one in row["closed_days"].split()),
        warn_minutes=row["warn_minutes"],
        raise_priority=row["raise_priority"],
        notify=row["notify"],
        survey=row["survey"],
        targets=targets,
        version=row["version"],
    )


async def service_levels(crm: Installation) -> ServiceLevels:
    """Two queries."""
    settings = await level_settings(crm)
    hours = hours_of(settings, ZoneInfo(crm.settings.time_zone))
    return ServiceLevels(hours=hours, targets=settings.targets, settings=settings)


def hours_of(settings: LevelSettings, zone: ZoneInfo) -> BusinessHours:
    closed = frozenset(settings.closed_days)
    official = holidays_of(settings.country, settings.region) if settings.country else ()
    return BusinessHours(zone, tuple(map(read_day, settings.week)), lambda day: day in closed or day in official)


@lru_cache(maxsize=20)
def holidays_of(country: str, region: str) -> Any:
    """The public holidays, asked with `in`. Raises NotImplementedError for a place that has none on record."""
    # Takes a while, and only those who keep holidays need it.
    import holidays

    return holidays.country_holidays(country, subdiv=region or None)


async def save_levels(crm: Installation, access: Access, settings: LevelSettings, *, seen: int) -> None:
    """Keep them; tickets that are open already stay as they are until they change. Raises Forbidden, VersionConflict, InvalidContent."""
    access.actor.require("service.manage")
    kept = checked_levels(settings)
    columns = {
        "week": "\n".join(kept.week), "country": kept.country, "region": kept.region,
        "closed_days": " ".join(day.isoformat() for day in kept.closed_days), "warn_minutes": kept.warn_minutes,
        "raise_priority": kept.raise_priority, "notify": kept.notify, "survey": kept.survey,
    }  # fmt: skip
    async with crm.data.transaction():
        await store_hours(crm, columns, seen)
        for priority in PRIORITIES:
            target = kept.targets.get(priority, NOTHING)
            await crm.data.fetch(
                "INSERT INTO service_target (id, first_response, solution) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET first_response = excluded.first_response, solution = excluded.solution",
                priority, target.first_response, target.solution,
            )  # fmt: skip
        await record_audit_event(
            crm, "service.levels_saved", actor_id=access.actor.id, target_kind="service levels", serious=False
        )


async def store_hours(crm: Installation, columns: Mapping[str, Any], seen: int) -> None:
    """Raises VersionConflict if they are at another version than the one that was seen."""
    names = (*columns, "version")
    if seen:
        sets = ", ".join(f"{name} = ?" for name in columns)
        done = await crm.data.fetch(
            f"UPDATE service_hours SET {sets}, version = version + 1 WHERE id = 1 AND version = ? RETURNING id",
            *columns.values(), seen,
        )  # fmt: skip
    else:
        marks = ", ".join("?" * len(names))
        done = await crm.data.fetch(
            f"INSERT INTO service_hours (id, {', '.join(names)}) VALUES (1, {marks}) "
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            *columns.values(), 1,
        )  # fmt: skip
    if not done:
        raise VersionConflict((await level_settings(crm)).version)


def checked_levels(settings: LevelSettings) -> LevelSettings:
    """As they are kept. Raises InvalidContent by field: day-0 to day-6, country, closed_days, warn_minutes, first-1, solution-1 ..."""
    errors: dict[str, str] = {}
    week = []
    for number, typed in enumerate(settings.week):
        try:
            week.append(written_day(read_day(typed[:LONGEST_DAY])))
        except InvalidHours as wrong:
            errors[f"day-{number}"] = str(wrong)
    if settings.country:
        try:
            holidays_of(settings.country, settings.region)
        except (NotImplementedError, KeyError):
            errors["country"] = "No holidays are known for this place."
    if len(settings.closed_days) > MOST_CLOSED:
        errors["closed_days"] = f"At most {MOST_CLOSED} days."
    if not 0 <= settings.warn_minutes <= LONGEST_WARNING:
        errors["warn_minutes"] = f"From 0 to {LONGEST_WARNING} minutes."
    errors |= target_errors(settings.targets)
    if errors:
        raise InvalidContent(errors)
    return LevelSettings(
        week=tuple(week), country=settings.country, region=settings.region if settings.country else "",
        closed_days=tuple(sorted(set(settings.closed_days))), warn_minutes=settings.warn_minutes,
        raise_priority=settings.raise_priority, notify=settings.notify, survey=settings.survey,
        targets=settings.targets,
    )  # fmt: skip


def target_errors(targets: Mapping[int, Target]) -> dict[str, str]:
    errors = {}
    for priority, target in targets.items():
        for name, minutes in (("first", target.first_response), ("solution", target.solution)):
            if minutes is not None and not 1 <= minutes <= LONGEST_TARGET:
                errors[f"{name}-{priority}"] = "Please write a time like 30 min or 4 h, or nothing."
        if target.first_response and target.solution and target.first_response > target.solution:
            errors[f"solution-{priority}"] = "It cannot be solved before it is answered."
    return errors


def read_span(text: str) -> int | None:
    """ "30", "30 min", "4 h" or "1 h 30" in minutes; None for nothing, 0 for what is no time."""
    if not text.strip():
        return None
    found = SPAN.fullmatch(text.strip())
    return int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0


def written_span(minutes: int | None) -> str:
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    parts: Sequence[str] = (*((f"{hours} h",) if hours else ()), *((f"{rest} min",) if rest or not hours else ()))
    return " ".join(parts)

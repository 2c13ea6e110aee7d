"""What the set-up page of service levels shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from confida_web.api import Errors, Option, Page


@dataclass(frozen=True, kw_only=True)
class TypedTarget:
    """first, solution: as typed, such as "4 h"; "" promises nothing."""

    priority: int
    label: str
    first: str = ""
    solution: str = ""


@dataclass(frozen=True, kw_only=True)
class LevelsPage(Page):
    """GET /x/service/settings/service-levels. days: (name of the day, its hours as typed). zone: of the installation.

    regions: codes that the country knows.
    """

    template: ClassVar[str] = "service/service_levels/levels.html"
    title: ClassVar[str] = "Service levels"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    targets: tuple[TypedTarget, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    zone: str = ""
    countries: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    raise_priority: bool = False
    notify: bool = True
    survey: bool = False
    version: int = 0
    errors: Errors = field(default_factory=dict)

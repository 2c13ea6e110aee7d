"""The page of figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_service.figures.asked import Asked
from confida_web.api import Option, Page, ShownSection


@dataclass(frozen=True, kw_only=True)
class FiguresPage(Page):
    """GET /x/service/figures. csv_href, excel_href: the same as a file; "" where there is none."""

    template: ClassVar[str] = "service/figures/figures.html"
    title: ClassVar[str] = "Figures of service"

    asked: Asked
    sections: tuple[ShownSection, ...]
    periods: tuple[Option, ...]
    divisions: tuple[Option, ...]
    queues: tuple[Option, ...]
    csv_href: str
    excel_href: str

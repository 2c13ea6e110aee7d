"""Segments to choose from in a form."""

from __future__ import annotations

from confida_core.api import Installation
from confida_marketing.segments.kept import every_segment, in_use
from confida_web.api import Option


async def segment_options(crm: Installation) -> list[Option]:
    """All that are in use, by name; their value is the id."""
    return [Option(value=str(one.id), label=one.name) for one in in_use(await every_segment(crm)).values()]

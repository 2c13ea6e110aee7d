"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration
from confida_marketing.segments import content, fields, form_routes, interface, people_routes, routes
from confida_marketing.segments.growth import note_sizes
from confida_marketing.segments.list_filling import FILL, fill_list
from confida_marketing.segments.segments import purge_segments
from confida_marketing.segments.uses import segments_of_segment
from confida_web.api import Command, ListAction, NavDeclaration

DAY = 24 * 3600
TABLE_MODULES = ("confida_marketing.segments.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
INDEX_FIELDS = fields.INDEX_FIELDS
ROUTES = (*routes.ROUTES, *form_routes.ROUTES, *people_routes.ROUTES)
API_RESOURCES = (interface.SEGMENTS,)
NAV_ITEMS = (
    NavDeclaration(
        key="marketing.segments",
        label="Segments",
        icon="filter",
        href="/x/marketing/segments",
        permission="marketing.read",
        order=52,
        group="Marketing",
    ),
)
LIST_ACTIONS = (
    ListAction(
        key="marketing.put_on_list",
        label="Put on a list",
        action="/x/marketing/segments/chosen",
        permission="marketing.write",
        icon="filter",
    ),
)
COMMANDS = (
    Command(
        key="marketing.new_segment",
        label="New segment",
        permission="marketing.write",
        href="/x/marketing/segments/new",
        keywords=("group", "audience", "target group"),
        icon="filter",
    ),
)
JOBS = (
    JobDeclaration(
        key="marketing.note_segment_sizes",
        run=note_sizes,
        label="Count segments, for their growth",
        every=DAY,
        seconds=1800,
    ),
    JobDeclaration(key=FILL, run=fill_list, label="Put the people of a segment on a list", seconds=1800),
    JobDeclaration(key="marketing.purge_segments", run=purge_segments, label="Empty the trash of segments", every=DAY),
)
SEGMENT_USES = (segments_of_segment,)

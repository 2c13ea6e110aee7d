"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration
from confida_marketing.segments import content, fields
from confida_marketing.segments.growth import note_sizes
from confida_marketing.segments.segments import purge_segments
from confida_marketing.segments.uses import segments_of_segment

DAY = 24 * 3600
TABLE_MODULES = ("confida_marketing.segments.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
INDEX_FIELDS = fields.INDEX_FIELDS
JOBS = (
    JobDeclaration(
        key="marketing.note_segment_sizes",
        run=note_sizes,
        label="Count segments, for their growth",
        every=DAY,
        seconds=1800,
    ),
    JobDeclaration(key="marketing.purge_segments", run=purge_segments, label="Empty the trash of segments", every=DAY),
)
SEGMENT_USES = (segments_of_segment,)

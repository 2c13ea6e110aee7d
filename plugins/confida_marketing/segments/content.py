"""What is sealed of segments, and how it is declared."""

from __future__ import annotations

from confida_core.api import InAnswer, LongText, RecordDeclaration, Sealed, ShortText, TableDeclaration
from confida_marketing.segments.tables import Segment, SegmentMember, SegmentSize


class SegmentContent(Sealed, frozen=True):
    """name, note: as people read them. condition: JSON of the condition language, "" for a list that is fixed.

    Beside the index's fields it may ask `marketing.segment`, whose values are ids of other segments.
    """

    name: ShortText = ""
    note: LongText = ""
    condition: LongText = ""


class MemberContent(Sealed, frozen=True):
    """list_name: what the list was called when the person was put on it."""

    list_name: ShortText = ""


SEGMENT = RecordDeclaration(
    table=Segment,
    content=SegmentContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Segments",
    clear={"purpose": "key of a purpose", "channel": "one of the channels"},
    answer=InAnswer(left_out={"*": "What the organisation asks of its contacts; nothing in it is about one of them."}),
)
MEMBER = RecordDeclaration(
    table=SegmentMember,
    content=MemberContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Fixed lists of marketing",
    answer=InAnswer(source="A colleague, or a segment that was made into a list."),
)
RECORDS = (SEGMENT, MEMBER)
TABLES = (TableDeclaration(table=SegmentSize, subject_free="Numbers of people on a day, and nobody of them."),)

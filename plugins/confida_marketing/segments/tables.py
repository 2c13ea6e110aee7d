"""The tables of segments: what is asked, whom a fixed list names, and how a segment grew."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Segment(Table, tablename="marketing_segment", db=DATA):
    """One segment. living: asked anew each time; otherwise its members are the rows of SegmentMember.

    purpose: key of the purpose it serves; channel: where its people are to be reached. deleted_at: in the trash since.
    sealed: SegmentContent, because conditions may name people.
    """

    id = UUID(primary_key=True)
    living = Boolean()
    purpose = Varchar(length=60)
    channel = Varchar(length=20)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    changed_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class SegmentMember(Table, tablename="marketing_segment_member", db=DATA):
    """One person on a fixed list. sealed: MemberContent."""

    id = UUID(primary_key=True)
    segment_id = UUID(index=True)
    contact_id = UUID(index=True)
    added_at = Timestamptz()
    added_by = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class SegmentSize(Table, tablename="marketing_segment_size", db=DATA):
    """How large a segment was on a day: whom its condition fitted, and who of them might be reached. Numbers only."""

    id = UUID(primary_key=True)
    segment_id = UUID(index=True)
    on_day = Date()
    matching = Integer()
    allowed = Integer()

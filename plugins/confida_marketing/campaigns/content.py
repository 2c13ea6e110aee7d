"""What is sealed of campaigns, and how each record stands at export and erasure."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed, ShortText, TableDeclaration
from confida_marketing.campaigns.tables import Campaign, Delivery, Total


class CampaignContent(Sealed, frozen=True):
    """name: never empty. goal: in words. include, exclude: ids of segments.

    message: text of an SMS, of a letter, or what is to be said on the telephone. print_shop: who gets the addresses, "" for us.
    """

    name: ShortText = ""
    goal: LineText = ""
    note: LongText = ""
    include: tuple[UUID, ...] = ()
    exclude: tuple[UUID, ...] = ()
    message: LongText = ""
    print_shop: ShortText = ""


CAMPAIGN = RecordDeclaration(
    table=Campaign,
    content=CampaignContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Campaigns",
    clear={
        "state": "one of six words",
        "channel": "one of four words",
        "purpose": "key of a purpose",
        "goal_kind": "one of six words",
        "currency": "ISO 4217",
        "decide_by": "one of three words",
        "winner": "one letter or nothing",
    },
    answer=InAnswer(left_out={"*": "What the organisation plans; nothing in it is about one of its contacts."}),
)
RECORDS = (CAMPAIGN,)
TABLES = (
    TableDeclaration(
        table=Delivery,
        subject="contact_id",
        subject_free="Ids, times and keys; rows go with their contact. What was sent stands among the person's messages.",
        clear={
            "source": "one of three words",
            "part": "a key",
            "variant": "one letter or nothing",
            "state": "one of a few words",
            "reason": "a code",
        },
    ),
    TableDeclaration(
        table=Total,
        subject_free="Sums over everybody who got a message.",
        clear={"part": "a key", "variant": "one letter or nothing", "what": "one of a few words"},
    ),
)

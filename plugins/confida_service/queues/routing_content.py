"""What is sealed of a rule: it may name people."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import InAnswer, LongText, RecordDeclaration, Sealed, ShortText
from confida_service.queues.tables import RoutingRule


class RuleContent(Sealed, frozen=True):
    """condition: JSON of the condition language, "" for every mail. What it sets: None, 0 and "" leave it as it is.

    canned_id: the ready text that is sent back. stop: no later rule is looked at.
    """

    name: ShortText = ""
    condition: LongText = ""
    queue_id: UUID | None = None
    priority: int = 0
    kind: ShortText = ""
    assignee_id: UUID | None = None
    tags: tuple[ShortText, ...] = ()
    canned_id: UUID | None = None
    stop: bool = False


ROUTING_RULE = RecordDeclaration(
    table=RoutingRule,
    content=RuleContent,
    subject=None,
    retention_class="relationship",
    purpose="operation",
    label="Routing rules",
    answer=InAnswer(left_out={"*": "Settings of this installation: how incoming mail is sorted."}),
)

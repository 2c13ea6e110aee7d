"""What webhooks in declare."""

from __future__ import annotations

from confida_core.declarations import (
    TableDeclaration,
)
from confida_core.inbound.hooks import HOOK
from confida_core.inbound.receiving import forget_messages
from confida_core.inbound.tables import InboundMessage
from confida_core.jobs.declarations import JobDeclaration
from confida_core.outbound.bounces import BOUNCES

RECORDS = (HOOK,)

TABLES = (
    TableDeclaration(
        table=InboundMessage,
        subject_free="Hashes of message ids; gone after a week.",
        clear={"message_hash": "Hash of the id that the sender gave a message."},
    ),
)

JOBS = (
    JobDeclaration(
        key="core.forget_inbound", run=forget_messages, label="Forget which webhooks came in", every=6 * 3600
    ),
)

INBOUND_WEBHOOKS = (BOUNCES,)

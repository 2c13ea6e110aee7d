"""What can happen to consents and requests, and what may be told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from confida_consent.records import EVENT
from confida_consent.rights.declared import REQUEST
from confida_core.events.declarations import EventField, EventKind


def column(name: str) -> Callable[[Mapping[str, Any], Any], Any]:
    def value(row: Mapping[str, Any], _: Any) -> Any:
        return msgspec.to_builtins(row[name])

    return value


def _field(key: str, label: str) -> EventField:
    return EventField(key=key, label=label, value=column(key), sealed=False)


EVENT_KINDS = (
    # Only about the purpose for which data go there. A withdrawal is told to whoever was told of the person before,
    # although the gates say no from then on (GDPR Art. 7(3)).
    EventKind(
        key="consent.changed",
        label="Somebody consented, withdrew or objected",
        table=EVENT.name,
        change="created",
        fields=(
            _field("purpose", "Purpose"),
            _field("channel", "Channel"),
            _field("kind", "What was said, such as given or withdrawn"),
            _field("indicated_at", "When it was said"),
            _field("valid_until", "Until when it holds"),
        ),
        goes="follows",
        purpose=lambda row: str(row["purpose"]),
    ),
    # Who asks, and what for, is nobody else's business; its id tells another system only that there is one.
    EventKind(
        key="request.opened",
        label="A request of a data subject was opened",
        table=REQUEST.name,
        change="created",
        fields=(_field("due_on", "By when it must be answered"),),
        goes="always",
    ),
)

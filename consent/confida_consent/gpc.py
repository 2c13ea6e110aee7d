"""Global Privacy Control (W3C, CF-7): a browser's signal that data are not to be sold, shared or used for advertising.

It is recorded as an objection to what rests on an interest of ours in marketing or profiling. It is nobody's word about
one purpose: whoever decided on a purpose by themselves, before or with the same request, has decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.events import ChannelState, Indication, RecordedEvent, record_events, states_of
from confida_consent.purposes import all_purposes
from confida_consent.vocabulary import OBJECTABLE, Category, Kind, Method
from confida_core.installation import Installation
from confida_core.vault.access import Access

# The day on which this behaviour was last changed, for /.well-known/gpc.json.
LAST_UPDATE = "2026-11-22"
AGAINST = frozenset({Category.MARKETING, Category.PROFILING})


def is_signal(values: Iterable[str]) -> bool:
    """values: of every Sec-GPC field of a request. Only the exact value `1` counts, and one such field is enough."""
    return any(value == "1" for value in values)


async def record_signal(
    crm: Installation, access: Access, subject_id: UUID, *, but: Collection[tuple[str, str]] = (), source: str = ""
) -> list[RecordedEvent]:
    """Record the objections that the signal means and that are not recorded yet; often none.

    but: purpose and channel of what the same request decides.
    """
    states = await states_of(crm, subject_id)
    said = [
        Indication(
            subject_id=subject_id,
            purpose=key,
            channel=channel,
            kind=Kind.OBJECTED,
            method=Method.GPC,
            evidence=Evidence(source=source, detail="Sec-GPC: 1"),
        )
        for key, purpose in (await all_purposes(crm)).items()
        if purpose.declared.basis in OBJECTABLE and purpose.declared.category in AGAINST and not purpose.retired
        for channel in purpose.declared.channels
        if (key, channel) not in but and is_open(states.get((key, channel)))
    ]
    return await record_events(crm, access, said)


def is_open(state: ChannelState | None) -> bool:
    """Whether nothing was decided yet; who took an objection back knew what their browser says."""
    return state is None or state.state not in {Kind.OBJECTED, Kind.OBJECTION_ENDED, Kind.WITHDRAWN, Kind.REFUSED}

"""What the gates say of messages that wait to leave: of the people, and of the addresses that stand on them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.installation import Installation
from confida_core.outbound.content import OutboundContent
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.gates import by_its_way, closed_addresses, verdicts_of
from confida_core.vault.door import Opened

Waiting = Opened[OutboundContent]


async def ask(crm: Installation, messages: Sequence[Waiting]) -> dict[UUID, Verdict]:
    """Message -> the answer, with one question for each purpose and channel among them; what a gate raises is passed on."""
    groups: dict[tuple[str, str], list[Waiting]] = {}
    for one in messages:
        groups.setdefault((one.row["purpose"], one.row["channel"]), []).append(one)
    answers: dict[UUID, Verdict] = {}
    for (purpose, channel), group in groups.items():
        answers |= await _ask_alike(crm, group, purpose, channel)
    return answers


async def _ask_alike(crm: Installation, messages: Sequence[Waiting], purpose: str, channel: str) -> dict[UUID, Verdict]:
    people = await verdicts_of(crm, [one.row["contact_id"] for one in messages], purpose, channel)
    answers = {
        one.row["id"]: by_its_way(crm, people[one.row["contact_id"]], channel, one.row["path"]) for one in messages
    }
    asked = [one for one in messages if answers[one.row["id"]].allowed and one.content.to]
    closed = await closed_addresses(crm, {one.content.to for one in asked}, purpose, channel)
    for one in asked:
        answers[one.row["id"]] = closed.get(one.content.to, answers[one.row["id"]])
    return answers

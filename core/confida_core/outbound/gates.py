"""Asks every gate, and core's own two questions: is there such a contact, and is its processing restricted?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.outbound.content import REASONS
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.transporting import transport_of
from confida_core.vault.access import Access

CODE = re.compile(r"[a-z][a-z0-9_.:-]{0,59}\Z")
KEY = re.compile(r"[a-z][a-z0-9_.-]{0,79}\Z")
WORD = re.compile(r"[a-z][a-z0-9_]{0,19}\Z")


def refusal(reason: str) -> Verdict:
    """A refusal of core's own."""
    return Verdict(allowed=False, reason=reason, sentence=REASONS[reason])


def check_keys(purpose: str, channel: str, path: str) -> None:
    """These stand in the clear, so that nothing but keys may be in them. Raises ValueError."""
    for name, value, form in (("purpose", purpose, KEY), ("channel", channel, WORD), ("path", path, WORD)):
        if not form.match(value):
            raise ValueError(f"the {name} is no key")


def hidden_purposes(crm: Installation, access: Access) -> list[str]:
    """Purposes of messages that this access must not even know of."""
    gates = crm.registry.sending_gates.values()
    return [
        purpose
        for gate in gates
        for purpose, permission in gate.confidential.items()
        if not access.actor.may(permission)
    ]


def unless_hidden(crm: Installation, access: Access) -> tuple[str, list[str]]:
    """The same as a condition on messages, and its values: ("", []) where nothing is hidden."""
    hidden = hidden_purposes(crm, access)
    return (f" AND purpose NOT IN ({', '.join('?' * len(hidden))})", hidden) if hidden else ("", [])


async def contact_states(crm: Installation, contact_ids: Sequence[UUID], *, held: bool = False) -> dict[UUID, bool]:
    """Which of these contacts exist, and whether each is in the trash. held: nobody removes them until the commit."""
    lock = " FOR SHARE" if held and crm.data.engine == "postgres" else ""
    found: dict[UUID, bool] = {}
    for start in range(0, len(contact_ids), 500):
        batch = contact_ids[start : start + 500]
        marks = ", ".join("?" * len(batch))
        query = f"SELECT id, deleted_at FROM {CONTACT.name} WHERE id IN ({marks}){lock}"
        found |= {row["id"]: row["deleted_at"] is not None for row in await crm.data.fetch(query, *batch)}
    return found


async def verdicts_of(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str
) -> dict[UUID, Verdict]:
    """One verdict for each contact; allowed only if every gate agrees. Logs nothing: for figures before something leaves.

    Whatever a gate raises is passed on, because a gate that fails must let nothing through.
    """
    check_keys(purpose, channel, "x")
    wanted = list(dict.fromkeys(contact_ids))
    states = await contact_states(crm, wanted)
    verdicts = {one: refusal("no_contact") for one in wanted if one not in states}
    verdicts |= {one: refusal("in_trash") for one, trashed in states.items() if trashed}
    answers = await _asked(crm, [one for one in wanted if one not in verdicts], purpose, channel)
    await crm.orders.refresh()
    for one, verdict in answers.items():
        narrowed = verdict.allowed and not verdict.even_restricted and crm.orders.restricted(one)
        verdicts[one] = refusal("restricted") if narrowed else verdict
    return {one: verdicts[one] for one in wanted}


async def _asked(crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str) -> dict[UUID, Verdict]:
    gates = list(crm.registry.sending_gates.values())
    if not gates:
        return dict.fromkeys(contact_ids, refusal("no_gate"))
    verdicts: dict[UUID, Verdict] = {}
    asked = list(contact_ids)
    for gate in gates:
        answers: Mapping[UUID, Verdict] = await gate.ask(crm, asked, purpose, channel) if asked else {}
        for one in asked:
            verdicts[one] = _joined(verdicts.get(one), checked(answers.get(one)))
        asked = [one for one in asked if verdicts[one].allowed]
    return verdicts


def _joined(before: Verdict | None, verdict: Verdict) -> Verdict:
    """The first gate's grounds are the ones to show; a refusal always wins, and so does a narrower permission."""
    if before is None or not verdict.allowed:
        return verdict
    return before if not before.even_restricted or verdict.even_restricted else verdict


def checked(verdict: Verdict | None) -> Verdict:
    """An answer whose codes could hold anything else is a refusal: they stand in the clear."""
    if verdict is None:
        return refusal("no_answer")
    for code in (verdict.reason, verdict.basis):
        if code and not CODE.match(code):
            raise ValueError("a gate's reason or basis is no code")
    return verdict


async def closed_addresses(
    crm: Installation, addresses: Collection[str], purpose: str, channel: str
) -> dict[str, Verdict]:
    """A refusal for each of these addresses to which nothing may go for this purpose, whoever it is sent to."""
    closed: dict[str, Verdict] = {}
    for gate in crm.registry.sending_gates.values() if addresses else ():
        for address, verdict in (await gate.closed(crm, addresses, purpose, channel)).items():
            closed.setdefault(address, replace(checked(verdict), allowed=False))
    return closed


def by_its_way(crm: Installation, verdict: Verdict, channel: str, path: str) -> Verdict:
    """An agreement to one channel is none to another, by whatever name a message asks."""
    transport = transport_of(crm, path)
    wrong = transport is not None and transport.channels and channel not in transport.channels
    return refusal("wrong_way") if verdict.allowed and wrong else verdict


async def required_headers(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str
) -> dict[UUID, dict[str, str]]:
    """The headers that the gates want an allowed message to carry."""
    wanted: dict[UUID, dict[str, str]] = {one: {} for one in contact_ids}
    for gate in crm.registry.sending_gates.values():
        for one, headers in (await gate.headers(crm, contact_ids, purpose, channel)).items():
            wanted[one] |= headers
    return wanted


async def purposes_to_choose(crm: Installation) -> dict[str, str]:
    """Every purpose that a gate knows, key -> label, for the choice on a page."""
    known: dict[str, str] = {}
    for gate in crm.registry.sending_gates.values():
        known |= await gate.purposes(crm)
    return known

"""What can be carried out from the page of a request: restricted, stopped, corrected; each noted in its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.declarations import Purpose
from confida_consent.events import Indication, record_events, states_of
from confida_consent.purposes import all_purposes
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.letters import Written, tell
from confida_consent.rights.restriction import restriction_of
from confida_consent.rights.steps import (
    CARRIED_OUT,
    checked_reasons,
    locked_request,
    request_row,
    write_step,
)
from confida_consent.rights.vocabulary import RequestSource
from confida_consent.vocabulary import OBJECTABLE, YES, Basis, Kind, Method
from confida_core.contacts.states import restrict_contact, unrestrict_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access

LIFTING_TOLD = "lifting_told"
SAID_BY: Mapping[str, str] = {
    RequestSource.PORTAL: Method.WEB_FORM,
    RequestSource.EMAIL: Method.PAPER,
    RequestSource.LETTER: Method.PAPER,
    RequestSource.PHONE: Method.PHONE,
    RequestSource.IN_PERSON: Method.IN_PERSON,
}


async def restrict(crm: Installation, access: Access, request_id: UUID) -> None:
    """Restrict processing of the person's data, from now on. Raises InvalidContent (nobody is verified), Forbidden, NotFound."""
    access.actor.require("requests.decide")
    row = await _verified(crm, request_id)
    await restrict_contact(crm, access, row["contact_id"])
    await note(crm, access, request_id, "restricted")


async def tell_of_lifting(
    crm: Installation, access: Access, request_id: UUID, reasons: str, *, by: str = ""
) -> Written:
    """Tell the person that a restriction is about to end, which has to happen before it does (GDPR Art. 18(3))."""
    access.actor.require("requests.decide")
    reasons = checked_reasons(reasons)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id, closed=True)
        await write_step(crm, access, request_id, LIFTING_TOLD, reasons)
        return await tell(crm, access, row, "restriction_ends", reasons=reasons, by=by)


async def lift_restriction(crm: Installation, access: Access, request_id: UUID) -> None:
    """Lift it, once the person was told of this very restriction's end: what was told about an earlier one does not count.

    Raises InvalidContent if they were not, or nothing is restricted, Forbidden, NotFound.
    """
    access.actor.require("requests.decide")
    row = await _verified(crm, request_id)
    restriction = await restriction_of(crm, row["contact_id"])
    if restriction is None:
        raise InvalidContent({"": "Nothing is restricted."})
    told = await crm.data.fetch(
        "SELECT id FROM rights_step WHERE request_id = ? AND step = ? AND at >= ? LIMIT 1",
        request_id, LIFTING_TOLD, restriction.renewed_at,
    )  # fmt: skip
    if not told and restriction.told_at is None:
        raise InvalidContent({"": "First tell the person; the law says so (GDPR Art. 18(3))."})
    await unrestrict_contact(crm, access, row["contact_id"])
    await note(crm, access, request_id, "restriction lifted")


async def stop_purposes(crm: Installation, access: Access, request_id: UUID, keys: Sequence[str] = ()) -> int:
    """Record that the person objects or withdraws, for these purposes or for every one where they can; how many events.

    Needs `consents.record`. Takes effect before it returns. Raises InvalidContent, Forbidden, NotFound.
    """
    access.actor.require("requests.decide")
    row = await _verified(crm, request_id)
    purposes = stoppable(await all_purposes(crm))
    if not set(keys) <= purposes.keys():
        raise InvalidContent({"purposes": "Choose among the purposes."})
    states = {place: one.state for place, one in (await states_of(crm, row["contact_id"])).items()}
    indications = [
        Indication(
            subject_id=row["contact_id"],
            purpose=key,
            channel=channel,
            kind=kind_of(one, states.get((key, channel), "")),
            method=SAID_BY[row["source"]],
            evidence=Evidence(detail=row["reference"], source=row["reference"]),
        )
        for key, one in purposes.items()
        if not keys or key in keys
        for channel in one.declared.channels
    ]
    own = Access(actor=access.actor, purpose="consent", where=access.where)
    await record_events(crm, own, indications)
    await note(crm, access, request_id, ", ".join(dict.fromkeys(one.purpose for one in indications)))
    return len(indications)


def stoppable(purposes: Mapping[str, Purpose]) -> dict[str, Purpose]:
    """What a person can stop; retired ones too, because a no is always taken."""
    return {key: one for key, one in purposes.items() if one.declared.basis in OBJECTABLE | {Basis.CONSENT}}


def kind_of(purpose: Purpose, state: str) -> Kind:
    if purpose.declared.basis in OBJECTABLE:
        return Kind.OBJECTED
    return Kind.WITHDRAWN if state in YES | {Kind.EXPIRED} else Kind.REFUSED


async def note(crm: Installation, access: Access, request_id: UUID, text: str) -> None:
    """Write down what was carried out. Raises NotFound, Forbidden."""
    access.actor.require("requests.decide")
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        await locked_request(crm, request_id, closed=True)
        await write_step(crm, access, request_id, CARRIED_OUT, text)


async def _verified(crm: Installation, request_id: UUID) -> Row:
    row = await request_row(crm, request_id)
    if row["contact_id"] is None or row["verified_at"] is None:
        raise InvalidContent({"": "First it has to be proved who asks."})
    return row

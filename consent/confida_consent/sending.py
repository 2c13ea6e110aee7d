"""The gate as the sending door of core asks it: answers become verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from confida_consent.answers import Answer, Reason, no
from confida_consent.gate import EVEN_RESTRICTED, may_many
from confida_consent.own_purposes import DATA_SUBJECT_REQUEST
from confida_consent.proof import note_uses
from confida_consent.purposes import all_purposes
from confida_consent.tokens import make_tokens
from confida_consent.vocabulary import OBJECTABLE, Basis
from confida_core.accounts.signing_in import address_of
from confida_core.installation import Installation
from confida_core.outbound.checking import ONE_CLICK
from confida_core.outbound.declarations import SendingGate, Verdict
from confida_core.vault.suppressions import suppressed_many

UNSUBSCRIBE = "/my/unsubscribe/"
STOPPABLE = OBJECTABLE | {Basis.CONSENT}


async def verdicts(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str
) -> Mapping[UUID, Verdict]:
    """One for each contact."""
    made: dict[int, Verdict] = {}
    answers = await may_many(crm, contact_ids, purpose, channel)
    for answer in answers.values():
        # Many share one answer, which lives as long as `answers` does.
        if id(answer) not in made:
            made[id(answer)] = verdict_of(answer)
    return {one: made[id(answer)] for one, answer in answers.items()}


def verdict_of(answer: Answer) -> Verdict:
    return Verdict(
        allowed=answer.allowed,
        reason=answer.reason.value,
        sentence=answer.sentence,
        basis=answer.basis if answer.allowed else "",
        event_id=answer.event_id,
        even_restricted=answer.allowed and answer.basis in EVEN_RESTRICTED,
    )


async def closed_addresses(
    crm: Installation, addresses: Collection[str], purpose: str, channel: str
) -> Mapping[str, Verdict]:
    """Those on the suppression list: a message may name another address than the contact has."""
    found = (await all_purposes(crm)).get(purpose)
    if found is None:
        return {}
    stopped = await suppressed_many(crm, channel, addresses, purpose, marketing=found.declared.chosen)
    return dict.fromkeys(stopped, verdict_of(no(Reason.SUPPRESSED, found.declared.basis)))


async def purpose_titles(crm: Installation) -> Mapping[str, str]:
    """The purposes that something can be sent for, by key."""
    found = await all_purposes(crm)
    return {key: purpose.declared.wording("en")[1].title for key, purpose in found.items() if not purpose.retired}


async def unsubscribe_headers(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str
) -> Mapping[UUID, Mapping[str, str]]:
    """How to stop it with one click (RFC 8058), for whatever a person may stop; each message gets a secret of its own.

    None where the installation has no public https address: the header must hold one.
    """
    found = (await all_purposes(crm)).get(purpose)
    base = crm.settings.public_url.rstrip("/")
    if channel != "email" or found is None or found.declared.basis not in STOPPABLE or not base.startswith("https://"):
        return {}
    tokens = await make_tokens(crm, contact_ids, "unsubscribe", purpose=purpose, channel=channel)
    return {
        contact_id: {"List-Unsubscribe": f"<{base}{UNSUBSCRIBE}{token}>", "List-Unsubscribe-Post": ONE_CLICK}
        for contact_id, token in tokens.items()
    }


async def unsubscribe_links(
    crm: Installation, contact_ids: Sequence[UUID], purpose: str, channel: str = "email"
) -> dict[UUID, str]:
    """For the text of a message: the address of a page with one button that stops this purpose on this channel; five years.

    The header of the message, which a mail program follows by itself, is added at the sending door. One statement.
    """
    tokens = await make_tokens(crm, contact_ids, "unsubscribe", purpose=purpose, channel=channel)
    return {one: f"{address_of(crm)}{UNSUBSCRIBE}{token}" for one, token in tokens.items()}


GATE = SendingGate(
    key="consent",
    ask=verdicts,
    purposes=purpose_titles,
    headers=unsubscribe_headers,
    closed=closed_addresses,
    used=note_uses,
    # That somebody asked for their rights is nobody's business but of those who answer.
    confidential={DATA_SUBJECT_REQUEST.key: "requests.read"},
)

"""From a form to a request for confirmation: the same work before the answer whoever has the address, the rest in a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.events import Indication, record_events, states_of
from confida_consent.purposes import all_purposes
from confida_consent.sharing import INSIDE, same_address
from confida_consent.signing_up.declared import SIGN_UP, SignUp
from confida_consent.tokens import make_token
from confida_consent.vocabulary import YES, Basis, Channel, Kind, Method
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.people import NewContact, create_many
from confida_core.contacts.records import CONTACT
from confida_core.contacts.validation import validate_content
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import system_access
from confida_core.vault.door import Opened

ACCESS = system_access("sign-up", "consent")
OPERATION = system_access("sign-up")
# So often somebody is asked within a day; the form is open to whoever knows an address.
MOST_ASKED, ASKED_WITHIN = 5, timedelta(days=1)
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One purpose that waits for a yes. token: the secret part of the page that asks."""

    purpose: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What one mail asks. address: as it is stored with the contact."""

    subject_id: UUID
    address: str
    language: str
    signalled: bool
    questions: tuple[Question, ...]


async def accept_sign_up(crm: Installation, sign_up: SignUp, sign_up_id: UUID | None = None) -> UUID:
    """Keep it for the job "portal.ask_to_confirm"; the id it is kept under. Nothing is looked up, so that nothing can be learnt.

    sign_up_id: of a contact that was made of the same form, which then goes where nobody confirms (`forgetting`).
    """
    sign_up_id = sign_up_id or new_id()
    await crm.records.insert(SIGN_UP, {"id": sign_up_id, "created_at": now()}, sign_up)
    return sign_up_id


async def ask_to_confirm(crm: Installation, sign_up_id: UUID) -> Questions | None:
    """Find or make the contact, record what was requested, and make a token for each; the sign-up itself goes.

    None if there is nothing to ask: everything is agreed to already, nothing of it exists, or the person was asked often
    enough today. Run again after a crash it begins where it was.
    """
    sign_up = await kept(crm, sign_up_id)
    if sign_up is None:
        return None
    subject_id, address = await person_at(crm, sign_up_id, sign_up)
    open_ones = await open_purposes(crm, subject_id, sign_up.purposes)
    questions: list[Question] = []
    if open_ones and await asked_lately(crm, subject_id) < MOST_ASKED:
        await record_events(crm, ACCESS, [request(subject_id, address, sign_up_id, sign_up, one) for one in open_ones])
        for purpose, _ in open_ones:
            token = await make_token(crm, subject_id, "confirm", purpose=purpose, channel=Channel.EMAIL)
            questions.append(Question(purpose=purpose, token=token))
    if not questions and not sign_up.signalled:
        return None
    return Questions(
        subject_id=subject_id,
        address=address,
        language=sign_up.language,
        signalled=sign_up.signalled,
        questions=tuple(questions),
    )


async def forget_sign_up(crm: Installation, sign_up_id: UUID) -> None:
    """After its mail was queued, or there was nothing to ask."""
    await crm.records.delete(SIGN_UP, sign_up_id, ())


async def kept(crm: Installation, sign_up_id: UUID) -> SignUp | None:
    rows = await crm.records.rows(SIGN_UP, [sign_up_id])
    opened = await crm.door.open_one(OPERATION, SIGN_UP, rows[0]) if rows else None
    found: SignUp | None = opened.content if opened else None
    return found


async def person_at(crm: Installation, sign_up_id: UUID, sign_up: SignUp) -> tuple[UUID, str]:
    """The oldest contact with exactly this address, else a new one; and the address as it is stored.

    A new one gets the id of the sign-up, by which `forgetting` knows whom nothing else brought here.
    """
    await crm.index.catch_up(ContactSource(crm))
    ids = await crm.index.run(lambda ask: ask.addressed(sign_up.email, MOST_CANDIDATES))
    rows = [row for row in await crm.records.rows(CONTACT, sorted(ids)) if row["deleted_at"] is None]
    for opened in await crm.door.open(INSIDE, CONTACT, rows):
        if address := address_in(opened, sign_up.email):
            return opened.row["id"], address
    content = ContactContent(
        display_name=sign_up.name or sign_up.email,
        emails=[EmailAddress(address=sign_up.email)],
        language=sign_up.language,
    )
    new = NewContact(kind=ContactKind.PERSON, content=validate_content(content), id=sign_up_id)
    await create_many(crm, OPERATION, [new], kind="created")
    return sign_up_id, sign_up.email


def address_in(opened: Opened[ContactContent], typed: str) -> str:
    wanted = same_address(typed)
    return next((mail.address for mail in opened.content.emails if same_address(mail.address) == wanted), "")


async def open_purposes(
    crm: Installation, subject_id: UUID, wanted: Sequence[tuple[str, UUID]]
) -> list[tuple[str, UUID]]:
    """Those that can be agreed to by e-mail and are not yet."""
    purposes, states = await all_purposes(crm), await states_of(crm, subject_id)
    found = []
    for key, notice_id in dict(wanted).items():
        purpose, state = purposes.get(key), states.get((key, Channel.EMAIL))
        asks = purpose is not None and not purpose.retired and purpose.declared.basis == Basis.CONSENT
        if asks and not (state is not None and state.state in YES):
            found.append((key, notice_id))
    return found


async def asked_lately(crm: Installation, subject_id: UUID) -> int:
    rows = await crm.data.fetch(
        "SELECT count(*) AS asked FROM consent_token WHERE subject_id = ? AND action = 'confirm' AND created_at > ?",
        subject_id, now() - ASKED_WITHIN,
    )  # fmt: skip
    return int(rows[0]["asked"])


def request(subject_id: UUID, address: str, sign_up_id: UUID, sign_up: SignUp, wanted: tuple[str, UUID]) -> Indication:
    evidence = Evidence(indicated_by=sign_up.name, address=address, source=sign_up.source, request_id=str(sign_up_id))
    return Indication(
        subject_id=subject_id,
        purpose=wanted[0],
        channel=Channel.EMAIL,
        kind=Kind.REQUESTED,
        method=Method.WEB_FORM,
        notice_id=wanted[1],
        evidence=evidence,
    )

"""What comes in by a form: the same work before the answer whoever sent it; whose it is, a job finds out.

Somebody who is not known becomes a provisional contact. If they were asked to confirm something and never did, it goes by the
same job of consent by which all sign-ups go; a message stays until a colleague has read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.api import SignUp, accept_sign_up, all_purposes, notice
from confida_core.api import (
    ContactContent,
    ContactKind,
    EmailAddress,
    Installation,
    InteractionDraft,
    InvalidContent,
    NewContact,
    NotFound,
    Opened,
    PhoneNumber,
    PostalAddress,
    StructuredName,
    contacts_with_address,
    create_many,
    custom_fields,
    enqueue,
    log_interaction,
    new_id,
    normal_phone,
    now,
    system_access,
    validate_content,
)
from confida_marketing.segments.lists import add_members
from confida_marketing.sign_up.content import (
    ARRIVAL,
    FORM,
    SUBMISSION,
    ArrivalContent,
    AskedFor,
    FormContent,
    Sent,
    SubmissionContent,
)
from confida_marketing.sign_up.fields import CUSTOM, asked_of, kinds_of

INSIDE = system_access("marketing forms")
TAKE = "marketing.take_form"


async def accept(crm: Installation, content: ArrivalContent) -> UUID:
    """Keep what was sent for the job. Nothing is looked up, so that nothing can be learnt."""
    arrival_id = new_id()
    async with crm.data.transaction():
        await crm.records.insert(ARRIVAL, {"id": arrival_id, "created_at": now()}, content)
        await enqueue(crm, TAKE, {"arrival_id": arrival_id})
    return arrival_id


async def arrived(crm: Installation, arrival_id: UUID) -> ArrivalContent | None:
    """What waits under this id; None once it was taken."""
    rows = await crm.records.rows(ARRIVAL, [arrival_id])
    opened = await crm.door.open_one(INSIDE, ARRIVAL, rows[0]) if rows else None
    found: ArrivalContent | None = opened.content if opened else None
    return found


async def take_submission(crm: Installation, arrival_id: UUID, content: ArrivalContent) -> None:
    """Find or make the contact, keep what was sent, and ask for confirmation of what was ticked. All of it or nothing."""
    rows = await crm.records.rows(FORM, [content.form_id] if content.form_id else [])
    form = await crm.door.open_one(INSIDE, FORM, rows[0]) if rows else None
    if form is None:
        await crm.records.delete(ARRIVAL, arrival_id, ())
        return
    kept = await submission_of(crm, form, content)
    known = await known_contact(crm, content.values.get("email", ""))
    # Not that of what arrived: under its id lies the key by which it goes.
    sign_up_id = new_id()
    contact_id = known or sign_up_id
    await crm.keyring.ensure([contact_id], SUBMISSION.retention_class)
    async with crm.data.transaction():
        if known is None:
            made = NewContact(kind=ContactKind.PERSON, content=await newcomer(crm, content), id=contact_id)
            await create_many(crm, INSIDE, [made], kind="created")
        columns = {
            "id": new_id(),
            "form_id": form.row["id"],
            "contact_id": contact_id,
            "at": now(),
            "made_contact": known is None,
        }
        await crm.records.insert(SUBMISSION, {**columns, "assignee_id": None, "handled_at": None}, kept)
        # The timeline of somebody whose data are not to be used now is closed; what they wrote stays with what they sent.
        if kept.message and not crm.orders.restricted(contact_id):
            draft = InteractionDraft(
                kind="note", people=(contact_id,), subject=f"{kept.form}"[:200], body=kept.message, direction="in"
            )
            await log_interaction(crm, INSIDE, draft)
        if content.purposes:
            await begin_sign_up(crm, form, content, sign_up_id)
        await crm.records.delete(ARRIVAL, arrival_id, ())
    if form.row["segment_id"] is not None:
        await put_on_list(crm, form.row["segment_id"], contact_id)


async def begin_sign_up(
    crm: Installation, form: Opened[FormContent], content: ArrivalContent, sign_up_id: UUID
) -> None:
    """Core's own double opt-in: a mail asks, and only its button is a yes."""
    sign_up = SignUp(
        email=content.values.get("email", ""), name=name_in(content.values), language=content.language,
        purposes=content.purposes, signalled=content.signalled, source=f"/my/x/marketing/f/{form.row['slug']}",
    )  # fmt: skip
    await accept_sign_up(crm, sign_up, sign_up_id)
    await enqueue(crm, "portal.ask_to_confirm", {"sign_up_id": sign_up_id})


async def put_on_list(crm: Installation, segment_id: UUID, contact_id: UUID) -> None:
    """The segment may be gone, or living by now: then there is no such list."""
    try:
        await add_members(crm, INSIDE, segment_id, [contact_id])
    except (NotFound, InvalidContent):
        return


async def submission_of(crm: Installation, form: Opened[FormContent], content: ArrivalContent) -> SubmissionContent:
    """What is kept: each answer with the words of its question, and what was ticked with the notice that was shown."""
    purposes = await all_purposes(crm)
    ticked = []
    for key, notice_id in content.purposes:
        shown = await notice(crm, notice_id)
        title = purposes[key].declared.wording(shown.language)[1].title if key in purposes else key
        ticked.append(AskedFor(purpose=key, title=title[:200], notice_id=notice_id, notice_version=shown.number))
    asked = asked_of(form.content.fields, kinds_of(await custom_fields(crm)))
    return SubmissionContent(
        form=form.content.title,
        sent=[
            Sent(label=one.label[:200], text=content.values[one.key])
            for one in asked
            if content.values.get(one.key) and one.key != "message"
        ],
        message=content.values.get("message", ""),
        purposes=ticked,
        language=content.language,
    )


async def known_contact(crm: Installation, email: str) -> UUID | None:
    """The contact that has the address, the oldest if several have; also one whose data are not to be used at present: what they
    send is theirs all the same, and nobody else is made of them.
    """
    found = await contacts_with_address(crm, email.strip())
    return found[0] if found else None


async def newcomer(crm: Installation, content: ArrivalContent) -> ContactContent:
    """What a new contact says of itself; what cannot be stored so stays with the submission alone."""
    values = content.values
    name = name_in(values) or values.get("email", "") or values.get("phone", "") or values.get("organisation", "")
    plain = ContactContent(
        display_name=name[:200] or "Somebody",
        emails=[EmailAddress(address=values["email"])] if values.get("email") else [],
        language=content.language,
    )
    place = PostalAddress(
        street=values.get("street", ""), postal_code=values.get("postal_code", ""), locality=values.get("locality", "")
    )
    phone = values.get("phone", "")
    whole = msgspec.structs.replace(
        plain,
        name=StructuredName(given=values.get("given", ""), family=values.get("family", "")),
        organisation=values.get("organisation", ""),
        phones=[PhoneNumber(number=normal_phone(phone, crm.settings.region))] if phone else [],
        addresses=[place] if place != PostalAddress() else [],
        custom=await own_values(crm, values),
    )
    try:
        return validate_content(whole)
    except InvalidContent:
        return validate_content(plain)


async def own_values(crm: Installation, values: Mapping[str, str]) -> dict[str, Any]:
    """Of the organisation's own fields, as their types are kept; what does not fit stays with the submission."""
    found: dict[str, Any] = {}
    for one in await custom_fields(crm):
        text = values.get(f"{CUSTOM}{one.key}", "")
        if text and not one.retired:
            if one.type == "boolean":
                found[one.key] = text == "yes"
            elif one.type == "number":
                found[one.key] = float(text)
            else:
                found[one.key] = text
    return found


def name_in(values: Mapping[str, str]) -> str:
    parts = " ".join(filter(None, (values.get("given", ""), values.get("family", ""))))
    return (values.get("name", "") or parts)[:200]

"""Whose data it is, and who asks."""

from __future__ import annotations

from confida_consent.rights.identity import (
    STAFF_METHODS,
    link_contact,
    post_code,
    prove_by_post,
    record_identity,
)
from confida_consent.rights.requests_deciding import ask_for_identity
from confida_consent.rights.vocabulary import PROVED_BY
from confida_core.contacts.validation import InvalidContent
from confida_web.page import Page
from confida_web.requests.entering import id_in, people_for
from confida_web.requests.forms import Asking, Fields, StepForm, no_fields
from confida_web.requests.pages import FormField
from confida_web.requests.printing import printed
from confida_web.requests.words import BY, options

OUTCOMES = {"yes": "It is this person", "no": "It could not be proved"}


async def link_fields(visit: Asking) -> Fields:
    text = visit.form.get("find", visit.one.file.identifier or visit.one.file.given_name_of)
    people = await people_for(visit.request, text, visit.form.get("contact"))
    name = visit.one.file.given_name_of
    if "find" not in visit.form and not people and name and name != text:
        # Found by nothing that is on file: perhaps by the name, and staff see from the postal address who it is.
        text, people = name, await people_for(visit.request, name)
    find = FormField(name="find", label="Name, address or number", kind="text", value=text)
    hint = "The request alone proves nothing: the person is asked through what is on file with this contact."
    return find, FormField(name="contact", label="Whose data it is", kind="radio", options=people, hint=hint)


async def link(visit: Asking) -> str:
    contact_id = id_in(visit.form.get("contact"))
    if contact_id is None:
        raise InvalidContent({"contact": "Choose a contact."})
    await link_contact(visit.crm, visit.access, visit.id, contact_id)
    return "The request is linked with the contact."


async def identity_fields(visit: Asking) -> Fields:
    form, methods = visit.form, {key: PROVED_BY[key] for key in STAFF_METHODS}
    if not visit.one.file.mandate:
        del methods["mandate"]
    hint = "Such as which question was asked. Keep no copy of an identity card, and delete what you were shown."
    return (
        FormField(
            name="method", label="How it was checked", kind="radio", options=options(methods, {form.get("method")})
        ),
        FormField(name="confirmed", label="Result", kind="radio", options=options(OUTCOMES, {form.get("confirmed")})),
        FormField(name="result", label="In a few words", kind="text", value=form.get("result"), hint=hint),
    )


async def identity(visit: Asking) -> str:
    if visit.form.get("confirmed") not in OUTCOMES:
        raise InvalidContent({"confirmed": "Choose the result."})
    confirmed = visit.form.get("confirmed") == "yes"
    await record_identity(
        visit.crm,
        visit.access,
        visit.id,
        visit.form.get("method"),
        confirmed=confirmed,
        result=visit.form.get("result"),
    )
    return "The proof is noted." if confirmed else "Noted. The request goes on waiting for proof."


async def ask_fields(visit: Asking) -> Fields:
    hint = "For those who lost their address: a question about something that is on file and only they can know."
    return (
        FormField(name="text", label="What you ask, if anything", value=visit.form.get("text"), hint=hint),
        FormField(name="by", label="How", kind="choice", options=options(BY, {visit.form.get("by")})),
    )


async def ask(visit: Asking) -> str:
    form = visit.form
    await ask_for_identity(visit.crm, visit.access, visit.id, form.get("text"), by=chosen_way(form.get("by")))
    return "The letter is written."


def chosen_way(by: str) -> str:
    return by if by in BY else ""


async def code(visit: Asking) -> str | Page:
    letter = await post_code(visit.crm, visit.access, visit.id)
    return await printed(visit.request, visit.one, letter, once=True)


async def enter_fields(visit: Asking) -> Fields:
    return (FormField(name="digits", label="The eight digits", kind="text", required=True),)


async def enter(visit: Asking) -> str:
    if not await prove_by_post(visit.crm, visit.access, visit.id, visit.form.get("digits")):
        raise InvalidContent({"digits": "This code is not right, too old, or was tried three times."})
    return "The code is right: it is proved who asks."


FORMS = (
    StepForm(
        key="link",
        heading="Whose data is it?",
        lead="Find the contact this request is about.",
        button="Link",
        run=link,
        fields=link_fields,
        again=lambda form: bool(form.get("_find")),
    ),
    StepForm(
        key="identity",
        heading="Note the proof",
        lead="Who asks is proved by what was on file before, never by what the request says.",
        button="Save",
        run=identity,
        fields=identity_fields,
    ),
    StepForm(
        key="ask-identity",
        heading="Write how to prove it",
        lead="The letter goes to contact data on file and leads to a page that sends a code there. No time is won by asking.",
        button="Write",
        run=ask,
        fields=ask_fields,
    ),
    StepForm(
        key="code",
        heading="Send a code by post",
        lead="A letter with a code, valid for thirty days, for the postal address on file. It is shown once: print it at once.",
        button="Make the letter",
        run=code,
        fields=no_fields,
    ),
    StepForm(
        key="enter-code",
        heading="Enter the code from the letter",
        lead="The person tells you the code from the letter. Three tries for each letter.",
        button="Check",
        run=enter,
        fields=enter_fields,
    ),
)

"""The mails of the public side: a code, and the request to confirm. Plain text, in the reader's language, no marketing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_consent.gpc import record_signal
from confida_consent.purposes import all_purposes
from confida_consent.signing_up.asking import Questions, ask_to_confirm, forget_sign_up
from confida_consent.ways_in import CodeLetter, prepare_code
from confida_core.accounts.signing_in import address_of
from confida_core.installation import Installation
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import send
from confida_core.vault.access import system_access
from confida_web.languages import LANGUAGES, SOURCE, gettext, speaking
from confida_web.portal.visit import organisation_of

# Declared by consent: service mail that rests on a legal obligation and needs nobody's consent.
PURPOSE = "consent_confirmation"
ACCESS = system_access("portal mail", "consent")


async def send_code(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: make a code and send it, if the address that was typed is stored with a contact.

    token_id, candidates: of `ask_for_code`. language: place in LANGUAGES.
    """
    token_id: UUID = arguments["token_id"]
    language = tuple(LANGUAGES)[arguments["language"]]
    await crm.keyring.ensure(arguments["candidates"], "relationship")
    # One transaction: a code whose mail was not queued has never been made, and the next attempt makes another.
    async with crm.data.transaction():
        letter = await prepare_code(crm, token_id, arguments["candidates"])
        if letter is not None:
            await mail_code(crm, letter, language)


async def mail_code(crm: Installation, letter: CodeLetter, language: str) -> None:
    organisation = await organisation_of(crm)
    with speaking(language):
        subject = gettext("Your code for %(organisation)s", organisation=organisation)
        text = code_text(letter.code, organisation)
    message = service_mail(letter.subject_id, letter.address, subject, text, language)
    await send(crm, ACCESS, message)


async def ask_to_confirm_by_mail(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: what a sign-up asks for is recorded as requested, and a mail asks the person to confirm it. sign_up_id."""
    sign_up_id: UUID = arguments["sign_up_id"]
    asked = await ask_to_confirm(crm, sign_up_id)
    if asked is not None and asked.questions:
        await send(crm, ACCESS, await confirm_mail(crm, asked))
    if asked is not None and asked.signalled:
        await record_signal(crm, ACCESS, asked.subject_id, source="/my/subscribe")
    await forget_sign_up(crm, sign_up_id)


async def confirm_mail(crm: Installation, asked: Questions) -> OutboundMessage:
    purposes, organisation, base = await all_purposes(crm), await organisation_of(crm), address_of(crm)
    language = asked.language if asked.language in LANGUAGES else SOURCE
    links = [
        (purposes[one.purpose].declared.wording(language)[1].title, f"{base}/my/confirm/{one.token}?lang={language}")
        for one in asked.questions
    ]
    with speaking(language):
        subject = gettext("Please confirm: %(organisation)s", organisation=organisation)
        text = confirm_text(organisation, links)
    return service_mail(asked.subject_id, asked.address, subject, text, language)


def service_mail(contact_id: UUID, address: str, subject: str, text: str, language: str) -> OutboundMessage:
    """For the sending door, which asks the gates; nobody's consent is needed to be asked whether one consents."""
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": language}
    return OutboundMessage(
        contact_id=contact_id, purpose=PURPOSE, to=address, subject=subject, text=text, headers=headers, secret=True
    )


def code_text(code: str, organisation: str) -> str:
    """The body, in the language being spoken."""
    lines = (
        gettext("Somebody, probably you, asked to see the data and the choices stored at %(organisation)s for this address.",
                organisation=organisation),
        gettext("Your code: %(code)s", code=f"{code[:4]} {code[4:]}"),
        gettext("Type it into the page you came from. It is valid for ten minutes and for three tries."),
        gettext("If it was not you, you need not do anything. Nobody gets in without this code; please do not pass it on."),
    )  # fmt: skip
    return "\n\n".join(lines) + "\n"


def confirm_text(organisation: str, links: Sequence[tuple[str, str]]) -> str:
    """The body of the mail that asks to confirm; it says what for, and nothing else (CF-2). links: title and address."""
    lines = (
        gettext("Somebody, probably you, entered this address at %(organisation)s, to get something from us by e-mail.",
                organisation=organisation),
        gettext("If that is right, please open this page and press the button there:"),
        *(f"{title}\n{link}" for title, link in links),
        gettext("Only then do we use your address for this. The page is valid for seven days."),
        gettext("If it was not you, you need not do anything."),
    )  # fmt: skip
    return "\n\n".join(lines) + "\n"

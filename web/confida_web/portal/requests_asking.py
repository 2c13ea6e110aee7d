"""Asking: anybody says what they want, and gets number, date and a page of its own, whether or not we know them (steps 1-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post

from confida_consent.rights.clock import rules
from confida_consent.rights.requests import NewRequest, default_country, open_request
from confida_consent.sharing import INSIDE
from confida_core.accounts.attempts import network_of
from confida_core.contacts.channels import normal_email
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.sealed_files import ReceivedFile, discard_files, receive_file
from confida_web.account.browsers import address_of
from confida_web.display import Option
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.languages import LANGUAGES, gettext, speaking
from confida_web.portal.entering import note_attempt
from confida_web.portal.requests_holding import PATH
from confida_web.portal.requests_pages import AskPage, Draft, OwnRequest
from confida_web.portal.requests_words import KINDS, STATES
from confida_web.portal.showing import person_or_none, show
from confida_web.portal.visit import Person
from confida_web.redirect import elsewhere
from confida_web.security.access import access_for

MEGABYTES = 10
FEWEST_DIGITS, LONGEST_IDENTIFIER = 5, 254
LIMITS = {"name": 200, "scope": 20_000, "message": 20_000, "mandate": 20_000}
SHOWN = 50
LONGEST_ABOUT = 200
# Left empty by people, who do not see it; programs fill in whatever there is.
TRAP = "website"


@get(PATH, public=True)
async def ask_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """kind: what is chosen already, by a link from an answer or from elsewhere on these pages; about: which data it is about."""
    kind, about = (request.query_params.get(name, "") for name in ("kind", "about"))
    scope = about[:LONGEST_ABOUT] if about.isprintable() else ""
    draft = Draft(kind=kind if kind in KINDS else "", scope=scope, language=request.state.frame.words)
    return show(request, await ask_page(request, draft))


async def ask_page(request: Request[Any, Any, Any], draft: Draft, **changes: Any) -> AskPage:
    crm, person = request.state.crm, session_person(request)
    return AskPage(
        kinds=tuple(KINDS.values()),
        draft=draft,
        languages=tuple(Option(value=code, label=label) for code, label in LANGUAGES.items()),
        countries=await country_options(crm, request.state.frame.words),
        person_in=person is not None,
        own=await own_requests(crm, person) if person else (),
        megabytes=MEGABYTES,
        **changes,
    )


def session_person(request: Request[Any, Any, Any]) -> Person | None:
    """Somebody who is in by a code: by that alone it is proved who asks."""
    person = person_or_none(request)
    return person if person is not None and person.session_id is not None else None


async def country_options(crm: Installation, language: str) -> tuple[Option, ...]:
    """Whose rules can be chosen; none where the organisation itself says so."""
    if await default_country(crm):
        return ()
    from babel import Locale

    names = Locale(language).territories
    found = sorted((str(names.get(code, code)), code) for code in rules())
    return tuple(Option(value=code, label=name) for name, code in found)


async def own_requests(crm: Installation, person: Person) -> tuple[OwnRequest, ...]:
    """The newest first, without those that were asked twice; opens nothing."""
    rows = await crm.data.fetch(
        "SELECT reference, kind, state, received_at, due_on FROM rights_request "
        "WHERE contact_id = ? AND merged_into IS NULL ORDER BY id DESC LIMIT ?",
        person.id, SHOWN,
    )  # fmt: skip
    return tuple(
        OwnRequest(
            reference=row["reference"],
            title=KINDS[row["kind"]].title,
            state=STATES[row["state"]],
            received_at=row["received_at"],
            due_on=row["due_on"],
            href=f"{PATH}/{row['reference']}",
        )
        for row in rows
    )


@post(PATH, public=True, csrf="portal")
async def ask(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same answer after the same work, whether or not anybody is known by what was typed. Raises TooManyAttempts."""
    crm = request.state.crm
    # Before anything is read, so that nobody fills the disk by sending files again and again.
    await note_attempt(crm, request, f"portal request {network_of(address_of(request))}")
    files: list[ReceivedFile] = []
    form = await parse_form(request, save=lambda upload: received(crm, upload, files))
    draft = draft_of(form, request.state.frame.words)
    errors = faults_of(request, draft, form)
    status = await opened(request, draft, files, errors) if not errors else ""
    if status:
        return elsewhere(f"{PATH}/{status}?done=sent")
    await discard_files(crm, files)
    return show(request, await ask_page(request, draft, errors=errors), status=422)


async def received(crm: Installation, upload: UploadedFile, files: list[ReceivedFile]) -> bool:
    """Whether the file was taken; it is sealed as it comes. More than one is not read."""
    if files or upload.field != "mandate_file":
        return False
    try:
        files.append(await receive_file(crm, upload.filename, upload.pieces, limit=MEGABYTES * 1_000_000))
    except TooLarge:
        return False
    return True


def draft_of(form: FormData, language: str) -> Draft:
    given: dict[str, str] = {name: form.get(name).strip() for name in Draft.__dataclass_fields__ if name in form}
    draft = replace(Draft(language=language), **given)
    return replace(draft, whose="other" if draft.whose == "other" else "self")


def faults_of(request: Request[Any, Any, Any], draft: Draft, form: FormData) -> dict[str, str]:
    """What is wrong, by field, in the reader's language. The trap is told too: nobody's request is dropped in silence."""
    needs_identifier = session_person(request) is None or draft.whose == "other"
    with speaking(request.state.frame.words):
        checks = (
            ("kind", draft.kind in KINDS, gettext("Please choose what you want.")),
            ("identifier", not (needs_identifier or draft.identifier) or is_identifier(draft.identifier),
             gettext("Please type an e-mail address or a telephone number that we may have stored.")),
            ("whose", draft.whose == "other" or not (draft.mandate or form.files),
             gettext("You filled in what is for somebody else. Please choose for whom you ask.")),
            ("mandate", draft.whose == "self" or bool(draft.mandate),
             gettext("Please say for whom you ask and what allows you to.")),
            ("mandate_file", all(file.saved for file in form.files),
             gettext("This file is too large. Please send one of at most %(size)s MB.", size=MEGABYTES)),
            (TRAP, not form.get(TRAP), gettext("Please leave this field empty.")),
            *((name, len(getattr(draft, name)) <= longest, gettext("This text is too long."))
              for name, longest in LIMITS.items()),
        )  # fmt: skip
        return {name: sentence for name, sound, sentence in checks if not sound}


def is_identifier(text: str) -> bool:
    """Whether it has the form of an address or a number; nothing is looked up."""
    if len(text) > LONGEST_IDENTIFIER:
        return False
    return normal_email(text) is not None or sum(one.isascii() and one.isdigit() for one in text) >= FEWEST_DIGITS


async def opened(
    request: Request[Any, Any, Any], draft: Draft, files: list[ReceivedFile], errors: dict[str, str]
) -> str:
    """The secret of its status page; "" if it cannot be stored, and then errors says why."""
    crm, person = request.state.crm, session_person(request)
    other = draft.whose == "other"
    mine = None if other else person
    new = NewRequest(
        kind=draft.kind,
        country=draft.country,
        language=draft.language,
        identifier=draft.identifier,
        name=draft.name,
        scope=draft.scope,
        message=draft.message,
        mandate=draft.mandate if other else "",
        mandate_files=files if other else (),
        delivery=draft.delivery,
        contact_id=mine.id if mine else None,
        proved=mine is not None,
    )
    try:
        made = await open_request(crm, access_for(request, "data_subject_rights") if mine else INSIDE, new)
    except InvalidContent as invalid:
        errors.update(in_own_words(request, invalid.errors))
        return ""
    return made.status_token


def in_own_words(request: Request[Any, Any, Any], errors: Mapping[str, str]) -> dict[str, str]:
    with speaking(request.state.frame.words):
        said = {
            "country": gettext("Please choose the country you live in."),
            "language": gettext("Please choose a language."),
            "delivery": gettext("Please choose how you want the answer."),
        }
        other = gettext("This cannot be stored; it is too long or holds a strange character.")
    return {name: said.get(name, other) for name in errors}


ROUTES = (ask_form, ask)

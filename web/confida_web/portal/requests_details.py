"""What we hold of somebody who is in, and what they say is right: a proposal that staff look at before it counts (GDPR Art. 16).

Nothing is changed at once, because a new e-mail address would open these very pages to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from confida_consent.rights.content import Correction
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.requests import NewRequest, open_request
from confida_consent.rights.requests_correcting import written
from confida_consent.rights.steps import INSIDE, locked_request, opened_file, rewrite_file
from confida_consent.rights.vocabulary import RequestKind
from confida_core.contacts.content import ContactContent, EmailAddress, PhoneNumber, PostalAddress, changed
from confida_core.contacts.records import CONTACT
from confida_core.contacts.validation import InvalidContent, validate_content
from confida_core.installation import Installation
from confida_web.display import Option
from confida_web.forms import FormData, parse_form
from confida_web.languages import LANGUAGES, gettext, mark, speaking
from confida_web.portal.entering import note_attempt
from confida_web.portal.requests_asking import country_options, session_person
from confida_web.portal.requests_holding import PATH
from confida_web.portal.requests_pages import AddressFields, CorrectPage, Detail, DetailsPage
from confida_web.portal.requests_words import KINDS
from confida_web.portal.showing import refused, show
from confida_web.portal.visit import Person
from confida_web.redirect import elsewhere
from confida_web.security.access import access_for

MOST_ROWS, LONGEST_REMARK = 51, 10_000
PARTS = tuple(AddressFields.__dataclass_fields__)
NEXT_KINDS = (RequestKind.ACCESS, RequestKind.ERASURE, RequestKind.RESTRICTION, RequestKind.OBJECTION)


async def own_content(request: Request[Any, Any, Any], person: Person) -> ContactContent | None:
    """Opened for the person themselves, who stand in the read log like anybody else."""
    crm = request.state.crm
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ? AND deleted_at IS NULL", person.id)
    access = access_for(request, "data_subject_rights")
    opened = await crm.door.open_one(access, CONTACT, rows[0]) if rows else None
    return opened.content if opened else None


@get("/my/details", person=True)
async def details(request: Request[Any, Any, Any]) -> Response[Any]:
    """For a session only: a link that lay in some mail for weeks shows no addresses."""
    person = session_person(request)
    content = await own_content(request, person) if person else None
    if content is None:
        return elsewhere("/my/")
    kinds = tuple(KINDS[key] for key in NEXT_KINDS)
    done = "same" if request.query_params.get("done") == "same" else ""
    return show(request, DetailsPage(details=details_of(content), kinds=kinds, done=done))


def details_of(content: ContactContent) -> tuple[Detail, ...]:
    """The contact's own page, without what others wrote about the person: that is part of the whole answer."""
    birthday = content.birthday
    born = "-".join(f"{part:02}" for part in (birthday.year, birthday.month, birthday.day) if part) if birthday else ""
    found = (
        (mark("Name"), [content.display_name]),
        (mark("Nickname"), [content.nickname]),
        (mark("E-mail"), [one.address for one in content.emails]),
        (mark("Telephone"), [one.number for one in content.phones]),
        (mark("Postal address"), [written(one) for one in content.addresses]),
        (mark("Organisation"), [content.organisation, content.department, content.job_title]),
        (mark("Birthday"), [born]),
        (mark("Web pages"), [one.url for one in content.links]),
        (mark("Language"), [LANGUAGES.get(content.language, content.language)]),
    )
    return tuple(Detail(label=label, values=values) for label, all_ in found if (values := tuple(filter(None, all_))))


@get("/my/details/edit", person=True)
async def correct_form(request: Request[Any, Any, Any]) -> Response[Any]:
    person = session_person(request)
    content = await own_content(request, person) if person else None
    if content is None:
        return elsewhere("/my/")
    return show(request, await correct_page(request, content))


async def correct_page(request: Request[Any, Any, Any], content: ContactContent, **changes: Any) -> CorrectPage:
    codes = dict(LANGUAGES) | ({content.language: content.language} if content.language not in LANGUAGES else {})
    return CorrectPage(
        name=content.display_name,
        emails=(*(one.address for one in content.emails if one.address), ""),
        phones=(*(one.number for one in content.phones if one.number), ""),
        addresses=(*(AddressFields(**{part: getattr(one, part) for part in PARTS}) for one in content.addresses),
                   AddressFields()),
        languages=tuple(Option(value=code, label=label) for code, label in codes.items() if code),
        language=content.language,
        countries=await country_options(request.state.crm, request.state.frame.words),
        **changes,
    )  # fmt: skip


@post("/my/details/edit", person=True)
async def correct(request: Request[Any, Any, Any]) -> Response[Any]:
    """A request to correct the details, with both sides of each in its file. Raises TooManyAttempts."""
    person = session_person(request)
    content = await own_content(request, person) if person else None
    if person is None or content is None:
        return refused(request)
    form, crm = await parse_form(request), request.state.crm
    typed, remark = typed_content(form, content), form.get("remark").strip()
    await note_attempt(crm, request, f"portal details {person.id}")
    try:
        found = corrections(content, validate_content(typed))
        if not found and not remark:
            return elsewhere("/my/details?done=same")
        reference = await propose(request, person, found, remark[:LONGEST_REMARK], form.get("country"))
    except InvalidContent as invalid:
        again = await correct_page(
            request, typed, remark=remark[:LONGEST_REMARK], errors=faults_of(request, invalid.errors)
        )
        return show(request, again, status=422)
    return elsewhere(f"{PATH}/{reference}?done=sent")


def typed_content(form: FormData, content: ContactContent) -> ContactContent:
    """The contact as it would be: labels stay where the rows stay."""
    emails = [
        msgspec.structs.replace(old, address=new) if old else EmailAddress(address=new)
        for old, new in rows_of(form, "email", content.emails)
    ]
    phones = [
        msgspec.structs.replace(old, number=new) if old else PhoneNumber(number=new)
        for old, new in rows_of(form, "phone", content.phones)
    ]
    name = form.get("name", content.display_name).strip() or content.display_name
    return changed(
        content,
        display_name=name,
        emails=emails,
        phones=phones,
        addresses=typed_addresses(form, content.addresses),
        language=form.get("language", content.language).strip(),
    )


def rows_of(form: FormData, name: str, held: Sequence[Any]) -> list[tuple[Any, str]]:
    """(what is held or None, what was typed) by place; what a form does not name stays as it is."""
    found: list[tuple[Any, str]] = []
    for place in range(min(len(held) + 1, MOST_ROWS)):
        old = held[place] if place < len(held) else None
        before: str = "" if old is None else getattr(old, "address", "") or getattr(old, "number", "")
        found.append((old, form.get(f"{name}{place}", before).strip()))
    return found


def typed_addresses(form: FormData, held: Sequence[PostalAddress]) -> list[PostalAddress]:
    found = []
    for place in range(min(len(held) + 1, MOST_ROWS)):
        old = held[place] if place < len(held) else PostalAddress()
        parts = {part: form.get(f"{part}{place}", getattr(old, part)).strip() for part in PARTS}
        new = msgspec.structs.replace(old, **parts)
        emptied = msgspec.structs.replace(new, label="", post_office_box="") == PostalAddress() and new != old
        found.append(PostalAddress() if emptied else new)
    return found


def faults_of(request: Request[Any, Any, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """By field of the form: "emails[0].address" is the row email0."""
    with speaking(request.state.frame.words):
        said = gettext("This cannot be stored like this. Please look at it again.")
    found = {}
    for path in errors:
        group, _, rest = path.partition("[")
        place, _, part = rest.partition("].")
        names = {"emails": "email", "phones": "phone", "addresses": part or "street"}
        found[f"{names[group]}{place}" if group in names else group.replace("display_name", "name")] = said
    return found


def corrections(held: ContactContent, wanted: ContactContent) -> list[Correction]:
    """What differs, side by side."""
    sides: list[tuple[str, str, str]] = [("name", held.display_name, wanted.display_name)]
    for field, old, new in (
        ("email", [one.address for one in held.emails], [one.address for one in wanted.emails]),
        ("phone", [one.number for one in held.phones], [one.number for one in wanted.phones]),
        ("address", [written(one) for one in held.addresses], [written(one) for one in wanted.addresses]),
    ):
        gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
        sides += [(field, before, after) for before, after in zip_longest(gone, come, fillvalue="")]
    sides.append(("language", held.language, wanted.language))
    parts = {written(one): one for one in wanted.addresses}
    return [
        Correction(field=field, held=one, wanted=other, address=parts.get(other) if field == "address" else None)
        for field, one, other in sides
        if one != other
    ]


async def propose(
    request: Request[Any, Any, Any], person: Person, found: Sequence[Correction], remark: str, country: str
) -> str:
    """Open the request; its message says in words what the file holds side by side. Returns its reference.

    Raises InvalidContent where a country has to be chosen.
    """
    crm = request.state.crm
    lines = [f"{one.field}: {one.held or '-'} -> {one.wanted or '-'}" for one in found]
    new = NewRequest(
        kind=RequestKind.RECTIFICATION,
        country=country,
        language=request.state.frame.words,
        message="\n".join(filter(None, (*lines, remark)))[:19_000],
        contact_id=person.id,
        proved=True,
    )
    made = await open_request(crm, access_for(request, "data_subject_rights"), new)
    await keep_corrections(crm, made.id, found)
    return made.reference


async def keep_corrections(crm: Installation, request_id: UUID, found: Sequence[Correction]) -> None:
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id, closed=True)
        file = await opened_file(crm, INSIDE, row)
        await rewrite_file(crm, row, msgspec.structs.replace(file, corrections=list(found)))


ROUTES = (details, correct_form, correct)

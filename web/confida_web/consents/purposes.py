"""Purposes: what data is used for, in plain words and on which ground. A change is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.controller import read_controller
from confida_consent.declarations import ConsentPurpose, Purpose, Wording
from confida_consent.notice_text import notice_text
from confida_consent.purpose_rules import InvalidPurpose, channels_wrong, declared_purposes
from confida_consent.purposes import all_purposes, purpose_of, retire_purpose, save_purpose
from confida_consent.vocabulary import Channel
from confida_core.accounts.signing_in import address_of
from confida_core.storage.database import VersionConflict
from confida_web.consents.editing import PurposePage, PurposeRow, PurposesPage, TextRow
from confida_web.consents.notices import notice_rows
from confida_web.consents.pages import NoticeText
from confida_web.consents.purpose_form import PurposeForm, form_of_purpose, read_purpose
from confida_web.consents.words import (
    CATEGORIES,
    GROUNDS,
    basis_word,
    channel_options,
    channel_word,
    language_name,
    options,
    title_of,
)
from confida_web.display import Errors
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

FASTER = "Somebody else has saved a version meanwhile. Nothing of yours is lost: compare, and save again."


@get("/consents/purposes", permission="consents.read")
async def purposes(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, lang = request.state.crm, request.state.frame.lang
    found = await all_purposes(crm)
    rows = sorted(
        (purpose_row(crm, one, lang) for one in found.values()), key=lambda row: (row.retired, row.title.casefold())
    )
    return page(request, PurposesPage(purposes=tuple(rows), may_manage=request.state.actor.may("consents.manage")))


def purpose_row(crm: Any, purpose: Purpose, lang: str) -> PurposeRow:
    declared = purpose.declared
    return PurposeRow(
        key=declared.key,
        title=title_of(declared, declared.key, lang),
        basis=basis_word(declared.basis),
        channels=tuple(channel_word(each) for each in declared.channels),
        version=declared.version,
        languages=tuple(sorted(declared.texts)),
        origin=origin_name(crm, purpose),
        listed=declared.listed,
        retired=purpose.retired,
    )


def origin_name(crm: Any, purpose: Purpose) -> str:
    """Who declares it, by the name of the plugin; "" for one of this page's own."""
    if not purpose.origin:
        return ""
    names = {plugin.info.key: plugin.info.name for plugin in crm.registry.plugins}
    return str(names.get(purpose.origin, purpose.origin))


@get("/consents/purposes/new", permission="consents.manage")
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await purpose_page(request, PurposeForm(), None))


@get("/consents/purposes/{key:str}", permission="consents.read")
async def show(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    purpose = await purpose_of(request.state.crm, key)
    form = form_of_purpose(purpose.declared, fixed_texts(request.state.crm, purpose))
    return page(request, await purpose_page(request, form, purpose))


def fixed_texts(crm: Any, purpose: Purpose | None) -> Mapping[str, Wording]:
    """The words that a plugin declares, which nobody changes here."""
    if purpose is None or not purpose.origin:
        return {}
    return declared_purposes(crm.registry)[purpose.declared.key][0].texts


async def purpose_page(
    request: Request[Any, Any, Any],
    form: PurposeForm,
    purpose: Purpose | None,
    *,
    errors: Errors | None = None,
    previews: Sequence[NoticeText] = (),
) -> PurposePage:
    """purpose: what is stored; None for a new one."""
    crm, lang = request.state.crm, request.state.frame.lang
    declared = purpose.declared if purpose else None
    return PurposePage(
        action=f"/consents/purposes/{declared.key if declared else 'new'}",
        key=declared.key if declared else form.values.get("key", ""),
        new=purpose is None,
        readonly=not request.state.actor.may("consents.manage"),
        retired=purpose is not None and purpose.retired,
        version=declared.version if declared else 0,
        shown_title=title_of(declared, "", lang) if declared else "",
        origin=origin_name(crm, purpose) if purpose else "",
        facts=facts_of(declared) if declared and purpose and purpose.origin else (),
        values=form.values,
        texts=form.texts,
        fixed=tuple(
            TextRow(language=language_name(tag, lang), title=words.title, description=words.description)
            for tag, words in fixed_texts(crm, purpose).items()
        ),
        bases=options(BASES, {form.values.get("basis", "consent")}),
        channels=channel_options(Channel, form.channels),
        categories=options(CATEGORIES, {form.values.get("category", "marketing")}),
        listed=form.listed,
        compatible=form.compatible,
        special_category=form.special_category,
        previews=tuple(previews),
        notices=await notice_rows(crm, declared.key, lang) if declared else (),
        may_manage=request.state.actor.may("consents.manage"),
        errors=errors or {},
    )


BASES: Mapping[str, str] = {
    "consent": "Consent: people say yes, and may take it back at any time (a)",
    "contract": "Contract: it is needed for what was agreed with them (b)",
    "legal_obligation": "Legal obligation: a law demands it (c)",
    "vital_interest": "Vital interest: somebody’s life depends on it (d)",
    "public_task": "Public task: a law entrusts you with it; people may object (e)",
    "legitimate_interest": "Legitimate interest: yours outweighs theirs; people may object (f)",
}


def facts_of(declared: ConsentPurpose) -> tuple[tuple[str, str], ...]:
    """What a plugin declares and nobody changes here."""
    found = (
        ("Ground", f"{basis_word(declared.basis)}: {GROUNDS.get(declared.basis, '')}"),
        ("Why it prevails", declared.balancing_note),
        ("By", ", ".join(channel_word(each) for each in declared.channels)),
        ("Ends after", declared.validity),
        ("Kept", declared.retention),
        ("Recipients", ", ".join(declared.recipients)),
        ("Shown to people", "yes" if declared.listed else "no"),
    )
    return tuple((label, text) for label, text in found if text)


@post("/consents/purposes/new", permission="consents.manage", status_code=200)
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, await parse_form(request), None)


@post("/consents/purposes/{key:str}", permission="consents.manage", status_code=200)
async def change(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    return await saved(request, await parse_form(request), await purpose_of(request.state.crm, key))


async def saved(request: Request[Any, Any, Any], posted: FormData, purpose: Purpose | None) -> Response[Any]:
    """Rows more or fewer, the preview, or a new version; whatever is wrong comes back beside its field."""
    crm = request.state.crm
    form, wanted, errors = read_purpose(posted, purpose, fixed_texts(crm, purpose))
    if "_add" in posted or "_remove" in posted:
        return page(request, await purpose_page(request, form, purpose), block="form")
    if "_preview" in posted:
        return page(
            request,
            await purpose_page(request, form, purpose, previews=await previews_of(request, wanted)),
            block="form",
        )
    if purpose is None and wanted.key in await all_purposes(crm):
        errors["key"] = "There is a purpose of this name."
    if not errors:
        try:
            kept = await save_purpose(crm, access_for(request, "consent"), wanted)
            message = f"Saved as version {kept.declared.version}."
            return redirect(request, f"/consents/purposes/{kept.declared.key}", Toast(message=message))
        except InvalidPurpose as wrong:
            errors |= {"text-0-title" if field == "texts" else field: text for field, text in wrong.faults.items()}
        except VersionConflict:
            errors[""] = FASTER
    return page(request, await purpose_page(request, form, purpose, errors=errors), block="form", status=422)


async def previews_of(request: Request[Any, Any, Any], purpose: ConsentPurpose) -> list[NoticeText]:
    """The notice in each language, as it would read; nothing is kept."""
    crm, lang = request.state.crm, request.state.frame.lang
    controller, base = await read_controller(crm), address_of(crm)
    if "en" not in purpose.texts or channels_wrong(purpose) or purpose.basis not in BASES:
        return []
    shown = []
    for tag in purpose.texts:
        used, text = notice_text(purpose, tag, controller, f"{base}/my/" if base else "")
        shown.append(
            NoticeText(
                title=purpose.texts[used].title, language=language_name(used, lang), number=0, text=text, sha256=""
            )
        )
    return shown


@post("/consents/purposes/{key:str}/retire", permission="consents.manage")
async def retire(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    await parse_form(request)
    try:
        await retire_purpose(request.state.crm, access_for(request, "consent"), key)
    except InvalidPurpose as wrong:
        problem = Toast(message=wrong.faults["key"], tone="problem")
        return redirect(request, f"/consents/purposes/{key}", problem)
    undo = f"/consents/purposes/{key}/restore"
    message = "The purpose is retired: nobody is asked and nothing is sent for it."
    return redirect(request, "/consents/purposes", Toast(message=message, undo_url=undo))


@post("/consents/purposes/{key:str}/restore", permission="consents.manage")
async def restore(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    await parse_form(request)
    await retire_purpose(request.state.crm, access_for(request, "consent"), key, retired=False)
    return redirect(request, "/consents/purposes", Toast(message="The purpose is in use again."))


ROUTES = (purposes, new, show, create, change, retire, restore)

"""The suppression list: looked into, added to, taken from. What is typed is hashed and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post

from confida_consent.purposes import all_purposes
from confida_consent.rules.checking import InvalidRules
from confida_consent.rules.model import CHANNELS
from confida_consent.rules.reading import all_rules
from confida_consent.suppression import (
    BY_HAND,
    EVERYTHING,
    LONGEST,
    MARKETING,
    REASONS,
    SuppressionRefused,
    add_suppression,
    lift,
    lookup,
)
from confida_consent.suppression_lists import LARGEST, import_list
from confida_core.exchange.draft import UnreadableFile
from confida_core.installation import Installation
from confida_core.storage.file_seal import TooLarge, read_sealed
from confida_core.storage.sealed_files import ReceivedFile, discard_files, path_of, receive_file
from confida_core.vault.suppressions import suppression_list
from confida_web.consents.listing import SuppressionRow, SuppressionsPage
from confida_web.consents.words import channel_options, channel_word, options, titles
from confida_web.display import Errors
from confida_web.formatting import formatter
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

SCOPES: Mapping[str, str] = {MARKETING: "All marketing", EVERYTHING: "Whatever is sent"}
ACTIONS = ("check", "add", "lift", "import")
HERE = "/consents/suppressions"


@get(HERE, permission="consents.manage")
async def suppressions(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await suppressions_page(request, FormData()), block="form")


async def scopes_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {**SCOPES, **titles(await all_purposes(request.state.crm), request.state.frame.lang)}


async def suppressions_page(
    request: Request[Any, Any, Any], form: FormData, errors: Errors | None = None, **answer: Any
) -> SuppressionsPage:
    crm, labels, action = request.state.crm, await scopes_of(request), form.get("action", "check")
    return SuppressionsPage(
        rows=await counted(crm, labels),
        channels=channel_options(CHANNELS, {form.get("channel", "email")}),
        scopes=options(labels, {form.get("purpose")}),
        reasons=options({key: REASONS[key] for key in BY_HAND}, {form.get("reason")}),
        registers=options({name: name for name in registers_of(crm)}, {form.get("register")}),
        values={"address": form.get("address")},
        action=action if action in ACTIONS else "check",
        errors=errors or {},
        **answer,
    )


def registers_of(crm: Installation) -> list[str]:
    """Public registers that the rules of some country ask for; none while a file of rules cannot be read."""
    try:
        countries = all_rules(crm.settings).values()
    except InvalidRules:
        return []
    return sorted({rule.register for country in countries for rule in country.rules if rule.register})


async def counted(crm: Installation, labels: Mapping[str, str]) -> tuple[SuppressionRow, ...]:
    """Days of one channel and scope in one line."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for one in await suppression_list(crm):
        groups.setdefault((one.channel, one.purpose), []).append(one)
    return tuple(
        SuppressionRow(
            channel=channel_word(channel),
            scope=scope_word(purpose, labels),
            count=sum(one.count for one in days),
            first_at=min(one.day for one in days),
            last_at=max(one.day for one in days),
        )
        for (channel, purpose), days in sorted(groups.items())
    )


def scope_word(purpose: str, labels: Mapping[str, str]) -> str:
    """An entry for all marketing from which later consents took something out begins with "-"."""
    if not purpose.startswith("-"):
        return labels.get(purpose, purpose)
    kept = ", ".join(labels.get(key, key) for key in purpose[1:].replace(",", " ").split())
    return f"All marketing but {kept}"


@post(HERE, permission="consents.manage", status_code=200)
async def change(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, received = request.state.crm, list[ReceivedFile]()
    errors: dict[str, str] = {}

    async def save(file: UploadedFile) -> None:
        try:
            if not received:
                received.append(await receive_file(crm, file.filename, file.pieces, limit=LARGEST))
        except TooLarge:
            errors["file"] = "This file is too large."

    try:
        form = await parse_form(request, save)
        errors |= await wrong_in(request, form, bool(received))
        return await refused(request, form, errors) if errors else await done(request, form, received)
    except SuppressionRefused as wrong:
        sentence = f"{wrong.sentence[:1].upper()}{wrong.sentence[1:]}."
        return await refused(request, form, {wrong.field: sentence})
    except UnreadableFile as wrong:
        return await refused(request, form, {"file": str(wrong)})
    finally:
        await discard_files(crm, received)


async def refused(request: Request[Any, Any, Any], form: FormData, errors: Errors) -> Response[Any]:
    return page(request, await suppressions_page(request, form, errors), block="form", status=422)


async def done(request: Request[Any, Any, Any], form: FormData, received: list[ReceivedFile]) -> Response[Any]:
    """Raises SuppressionRefused, UnreadableFile."""
    crm, access, action = request.state.crm, access_for(request, "consent"), form.get("action", "check")
    channel, address, purpose = form.get("channel"), form.get("address").strip(), form.get("purpose")
    if action == "check":
        return await looked_up(request, form, channel, address)
    if action == "import":
        return await brought(request, form, received[0])
    if action == "add":
        await add_suppression(crm, access, channel, address, purpose=purpose)
        return redirect(request, HERE, Toast(message="It is on the list. Nothing more is sent there."))
    if not await lift(crm, access, channel, address, reason=form.get("reason"), purpose=purpose):
        raise SuppressionRefused("address", "it is not on the list for that mail, so there is nothing to take off")
    return redirect(request, HERE, Toast(message="It is off the list. Whatever needs a consent still needs it."))


async def wrong_in(request: Request[Any, Any, Any], form: FormData, has_file: bool) -> dict[str, str]:
    errors: dict[str, str] = {}
    action = form.get("action", "check")
    if action not in ACTIONS:
        errors[""] = "Choose what to do."
    if form.get("channel") not in CHANNELS:
        errors["channel"] = "Choose what it is."
    if form.get("purpose") not in await scopes_of(request):
        errors["purpose"] = "Choose for which mail."
    if action == "import":
        if form.get("register") and form.get("register") not in registers_of(request.state.crm):
            errors["register"] = "Choose which register this is."
        return errors | ({} if has_file else {"file": "Choose a file."})
    if not 1 <= len(form.get("address").strip()) <= LONGEST:
        errors["address"] = "Write the address or number."
    if action == "lift" and form.get("reason") not in BY_HAND:
        errors["reason"] = "Say why it may be used again."
    return errors


async def looked_up(request: Request[Any, Any, Any], form: FormData, channel: str, address: str) -> Response[Any]:
    crm, frame = request.state.crm, request.state.frame
    found, labels = await lookup(crm, access_for(request, "consent"), channel, address), await scopes_of(request)
    scopes = ", ".join(dict.fromkeys(scope_word(entry.purpose, labels) for entry in found))
    since = formatter(frame.lang, frame.time_zone).on(min(entry.given_at for entry in found)) if found else ""
    answer = f"It is on the list since {since}: {scopes}." if found else "It is not on the list."
    return page(request, await suppressions_page(request, form, answer=answer, found=bool(found)), block="form")


async def brought(request: Request[Any, Any, Any], form: FormData, file: ReceivedFile) -> Response[Any]:
    """A list of addresses, at once if it is short and by a job if it is long."""
    crm = request.state.crm
    outcome = await import_list(
        crm,
        access_for(request, "consent"),
        file.content.name,
        read_sealed(path_of(crm, file.id), file.id, file.content.secret),
        channel=form.get("channel"),
        purpose=form.get("purpose"),
        register=form.get("register"),
    )
    if outcome.waiting:
        return redirect(request, HERE, Toast(message=f"{outcome.rows:,} rows are being read.", tone="notice"))
    message = f"Of {outcome.rows:,} rows {outcome.added:,} were put on the list."
    left = f" {outcome.unreadable:,} were no addresses of this kind." if outcome.unreadable else ""
    return redirect(request, HERE, Toast(message=message + left))


ROUTES = (suppressions, change)

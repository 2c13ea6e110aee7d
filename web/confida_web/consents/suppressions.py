"""The suppression list: looked into, added to, taken from. What is typed is hashed and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_consent.purposes import all_purposes
from confida_consent.vocabulary import CHANNEL_LABELS
from confida_core.accounts.audit import record_event
from confida_core.installation import Installation
from confida_core.vault.suppressions import (
    EVERYTHING,
    MARKETING,
    lift_suppression,
    normalised,
    suppress,
    suppression_list,
    suppressions_of,
)
from confida_web.consents.listing import SuppressionRow, SuppressionsPage
from confida_web.consents.words import options, titles
from confida_web.display import Errors
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect

CHANNELS = {key: CHANNEL_LABELS[key] for key in ("email", "phone", "sms", "post")}
SCOPES = {"": "All marketing", EVERYTHING: "Whatever is sent"}
ACTIONS = ("check", "add", "lift", "import")
LONGEST = 500
LARGEST = 4_000_000
MOST_LINES = 200_000


@get("/consents/suppressions", permission="consents.manage")
async def suppressions(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await suppressions_page(request, FormData()), block="form")


async def suppressions_page(
    request: Request[Any, Any, Any], form: FormData, errors: Errors | None = None, **answer: Any
) -> SuppressionsPage:
    crm, lang = request.state.crm, request.state.frame.lang
    labels = {**SCOPES, **titles(await all_purposes(crm), lang)}
    action = form.get("action", "check")
    return SuppressionsPage(
        rows=await counted(crm, labels),
        channels=options(CHANNELS, {form.get("channel", "email")}),
        scopes=options(labels, {form.get("purpose")}),
        values={name: form.get(name) for name in ("address", "reason")},
        action=action if action in ACTIONS else "check",
        errors=errors or {},
        **answer,
    )


async def counted(crm: Installation, labels: Mapping[str, str]) -> tuple[SuppressionRow, ...]:
    """Days of one channel and scope in one line."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for one in await suppression_list(crm):
        groups.setdefault((one.channel, one.purpose), []).append(one)
    return tuple(
        SuppressionRow(
            channel=CHANNEL_LABELS.get(channel, channel),
            scope=labels.get(purpose, purpose),
            count=sum(one.count for one in days),
            first_at=min(one.day for one in days),
            last_at=max(one.day for one in days),
        )
        for (channel, purpose), days in sorted(groups.items())
    )


@post("/consents/suppressions", permission="consents.manage", status_code=200)
async def change(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    action, channel = form.get("action", "check"), form.get("channel")
    errors = await wrong_in(request, form)
    if errors:
        return page(request, await suppressions_page(request, form, errors), block="form", status=422)
    if action == "import":
        return await brought(request, channel, form)
    if action == "check":
        return await looked_up(request, channel, form)
    crm, address, purpose = request.state.crm, form.get("address").strip(), form.get("purpose")
    if action == "add":
        order = await suppress(crm, channel, address, purpose)
        await audited(request, "suppression.added", order)
        return redirect(
            request, "/consents/suppressions", Toast(message="It is on the list. Nothing more is sent there.")
        )
    lifted = await lift_suppression(crm, channel, address, purpose)
    if not lifted:
        errors = {"address": "This is not on the list for that mail, so there is nothing to take off."}
        return page(request, await suppressions_page(request, form, errors), block="form", status=422)
    await audited(request, "suppression.lifted")
    return redirect(request, "/consents/suppressions", Toast(message="It is off the list."))


async def wrong_in(request: Request[Any, Any, Any], form: FormData) -> dict[str, str]:
    errors: dict[str, str] = {}
    action, address = form.get("action", "check"), form.get("address").strip()
    if action not in ACTIONS:
        errors[""] = "Choose what to do."
    if form.get("channel") not in CHANNELS:
        errors["channel"] = "Choose what it is."
    if action == "import":
        return errors | ({} if form.files_of("file") else {"file": "Choose a file."})
    if not 1 <= len(address) <= LONGEST:
        errors["address"] = "Write the address or number."
    elif "channel" not in errors and not understood(request.state.crm, form.get("channel"), address):
        errors["address"] = "This does not look like one. Write it as you would use it."
    known = SCOPES.keys() | (await all_purposes(request.state.crm)).keys()
    if action in {"add", "lift"} and form.get("purpose") not in known:
        errors["purpose"] = "Choose for which mail."
    if action == "lift" and not 1 <= len(form.get("reason").strip()) <= 300:
        errors["reason"] = "Say in a sentence why it may be used again."
    return errors


def understood(crm: Installation, channel: str, address: str) -> bool:
    """Whether it could be an address of this kind at all: a slip would put nobody on the list."""
    spelling = normalised(channel, address, crm.settings.region)
    if channel == "email":
        return "@" in spelling.strip("@")
    return sum(letter.isdigit() for letter in spelling) >= 4 if channel in {"phone", "sms"} else bool(spelling)


async def looked_up(request: Request[Any, Any, Any], channel: str, form: FormData) -> Response[Any]:
    found = await suppressions_of(request.state.crm, channel, form.get("address").strip())
    labels = {**SCOPES, **titles(await all_purposes(request.state.crm), request.state.frame.lang)}
    scopes = ", ".join(dict.fromkeys(labels.get(order.purpose, order.purpose) for order in found))
    since = f" since {min(order.given_at for order in found):%d %b %Y}" if found else ""
    answer = f"It is on the list{since}: {scopes}." if found else "It is not on the list."
    return page(request, await suppressions_page(request, form, answer=answer, found=bool(found)), block="form")


async def brought(request: Request[Any, Any, Any], channel: str, form: FormData) -> Response[Any]:
    """Every line of a file; lines that could be nobody's address are counted and left out."""
    crm = request.state.crm
    lines = lines_of(form.files_of("file")[0].saved)
    if lines is None:
        errors = {"file": "This is not a text file in UTF-8, or it is too long."}
        return page(request, await suppressions_page(request, form, errors), block="form", status=422)
    wanted = [line for line in lines if understood(crm, channel, line)]
    for line in wanted:
        await suppress(crm, channel, line, form.get("purpose") if form.get("purpose") in SCOPES else MARKETING)
    await audited(request, "suppression.imported")
    left = len(lines) - len(wanted)
    told = f"{len(wanted):,} {'line is' if len(wanted) == 1 else 'lines are'} on the list."
    return redirect(
        request, "/consents/suppressions", Toast(message=told + (f" {left:,} were left out." if left else ""))
    )


def lines_of(content: bytes) -> Sequence[str] | None:
    """The first cell of each line, each once; None for what is no list."""
    if len(content) > LARGEST:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    cells = (line.split(";")[0].split("\t")[0].strip().strip('"').strip() for line in text.splitlines())
    found = list(dict.fromkeys(cell[:LONGEST] for cell in cells if cell))
    return found if len(found) <= MOST_LINES and "\0" not in text else None


async def audited(request: Request[Any, Any, Any], kind: str, order_id: UUID | None = None) -> None:
    """Who did it; never for which address."""
    actor_id = request.state.actor.id
    await record_event(request.state.crm, kind, actor_id=actor_id, target_id=order_id, target_kind="suppression")


ROUTES = (suppressions, change)

"""Asking for consent: one person from their page, or many at once, with the figures first and a report afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.declarations import Purpose
from confida_consent.expiry import expiring_soon
from confida_consent.own_settings import soon_days
from confida_consent.purposes import all_purposes
from confida_consent.repermission import Repermission, ask_again, repermission_of
from confida_consent.vocabulary import Basis, Channel
from confida_core.contacts.views import saved_views
from confida_core.index.conditions import InvalidCondition
from confida_core.outbound.content import REASONS
from confida_core.outbound.transporting import not_ready
from confida_core.vault.access import NotFound
from confida_web.consents.asked import AskedRun, find_run, keep_run, progress_of
from confida_web.consents.editing import AskPage, AskRunPage, ReasonCount
from confida_web.consents.expiring import MOST
from confida_web.consents.history import base_of, history_page
from confida_web.consents.words import channel_options, channel_word, left_out_word, purpose_options, title_of
from confida_web.contacts.head import open_contact
from confida_web.display import Errors, Option
from confida_web.exchange.exporting import EVERYBODY, ids_of
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

CHOSEN, EXPIRING = "chosen", "expiring"
MOST_CHOSEN = 500
UNREACHED = "they have no e-mail address, or said something meanwhile"
NO_SENDER = "Your role sends no messages. Make a link instead, or ask a colleague."


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Whom the form means. renew: those who agree already are asked too, because their consent ends."""

    ids: Sequence[UUID]
    renew: bool = False


@get("/consents/ask", permission="consents.manage")
async def form(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await ask_page(request, FormData()))


async def ask_page(
    request: Request[Any, Any, Any], form: FormData, errors: Errors | None = None, plan: Repermission | None = None
) -> AskPage:
    lang = request.state.frame.lang
    askable = askable_purposes(await all_purposes(request.state.crm))
    chosen = tuple(form.all("ids"))[:MOST_CHOSEN]
    wanted = form.get("purpose") or (chosen[0].split(":")[1] if chosen and chosen[0].count(":") == 2 else "")
    return AskPage(
        groups=await groups_of(request, form.get("who") or (CHOSEN if chosen else EXPIRING), len(chosen)),
        purposes=purpose_options(askable.values(), lang, wanted),
        channels=channel_options({Channel.EMAIL}, {Channel.EMAIL}),
        chosen=chosen,
        counted=plan is not None,
        asked=len(plan.asked) if plan else 0,
        left_out=reasons_of(plan.left_out) if plan else (),
        warning=REASONS.get(not_ready(request.state.crm, "email"), ""),
        errors=errors or {},
    )


def askable_purposes(purposes: Mapping[str, Purpose]) -> dict[str, Purpose]:
    """A confirmed mail proves nothing about other ways (CR-8), so only what can be agreed to by e-mail is asked for."""
    return {
        key: one
        for key, one in purposes.items()
        if one.declared.basis == Basis.CONSENT and not one.retired and Channel.EMAIL in one.declared.channels
    }


async def groups_of(request: Request[Any, Any, Any], wanted: str, chosen: int) -> tuple[Option, ...]:
    views = await saved_views(request.state.crm, access_for(request, "relationship"))
    labels = {CHOSEN: f"The {chosen} you chose"} if chosen else {}
    labels |= {EXPIRING: f"Whose consent ends within {await soon_days(request.state.crm)} days", EVERYBODY: "Everybody"}
    labels |= {str(view.id): f"The view “{view.content.name}”" for view in views}
    return tuple(Option(value=key, label=label, chosen=key == wanted) for key, label in labels.items())


def reasons_of(left_out: Mapping[UUID, str]) -> tuple[ReasonCount, ...]:
    counted = Counter(left_out_word(reason) for reason in left_out.values())
    return tuple(ReasonCount(reason=reason, count=count) for reason, count in counted.most_common())


@post("/consents/ask", permission="consents.manage", status_code=200)
async def ask(request: Request[Any, Any, Any]) -> Response[Any]:
    """The figures first; the button below them starts, and is told whom it would reach now."""
    form = await parse_form(request)
    if "who" not in form:
        # From the list of those that end soon: nothing was counted yet.
        return page(request, await ask_page(request, form), block="form")
    crm, access, purpose = request.state.crm, access_for(request, "consent"), form.get("purpose")
    errors = {} if purpose in askable_purposes(await all_purposes(crm)) else {"purpose": "Choose what for."}
    errors |= {} if request.state.actor.may("outbound.send") else {"": NO_SENDER}
    group = None if errors else await group_of(request, form, errors)
    if group is None:
        return page(request, await ask_page(request, form, errors), block="form", status=422)
    if not form.flag("confirm"):
        plan = await repermission_of(crm, access, group.ids, purpose, renew=group.renew)
        return page(request, await ask_page(request, form, plan=plan), block="form")
    run = AskedRun.begun(purpose)
    plan = await ask_again(crm, access, group.ids, purpose, renew=group.renew)
    counts = Counter(left_out_word(reason) for reason in plan.left_out.values())
    run_id = await keep_run(crm, run, len(plan.asked), dict(counts.most_common()))
    return redirect(request, f"/consents/ask/{run_id}", Toast(message="The questions are being sent.", tone="notice"))


async def group_of(request: Request[Any, Any, Any], form: FormData, errors: dict[str, str]) -> Group | None:
    """None, and why in errors, for a group that is none."""
    crm, who, purpose = request.state.crm, form.get("who"), form.get("purpose")
    if who == CHOSEN:
        return Group(ids=ids_in(form.all("ids")), renew=True)
    if who == EXPIRING:
        soon = await expiring_soon(crm, access_for(request, "consent"), await soon_days(crm), limit=10 * MOST)
        mine = [one.subject_id for one in soon if (one.purpose, one.channel) == (purpose, Channel.EMAIL)]
        return Group(ids=mine, renew=True)
    if who == EVERYBODY:
        return Group(ids=await ids_of(request, None, archived=False))
    views = await saved_views(crm, access_for(request, "relationship"))
    view = next((view for view in views if str(view.id) == who), None)
    if view is None:
        errors["who"] = "Choose whom to ask."
        return None
    try:
        return Group(ids=await ids_of(request, view, archived=False))
    except InvalidCondition:
        errors["who"] = "This view asks for a field that does not exist any more."
        return None


def ids_in(values: Sequence[str]) -> list[UUID]:
    """The contacts of chosen rows; what is no id is nobody's."""
    found: list[UUID] = []
    for value in values[:MOST_CHOSEN]:
        try:
            found.append(UUID(value.partition(":")[0]))
        except ValueError:
            continue
    return found


@get("/consents/ask/{run_id:uuid}", permission="consents.manage")
async def show_run(request: Request[Any, Any, Any], run_id: FromPath[UUID]) -> Response[Any]:
    crm, lang = request.state.crm, request.state.frame.lang
    run = await find_run(crm, run_id)
    if run is None:
        raise NotFound("run")
    asked, running = await progress_of(crm, run)
    left_out = dict(run.left_out)
    if not running and asked < run.total:
        left_out[UNREACHED] = run.total - asked
    purpose = (await all_purposes(crm)).get(run.purpose)
    content = AskRunPage(
        id=str(run_id),
        purpose=title_of(purpose.declared if purpose else None, run.purpose, lang),
        channel=channel_word(Channel.EMAIL),
        state="running" if running else "finished",
        started_at=run.at,
        done=min(asked, run.total),
        total=run.total,
        asked=asked,
        left_out=tuple(ReasonCount(reason=reason, count=count) for reason, count in left_out.items()),
    )
    return page(request, content, block="progress")


@post("/contacts/{contact_id:uuid}/consents/ask", permission="consents.record", status_code=200)
async def ask_one(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """One mail with one question; whoever may not be asked is named with the reason."""
    crm, actor = request.state.crm, request.state.actor
    form = await parse_form(request)
    await open_contact(request, contact_id)
    purpose, errors = form.get("purpose"), dict[str, str]()
    if purpose not in askable_purposes(await all_purposes(crm)):
        errors["purpose"] = "Choose what for."
    elif form.get("channel", Channel.EMAIL) != Channel.EMAIL:
        errors["channel"] = "Only e-mail: a confirmed mail proves nothing about calls or letters."
    elif not actor.may("outbound.send"):
        errors[""] = NO_SENDER
    else:
        plan = await ask_again(crm, access_for(request, "consent"), [contact_id], purpose)
        if plan.asked:
            message = "The question is on its way. Until they answer, nothing changes."
            return redirect(request, base_of(contact_id), Toast(message=message))
        reason = next(iter(plan.left_out.values()), "")
        errors["purpose"] = f"They are not asked: {left_out_word(reason)}."
    shown = await history_page(request, contact_id, purpose=purpose, errors=errors)
    return page(request, shown, block="ask", status=422)


ROUTES = (form, ask, show_run, ask_one)

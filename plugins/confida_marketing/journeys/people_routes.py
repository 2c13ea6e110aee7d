"""People in journeys at the browser: who is where, put in and taken out, and tried on one person without doing anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    Access,
    Installation,
    InvalidCursor,
    NotFound,
    Row,
    display_names,
    likely_contacts,
    visible_contact,
)
from confida_marketing.content.emails import visible_email
from confida_marketing.journeys.entering import put_in
from confida_marketing.journeys.figures import numbers_of
from confida_marketing.journeys.journeys import LIST, plans_of, visible_journey
from confida_marketing.journeys.log import STATES, TONES
from confida_marketing.journeys.pages import JourneyPeoplePage, PersonRow, SimulatedRow, SimulationPage
from confida_marketing.journeys.plan import FORKS, GATED, KINDS, Plan, Step
from confida_marketing.journeys.shown import ICONS, PURPOSE
from confida_marketing.journeys.simulating import Simulated, Way, simulate
from confida_marketing.journeys.states import take_out
from confida_marketing.journeys.words import Names, names_for, place_words, sentence_of, why, with_accounts
from confida_web.api import (
    Option,
    Tab,
    Toast,
    access_for,
    formatter_of,
    gettext,
    open_place,
    page,
    parse_form,
    redirect,
    seal_place,
)

ONE = LIST + "/{journey_id:uuid}"
PLACE = "marketing journey people"
AT_ONCE = 50


@get(ONE + "/people", permission="marketing.read")
async def people(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    """`?state=` of entries, `&step=` a key, `&after=` from page to page."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_journey(crm, access, journey_id)
    state = str(request.query_params.get("state", ""))
    state = state if state in STATES else ""
    step = str(request.query_params.get("step", ""))[:8]
    rows = await entries(crm, journey_id, state, step, str(request.query_params.get("after", "")))
    shown, more = rows[:AT_ONCE], len(rows) > AT_ONCE
    names = await display_names(crm, access_for(request, "relationship"), [row["contact_id"] for row in shown])
    plans = await plans_of(crm, journey_id)
    here = f"{LIST}/{journey_id}/people"
    query = "&".join(f"{name}={value}" for name, value in (("state", state), ("step", step)) if value)
    following = f"{here}?{query}&after={seal_place(crm, PLACE, shown[-1]['id'])}" if more else ""
    found = JourneyPeoplePage(
        id=str(journey_id),
        name=opened.content.name,
        tabs=await tabs_of(crm, journey_id, state),
        rows=tuple(person_row(row, names, plans) for row in shown if row["contact_id"] in names),
        hidden=sum(row["contact_id"] not in names for row in shown),
        following=following,
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, found)


async def entries(crm: Installation, journey_id: UUID, state: str, step: str, after: str) -> list[Row]:
    """The last who began first, one more than a page holds."""
    where, values = "journey_id = ?", list[Any]([journey_id])
    for column, value in (("state", state), ("step", step)):
        if value:
            where += f" AND {column} = ?"
            values.append(value)
    if after:
        try:
            values.append(open_place(crm, PLACE, after, UUID))
        except InvalidCursor:
            raise NotFound from None
        where += " AND id < ?"
    return await crm.data.fetch(
        f"SELECT * FROM marketing_journey_entry WHERE {where} ORDER BY id DESC LIMIT ?", *values, AT_ONCE + 1
    )


async def tabs_of(crm: Installation, journey_id: UUID, chosen: str) -> tuple[Tab, ...]:
    numbers = (await numbers_of(crm, [journey_id]))[journey_id]
    here = f"{LIST}/{journey_id}/people"
    found = [Tab(label=gettext("Everybody"), href=here, current=not chosen, count=numbers.total)]
    found += [
        Tab(label=gettext(label), href=f"{here}?state={key}", current=key == chosen, count=numbers.of(key))
        for key, label in STATES.items()
    ]
    return tuple(found)


def person_row(row: Row, names: dict[UUID, str], plans: dict[int, Plan]) -> PersonRow:
    plan = plans.get(row["plan"], Plan())
    inside = row["state"] == "waiting"
    return PersonRow(
        entry_id=str(row["id"]),
        name=names[row["contact_id"]],
        href=f"/contacts/{row['contact_id']}",
        step=place_words(plan, row["step"]) if row["step"] else "",
        state=gettext(STATES[row["state"]]),
        tone=TONES[row["state"]],
        at=row["due_at"] if inside else row["ended_at"],
        why=why(row["reason"]) if row["reason"] else "",
        inside=inside,
    )


@post(LIST + "/entries/{entry_id:uuid}/take-out", permission="marketing.write", status_code=303)
async def taken_out(request: Request[Any, Any, Any], entry_id: FromPath[UUID]) -> Response[Any]:
    """Back to the contact where the button stands there, else to the journey's people."""
    contact = (await parse_form(request)).get("contact")
    journey_id = await take_out(request.state.crm, access_for(request, "relationship"), entry_id)
    back = f"/contacts/{UUID(contact)}" if is_id(contact) else f"{LIST}/{journey_id}/people"
    return redirect(request, back, Toast(message=gettext("They are out of the journey.")))


@post(f"{LIST}/put-in", permission="marketing.send", status_code=303)
async def puts_in(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    if not (is_id(form.get("contact")) and is_id(form.get("journey"))):
        raise NotFound
    contact_id = UUID(form.get("contact"))
    refused = await put_in(
        request.state.crm, access_for(request, "relationship"), UUID(form.get("journey")), contact_id
    )
    toast = Toast(message=why(refused), tone="problem") if refused else Toast(message=gettext("They have begun."))
    return redirect(request, f"/contacts/{contact_id}", toast)


def is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@get(ONE + "/simulate", permission="marketing.read")
async def simulation(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    """`?contact=` is who it is tried on. The plan as it is written, switched on or not."""
    return await simulated(request, journey_id, "", str(request.query_params.get("contact", "")))


@post(ONE + "/simulate", permission="marketing.read", status_code=200)
async def find_person(request: Request[Any, Any, Any], journey_id: FromPath[UUID]) -> Response[Any]:
    """Looks for somebody; words are in the body, because addresses are logged."""
    words = (await parse_form(request)).get("q").strip()[:200]
    return await simulated(request, journey_id, words, "")


async def simulated(request: Request[Any, Any, Any], journey_id: UUID, words: str, chosen: str) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    people_access = access_for(request, "relationship")
    opened = await visible_journey(crm, access, journey_id)
    shown: dict[str, Any] = {"person": "", "person_href": "", "begins": "", "begins_tone": "", "rows": (), "ending": ""}
    if is_id(chosen):
        contact = await visible_contact(crm, people_access, UUID(chosen))
        plan = opened.content.plan
        way = await simulate(crm, plan, journey_id, contact.row["id"])
        names = await with_accounts(crm, await names_for(crm, access), plan)
        shown = {
            "person": contact.content.display_name,
            "person_href": f"/contacts/{contact.row['id']}",
            "begins": why(way.reason),
            "begins_tone": "may" if way.allowed else "must-not",
            "rows": await simulated_rows(request, way, plan, names),
            "ending": ending_words(way),
        }
    hits = await likely_contacts(crm, people_access, words) if words else ()
    return page(
        request,
        SimulationPage(
            id=str(journey_id),
            name=opened.content.name,
            words=words,
            hits=tuple(Option(value=str(one.row["id"]), label=one.content.display_name) for one in hits),
            **shown,
        ),
    )


async def simulated_rows(
    request: Request[Any, Any, Any], way: Way, plan: Plan, names: Names
) -> tuple[SimulatedRow, ...]:
    f = formatter_of(request)
    subjects = await subjects_of(request.state.crm, access_for(request, PURPOSE), [one.step for one in way.steps])
    return tuple(
        SimulatedRow(
            at=one.at,
            title=place_words(plan, one.step.key),
            kind=gettext(KINDS.get(one.step.kind, one.step.kind)),
            icon=ICONS.get(one.step.kind, "more"),
            text=sentence_of(one.step, names, f),
            subject=subjects.get(one.step.key, ""),
            verdict=verdict_of(one),
            tone="may" if one.allowed else "ask" if one.what == "later" else "must-not",
            way=way_of(one),
        )
        for one in way.steps
    )


def verdict_of(one: Simulated) -> str:
    """Why the gate, or a limit, says what it says; "" where it is not asked."""
    if one.step.kind not in GATED or not one.reason:
        return ""
    return why(one.reason)


def way_of(one: Simulated) -> str:
    if one.step.kind not in FORKS:
        return ""
    words = ("A", "B") if one.step.kind == "split" else (gettext("yes"), gettext("no"))
    return words[0 if one.what == "passed" else 1]


def ending_words(way: Way) -> str:
    if way.reached:
        return gettext("They have reached the goal already: they would leave at once.")
    if way.end.state == "waiting":
        return gettext("They would wait there; further than this it cannot be foreseen.")
    reason = f" {why(way.end.reason)}" if way.end.reason else ""
    return gettext(STATES[way.end.state]) + "." + reason


async def subjects_of(crm: Installation, access: Access, steps: Sequence[Step]) -> dict[str, str]:
    """What the mails' subjects are, by key of the step; those that cannot be sent have none."""
    found: dict[str, str] = {}
    for step in steps:
        if step.kind != "mail" or step.email_id is None or step.key in found:
            continue
        try:
            found[step.key] = (await visible_email(crm, access, step.email_id)).content.subject
        except NotFound:
            continue
    return found


ROUTES = (people, taken_out, puts_in, simulation, find_person)

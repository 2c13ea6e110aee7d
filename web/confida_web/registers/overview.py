"""Every register at a glance, with what waits there."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_consent.rights.breaches import open_breaches
from confida_consent.rights.holds import reviews_due, standing
from confida_consent.rights.retention import retention_country
from confida_core.clock import now
from confida_core.installation import Installation
from confida_web.page import page
from confida_web.registers.pages import Place, RegistersPage

AFFECTED = "After a theft: the people and the fields concerned, within minutes."
PROCESSING = "What Art. 30 of the GDPR asks for, drawn up from what is installed."
DISCLOSURES = "To whom what was handed, for what, and when."
READS = "How many people each colleague looked at, and when an alarm is raised."


@get("/registers", permission="registers.read")
async def overview(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    places = [
        await retention_place(crm),
        await holds_place(crm),
        await breaches_place(crm),
        Place(label="Whose data is it?", icon="search", href="/registers/affected", text=AFFECTED),
        Place(label="Register of processing", icon="file", href="/registers/processing", text=PROCESSING),
        Place(label="Disclosures", icon="export", href="/registers/disclosures", text=DISCLOSURES),
    ]
    if request.state.actor.may("reads.read"):
        places.append(Place(label="Who looked at what", icon="eye", href="/registers/reads", text=READS))
    return page(request, RegistersPage(places=tuple(places)))


async def retention_place(crm: Installation) -> Place:
    chosen = await retention_country(crm)
    text = "How long what is kept, what falls due, and what was ended."
    return Place(
        label="Retention",
        icon="clock",
        href="/registers/retention",
        text=text if chosen else "Nobody has chosen yet whose rules hold.",
        tone="" if chosen else "warn",
    )


async def holds_place(crm: Installation) -> Place:
    reviews = await reviews_due(crm)
    holds = len(standing(crm))
    text = f"{counted(holds, 'hold')} in force, {reviews} to be looked at again." if holds else "Nothing is held."
    return Place(label="Legal holds", icon="lock", href="/registers/holds", text=text, tone="warn" if reviews else "")


async def breaches_place(crm: Installation) -> Place:
    clocks, moment = await open_breaches(crm), now()
    late = sum(1 for one in clocks if one < moment)
    text = f"{counted(len(clocks), 'clock')} running, {late:,} past 72 hours." if clocks else "No clock is running."
    return Place(label="Breaches", icon="warning", href="/registers/breaches", text=text, tone="warn" if clocks else "")


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


ROUTES = (overview,)

"""Journeys that many organisations want, to begin with: offered where what begins them is there."""

from __future__ import annotations

from dataclasses import dataclass

from confida_core.api import Installation
from confida_marketing.journeys.plan import Plan, Step, Trigger
from confida_marketing.segments.fields import index_fields
from confida_web.api import mark


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyJourney:
    """name, aim, goal: English. needs: field of the index or kind of event without which it is not offered."""

    key: str
    name: str
    aim: str
    plan: Plan
    goal: str = ""
    needs: str = ""


def mail(key: str, name: str) -> Step:
    return Step(key=key, kind="mail", name=name)


READY_JOURNEYS = (
    ReadyJourney(
        key="welcome",
        name=mark("Welcome"),
        aim=mark("Greets whoever has just agreed to the newsletter, and says some days later what one can do."),
        plan=Plan(
            purpose="newsletter",
            trigger=Trigger(kind="consent", value="newsletter:email:given"),
            steps=(
                mail("s1", mark("Welcome")),
                Step(key="s2", kind="wait", days=4, minute=9 * 60),
                mail("s3", mark("What one can do with us")),
                Step(key="s4", kind="tag", tag="welcomed"),
            ),
        ),
    ),
    ReadyJourney(
        key="thanks",
        name=mark("Thanks after a purchase or donation"),
        aim=mark("Thanks whoever has paid, and asks a colleague to follow up by hand."),
        needs="sales.invoice_paid",
        plan=Plan(
            purpose="customer_offers",
            trigger=Trigger(kind="event", value="sales.invoice_paid"),
            reentry="days",
            reentry_days=90,
            steps=(
                Step(key="s1", kind="wait", days=1, minute=9 * 60),
                mail("s2", mark("Thank you")),
                Step(key="s3", kind="wait", days=14),
                Step(key="s4", kind="task", text=mark("Ask how it went"), assignee="owner", days=3),
            ),
        ),
    ),
    ReadyJourney(
        key="renewal",
        name=mark("Reminder before a renewal"),
        aim=mark("Writes before a contract ends; whoever does not answer is for a colleague."),
        needs="service.contract_until",
        plan=Plan(
            purpose="customer_offers",
            trigger=Trigger(kind="date", value="service.contract_until", days=60, inside=True),
            reentry="days",
            reentry_days=180,
            steps=(
                mail("s1", mark("Your contract ends soon")),
                Step(key="s2", kind="wait", days=21),
                Step(key="s3", kind="task", text=mark("Talk about the renewal"), assignee="owner", days=5),
            ),
        ),
    ),
    ReadyJourney(
        key="birthday",
        name=mark("Birthday"),
        aim=mark("A greeting on the day, every year."),
        plan=Plan(
            purpose="newsletter",
            trigger=Trigger(kind="yearly", value="birthday", inside=True),
            reentry="days",
            reentry_days=300,
            steps=(Step(key="s1", kind="wait", minute=9 * 60), mail("s2", mark("Happy birthday"))),
        ),
    ),
    ReadyJourney(
        key="win_back",
        name=mark("Win back after silence"),
        aim=mark("Writes to whom we have not heard of for half a year, and then leaves them in peace."),
        plan=Plan(
            purpose="newsletter",
            trigger=Trigger(kind="silence", days=180),
            reentry="days",
            reentry_days=365,
            goal='{"field": "touched", "op": "within_last_days", "value": 14}',
            steps=(
                mail("s1", mark("We have not heard of you")),
                Step(key="s2", kind="wait", days=21),
                mail("s3", mark("Shall we go on writing?")),
                Step(key="s4", kind="wait", days=21),
                Step(key="s5", kind="tag", tag="silent"),
            ),
        ),
        goal=mark("We are in touch again"),
    ),
    ReadyJourney(
        key="ticket",
        name=mark("After a closed ticket"),
        aim=mark("Asks some days after a request was closed whether everything is well."),
        needs="service.ticket_closed",
        plan=Plan(
            purpose="customer_offers",
            trigger=Trigger(kind="event", value="service.ticket_closed"),
            reentry="days",
            reentry_days=60,
            steps=(Step(key="s1", kind="wait", days=3, minute=10 * 60), mail("s2", mark("Is everything well?"))),
        ),
    ),
)


async def offered(crm: Installation) -> tuple[ReadyJourney, ...]:
    """Those whose trigger is there."""
    there = (await index_fields(crm)).keys() | crm.registry.event_kinds.keys()
    return tuple(one for one in READY_JOURNEYS if not one.needs or one.needs in there)

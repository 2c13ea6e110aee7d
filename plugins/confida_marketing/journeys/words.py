"""Steps and triggers of journeys in words, for pages, the diagram and who listens to a page instead of seeing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from confida_consent.api import all_purposes, state_choices
from confida_core.api import Access, Installation, InvalidCondition, account_names, read_condition
from confida_marketing.campaigns.why import reason_words
from confida_marketing.content.emails import list_emails
from confida_marketing.journeys.plan import END, KINDS, Plan, Step
from confida_marketing.segments.fields import Fields, segment_fields
from confida_marketing.segments.kept import every_segment, in_use
from confida_marketing.segments.words import in_words
from confida_web.api import Formatter, gettext, mark, ngettext

REASONS: Mapping[str, str] = {
    "quiet_hours": mark("It is night where they are."),
    "taken_out": mark("A colleague took them out."),
    "switched_off": mark("The journey was switched off."),
    "too_long": mark("They went round for too long."),
    "gone": mark("They can no longer be reached."),
    "again": mark("They were in it before, or are in it."),
    "off": mark("The journey is not on."),
}
# Nobody begins anything who is just being deleted.
ENDS = frozenset({"contact.erased", "contact.trashed"})


def why(code: str) -> str:
    """One sentence for a reason's code."""
    return gettext(REASONS[code]) if code in REASONS else reason_words(code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What ids and keys are called: e-mails, segments, people, fields of conditions, consents, events."""

    emails: Mapping[UUID, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)
    consents: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)

    def condition(self, source: str) -> str:
        try:
            return in_words(read_condition(source, self.fields), self.fields)
        except InvalidCondition:
            return gettext("something that is no longer there")


async def names_for(crm: Installation, access: Access) -> Names:
    """The same number of queries, however many steps and journeys."""
    segments = {str(one.id): one.name for one in in_use(await every_segment(crm)).values()}
    purposes = [one.declared for one in (await all_purposes(crm)).values() if not one.retired]
    given = {key: label for key, label in state_choices(purposes).items() if key.endswith(":given")}
    return Names(
        emails={one.id: one.name for one in await list_emails(crm, access, limit=200)},
        segments=segments,
        fields=await segment_fields(crm, {UUID(one): name for one, name in segments.items()}),
        consents={key: label.removesuffix(": given") for key, label in given.items()},
        events={key: one.label for key, one in crm.registry.event_kinds.items() if key not in ENDS},
    )


async def with_accounts(crm: Installation, names: Names, plan: Plan) -> Names:
    ids = [UUID(one.assignee) for one in plan.steps if len(one.assignee) == 36]
    found = {str(one): name for one, name in (await account_names(crm, ids)).items()} if ids else {}
    return replace(names, accounts=found)


def sentence_of(step: Step, names: Names, f: Formatter) -> str:
    """What the step does."""
    match step.kind:
        case "wait":
            return wait_words(step, f)
        case "mail":
            known = names.emails.get(step.email_id) if step.email_id else None
            return f"“{known}”" if known else gettext("no e-mail chosen yet")
        case "branch":
            return names.condition(step.condition) if step.condition else gettext("no condition yet")
        case "split":
            return gettext("{share} of 100 go to A, the others to B").format(share=step.share)
        case "tag":
            words = gettext("take away “{tag}”") if step.remove else gettext("add “{tag}”")
            return words.format(tag=step.tag)
        case "task" | "call" | "appointment":
            return task_words(step, names)
    return gettext("they leave here")


def wait_words(step: Step, f: Formatter) -> str:
    parts = []
    if step.days:
        parts.append(ngettext("%(num)d day", "%(num)d days", step.days))
    if step.hours:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", step.hours))
    until = []
    if step.weekday >= 0:
        until.append(str(f.locale.days["stand-alone"]["wide"][step.weekday]))
    if step.minute >= 0:
        until.append(f"{step.minute // 60:02}:{step.minute % 60:02}")
    if until:
        parts.append(gettext("until {time}").format(time=" ".join(until)))
    return ", ".join(parts) or gettext("no time yet")


def task_words(step: Step, names: Names) -> str:
    whom = gettext("for whoever is responsible") if step.assignee == "owner" else names.accounts.get(step.assignee, "")
    days = ngettext("due in %(num)d day", "due in %(num)d days", step.days) if step.days else ""
    return ", ".join(part for part in (f"“{step.text}”", whom, days) if part)


def title_of(step: Step) -> str:
    return step.name or gettext(KINDS[step.kind])


def place_words(plan: Plan, key: str) -> str:
    """A target as people read it: the number and title of the step, or that it ends."""
    if key == END:
        return gettext("the end")
    numbers = {one.key: place for place, one in enumerate(plan.steps, 1)}
    step = plan.step(key)
    return f"{numbers[key]}. {title_of(step)}" if step else gettext("a step that is gone")


def trigger_words(plan: Plan, names: Names) -> str:
    """What begins it, as a sentence."""
    trigger, days = plan.trigger, plan.trigger.days
    label = names.fields[trigger.value].label if trigger.value in names.fields else gettext("a date that is gone")
    match trigger.kind:
        case "segment":
            name = names.segments.get(trigger.value, gettext("no longer there"))
            return gettext("Whoever joins the segment “{name}”").format(name=name)
        case "consent":
            name = names.consents.get(trigger.value, gettext("no longer there"))
            return gettext("Whoever gives consent: {name}").format(name=name)
        case "event":
            name = names.events.get(trigger.value, gettext("no longer there"))
            return gettext("Whoever this happens to: {name}").format(name=name)
        case "yearly" | "date":
            if not days:
                return gettext("On the day: {name}").format(name=label)
            words = ngettext("%(num)d day before: {name}", "%(num)d days before: {name}", days)
            return words.format(name=label)
        case "silence":
            return ngettext("After %(num)d day without contact", "After %(num)d days without contact", days)
    return gettext("Whoever a colleague puts in")

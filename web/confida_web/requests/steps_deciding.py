"""Questions, more time, refusal by two, the answer, and the letters between them."""

from __future__ import annotations

from uuid import UUID

from confida_consent.rights.letters import INCOMING, TEMPLATES, draft, log_incoming, write_letter
from confida_consent.rights.requests_deciding import (
    Proposal,
    ProposalChanged,
    answer,
    approve_refusal,
    ask,
    decline_refusal,
    extend,
    propose_refusal,
    reply_received,
    withdraw,
)
from confida_core.accounts.staff import account_names
from confida_core.contacts.validation import InvalidContent
from confida_web.requests.entering import instant_of
from confida_web.requests.forms import Asking, ChangedMeanwhile, Fields, StepForm
from confida_web.requests.pages import FormField
from confida_web.requests.steps_identity import chosen_way
from confida_web.requests.words import BY, CHANNELS, options

NEEDED = {
    "yes": "Without the reply it cannot be answered: time stands still",
    "no": "It would be good to know: time goes on",
}


def reasons_field(visit: Asking, label: str, hint: str = "") -> FormField:
    return FormField(name="reasons", label=label, value=visit.form.get("reasons"), hint=hint, required=True)


def by_field(visit: Asking) -> FormField:
    return FormField(name="by", label="How", kind="choice", options=options(BY, {visit.form.get("by")}))


async def ask_fields(visit: Asking) -> Fields:
    needed = options(NEEDED, {visit.form.get("needed")})
    hint = "The clock stops only for a question that was justified; the authority will ask why."
    return (
        reasons_field(visit, "The question", "The person reads these words."),
        FormField(name="needed", label="Is it needed?", kind="radio", options=needed, hint=hint),
        by_field(visit),
    )


async def run_ask(visit: Asking) -> str:
    form = visit.form
    if form.get("needed") not in NEEDED:
        raise InvalidContent({"needed": "Choose whether it is needed."})
    needed = form.get("needed") == "yes"
    await ask(visit.crm, visit.access, visit.id, form.get("reasons"), needed=needed, by=chosen_way(form.get("by")))
    return "The question is asked."


async def reply_fields(visit: Asking) -> Fields:
    return (
        FormField(name="day", label="When it came", kind="day", value=visit.form.get("day"), hint="Empty: today."),
        FormField(name="text", label="What was said", value=visit.form.get("text")),
    )


async def run_reply(visit: Asking) -> str:
    at = instant_of(visit.form.get("day"), visit.crm.settings.time_zone, "day")
    try:
        await reply_received(visit.crm, visit.access, visit.id, visit.form.get("text"), at=at)
    except InvalidContent as wrong:
        raise InvalidContent({"day" if name == "at" else name: text for name, text in wrong.errors.items()}) from None
    return "The reply is noted; the date is worked out anew."


async def extend_fields(visit: Asking) -> Fields:
    return reasons_field(visit, "Why it takes longer", "The person reads these words."), by_field(visit)


async def run_extend(visit: Asking) -> str:
    await extend(visit.crm, visit.access, visit.id, visit.form.get("reasons"), by=chosen_way(visit.form.get("by")))
    return "Extended, and the person is told why."


async def refuse_fields(visit: Asking) -> Fields:
    return (reasons_field(visit, "The reasons", "The person reads these words in the letter of refusal."),)


async def run_refuse(visit: Asking) -> str:
    await propose_refusal(visit.crm, visit.access, visit.id, visit.form.get("reasons"))
    return "Proposed. Somebody else has to approve it."


async def approve_fields(visit: Asking) -> Fields:
    return by_field(visit), FormField(name="proposal", label="", kind="hidden", value=str(visit.one.proposal or ""))


async def run_approve(visit: Asking) -> str:
    by, seen = chosen_way(visit.form.get("by")), proposal_read(visit.form.get("proposal"))
    try:
        await approve_refusal(visit.crm, visit.access, visit.id, seen=seen, by=by)
    except ProposalChanged as changed:
        raise ChangedMeanwhile(await changes_of(visit, changed.before, changed.after)) from None
    return "Refused. The letter names the authority and the way to court."


def proposal_read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


async def changes_of(visit: Asking, before: Proposal, after: Proposal) -> tuple[tuple[str, str, str], ...]:
    """Each field that differs, as it was read and as it stands."""
    names = await account_names(visit.crm, [one.actor_id for one in (before, after) if one.actor_id is not None])
    who, whose = ("" if one.actor_id is None else names.get(one.actor_id, "") for one in (before, after))
    fields = (("The reasons", before.reasons, after.reasons), ("Proposed by", who, whose))
    return tuple(one for one in fields if one[1] != one[2])


async def decline_fields(visit: Asking) -> Fields:
    return (reasons_field(visit, "Why not"),)


async def run_decline(visit: Asking) -> str:
    await decline_refusal(visit.crm, visit.access, visit.id, visit.form.get("reasons"))
    return "Declined. The work goes on."


async def answer_fields(visit: Asking) -> Fields:
    return (
        FormField(
            name="text", label="The answer, or what was done", value=visit.form.get("text"), rows=8, required=True
        ),
        by_field(visit),
    )


async def run_answer(visit: Asking) -> str:
    await answer(visit.crm, visit.access, visit.id, visit.form.get("text"), by=chosen_way(visit.form.get("by")))
    return "Answered."


async def withdraw_fields(visit: Asking) -> Fields:
    return (FormField(name="text", label="How the person said so", value=visit.form.get("text")),)


async def run_withdraw(visit: Asking) -> str:
    await withdraw(visit.crm, visit.access, visit.id, visit.form.get("text"))
    return "Withdrawn."


async def letter_fields(visit: Asking) -> Fields:
    form, subject, text = visit.form, visit.form.get("subject"), visit.form.get("text")
    template = form.get("template")
    if template in TEMPLATES and not text:
        subject, text = await draft(visit.crm, dict(visit.one.row), template)
    hint = "A mail gets a link of its own wherever the page of requests is named."
    return (
        FormField(name="subject", label="Subject", kind="text", value=subject, required=True),
        FormField(name="text", label="Letter", value=text, rows=14, required=True, hint=hint),
        by_field(visit),
    )


async def run_letter(visit: Asking) -> str:
    form, by = visit.form, chosen_way(visit.form.get("by"))
    done = await write_letter(visit.crm, visit.access, visit.id, form.get("subject"), form.get("text"), by=by)
    return "The letter is sent." if done.channel == "email" else "The letter is written. Print it and send it."


async def incoming_fields(visit: Asking) -> Fields:
    form, channels = visit.form, {key: CHANNELS[key] for key in INCOMING}
    chosen = options(channels, {form.get("channel")})
    return (
        FormField(name="channel", label="How it came", kind="choice", options=chosen),
        FormField(name="day", label="When", kind="day", value=form.get("day"), hint="Empty: today."),
        FormField(name="subject", label="Subject", kind="text", value=form.get("subject")),
        FormField(name="text", label="What it says", value=form.get("text"), rows=8, required=True),
    )


async def run_incoming(visit: Asking) -> str:
    form = visit.form
    at = instant_of(form.get("day"), visit.crm.settings.time_zone, "day")
    try:
        await log_incoming(
            visit.crm,
            visit.access,
            visit.id,
            channel=form.get("channel"),
            subject=form.get("subject"),
            text=form.get("text"),
            at=at,
        )
    except InvalidContent as wrong:
        raise InvalidContent({"day" if name == "at" else name: text for name, text in wrong.errors.items()}) from None
    return "It is logged."


def proposed(visit: Asking) -> str:
    return visit.one.file.reasons


FORMS = (
    StepForm(key="ask", heading="Ask the person something", lead="The question goes to contact data on file.",
             button="Ask", run=run_ask, fields=ask_fields),
    StepForm(key="reply", heading="The person replied", lead="Time goes on from the day on which the reply came.",
             button="Save", run=run_reply, fields=reply_fields),
    StepForm(key="extend", heading="Extend", button="Extend and tell the person", run=run_extend, fields=extend_fields,
             lead="Two months more, for what is complex or much. The person has to be told with reasons within the first month."),
    StepForm(key="refuse", heading="Propose to refuse", button="Propose", run=run_refuse, fields=refuse_fields, grave=True,
             lead="Nothing is told to the person yet. Somebody else has to look at it and approve it."),
    StepForm(key="approve", heading="Approve the refusal", button="Refuse and tell the person", run=run_approve,
             fields=approve_fields, quote=proposed, grave=True,
             lead="The letter says these reasons, names the supervisory authority, and the way to court."),
    StepForm(key="decline", heading="Decline the refusal", lead="The request goes on as before.", button="Decline",
             run=run_decline, fields=decline_fields, quote=proposed),
    StepForm(key="answer", heading="Answer", button="Answer and close", run=run_answer, fields=answer_fields,
             lead="What you write goes to the person, with what they can do if they do not agree."),
    StepForm(key="withdraw", heading="The person withdrew it", lead="The request is closed; its file is kept.",
             button="Close it", run=run_withdraw, fields=withdraw_fields),
    StepForm(key="letter", heading="Write a letter", lead="It is kept in the file of the request.", button="Write",
             run=run_letter, fields=letter_fields),
    StepForm(key="incoming", heading="Log what came in", lead="A letter, a mail, or what was said on the telephone.",
             button="Save", run=run_incoming, fields=incoming_fields),
)  # fmt: skip

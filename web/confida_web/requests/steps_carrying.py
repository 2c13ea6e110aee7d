"""What is carried out from the page of a request, and who works on it."""

from __future__ import annotations

from confida_consent.events import IndicationRefused
from confida_consent.purposes import all_purposes
from confida_consent.rights.reminders import give_task
from confida_consent.rights.requests import assign
from confida_consent.rights.requests_carrying import (
    lift_restriction,
    note,
    restrict,
    stop_purposes,
    stoppable,
    tell_of_lifting,
)
from confida_consent.rights.steps import checked_reasons
from confida_core.accounts.roles import permissions_of
from confida_core.accounts.staff import active_accounts
from confida_core.contacts.validation import InvalidContent
from confida_web.consents.words import titles
from confida_web.requests.entering import id_in
from confida_web.requests.forms import Asking, Fields, StepForm, no_fields
from confida_web.requests.pages import FormField
from confida_web.requests.steps_deciding import by_field, reasons_field
from confida_web.requests.steps_identity import chosen_way
from confida_web.requests.words import NOBODY, options


async def run_restrict(visit: Asking) -> str:
    await restrict(visit.crm, visit.access, visit.id)
    return "Restricted: from now on the data are only kept."


async def lifting_fields(visit: Asking) -> Fields:
    return reasons_field(visit, "Why it ends", "The person reads these words."), by_field(visit)


async def run_tell_lifting(visit: Asking) -> str:
    form = visit.form
    await tell_of_lifting(visit.crm, visit.access, visit.id, form.get("reasons"), by=chosen_way(form.get("by")))
    return "The person is told. The restriction can be lifted now."


async def run_lift(visit: Asking) -> str:
    await lift_restriction(visit.crm, visit.access, visit.id)
    return "The restriction is lifted."


async def stop_fields(visit: Asking) -> Fields:
    purposes = stoppable(await all_purposes(visit.crm))
    labels = titles(purposes, visit.request.state.frame.lang)
    hint = "Nothing chosen means all of them. It holds from the moment you save."
    chosen = set(visit.form.all("purposes"))
    return (FormField(name="purposes", label="For what", kind="several", options=options(labels, chosen), hint=hint),)


async def run_stop(visit: Asking) -> str:
    try:
        await stop_purposes(visit.crm, visit.access, visit.id, visit.form.all("purposes"))
    except IndicationRefused as wrong:
        raise InvalidContent({"": f"{wrong.sentence[:1].upper()}{wrong.sentence[1:]}."}) from None
    return "The no is recorded. It holds from now on."


async def note_fields(visit: Asking) -> Fields:
    return (reasons_field(visit, "What was done"),)


async def run_note(visit: Asking) -> str:
    await note(visit.crm, visit.access, visit.id, checked_reasons(visit.form.get("reasons")))
    return "It is noted."


async def people(visit: Asking) -> dict[str, str]:
    """Colleagues who may work on requests."""
    crm = visit.crm
    accounts = await active_accounts(crm)
    return {str(one.id): one.name for one in accounts if "requests.decide" in permissions_of(crm.registry, one.role)}


async def assign_fields(visit: Asking) -> Fields:
    current = visit.form.get("account", str(visit.one.row["assignee_id"] or ""))
    labels = {"": NOBODY, **await people(visit)}
    return (FormField(name="account", label="Who works on it", kind="choice", options=options(labels, {current})),)


async def run_assign(visit: Asking) -> str:
    chosen = visit.form.get("account")
    if chosen and chosen not in await people(visit):
        raise InvalidContent({"account": "Choose a colleague who may answer requests."})
    await assign(visit.crm, visit.access, visit.id, id_in(chosen))
    return "Saved."


async def task_fields(visit: Asking) -> Fields:
    hint = "The task names the reference only; everybody with access to tasks can see that."
    chosen = options(await people(visit), {visit.form.get("account")})
    return (FormField(name="account", label="For whom", kind="choice", options=chosen, hint=hint),)


async def run_task(visit: Asking) -> str:
    account_id = id_in(visit.form.get("account"))
    if account_id is None or str(account_id) not in await people(visit):
        raise InvalidContent({"account": "Choose a colleague who may answer requests."})
    await give_task(visit.crm, visit.access, dict(visit.one.row), account_id)
    return "The task is planned."


FORMS = (
    StepForm(key="restrict", heading="Restrict", button="Restrict", run=run_restrict, fields=no_fields,
             lead="No search, list, export or plugin finds the person any more; only those who answer requests do."),
    StepForm(key="tell-lifting", heading="Tell that the restriction ends", button="Tell the person", run=run_tell_lifting,
             fields=lifting_fields, lead="The person has to be told before it is lifted (GDPR Art. 18(3))."),
    StepForm(key="lift", heading="Lift the restriction", button="Lift it", run=run_lift, fields=no_fields, grave=True,
             lead="The person was told. From now on the data can be used as before."),
    StepForm(key="stop", heading="Record the no", button="Record it", run=run_stop, fields=stop_fields,
             lead="Consents are withdrawn and interests of ours objected to, on every channel."),
    StepForm(key="note", heading="Note what was done", button="Save", run=run_note, fields=note_fields,
             lead="It stands in the file of the request, beside your name."),
    StepForm(key="assign", heading="Give it to somebody", button="Save", run=run_assign, fields=assign_fields,
             lead="Reminders go to whoever works on it."),
    StepForm(key="task", heading="Plan a task", button="Plan it", run=run_task, fields=task_fields,
             lead="For today; it stands on the task list of whoever gets it."),
)  # fmt: skip

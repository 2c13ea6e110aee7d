"""What stands on a contact's page about what happened: composer, timeline, next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request

from confida_core.accounts.staff import account_names, active_accounts
from confida_core.contacts.people import display_names
from confida_core.interactions.content import KINDS as KNOWN
from confida_core.interactions.tasks import next_task
from confida_core.interactions.timeline import TimelinePage, read_timeline
from confida_core.isolation.running import Fault
from confida_core.vault.access import SYSTEM_ID
from confida_web.contacts.pages import NextStep
from confida_web.display import Errors, Option, Panel, Tab
from confida_web.formatting import Formatter, formatter_of
from confida_web.forms import FormData
from confida_web.interactions.entries import KINDS, Attachment, Composer, TimelineDay
from confida_web.interactions.words import days_of, is_overdue, midday
from confida_web.security.access import access_for

PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Fields of the same names of `ContactPage`, and the next step of its head. panels: a notice for each broken source.

    accounts: names of those accounts that had to be read for it.
    """

    composer: Composer
    timeline: tuple[TimelineDay, ...]
    timeline_kinds: tuple[Tab, ...]
    older_href: str | None
    next_step: NextStep | None
    panels: tuple[Panel, ...]
    accounts: Mapping[UUID, str]


async def story_of(
    request: Request[Any, Any, Any],
    contact_id: UUID,
    *,
    composer: Composer | None = None,
) -> Story:
    """Everything about one contact that this reader may see. The caller has passed the gate to the contact.

    The query of the request chooses: `kind` shows only one, `before` is the cursor of an older page. composer: the one to
    show again after an error. A reader without `interactions.read` gets an empty story. Raises InvalidCursor.
    """
    crm, access = request.state.crm, access_for(request, "relationship")
    may_write = access.actor.may("interactions.write")
    if not access.actor.may("interactions.read"):
        return Story(
            composer=Composer(enabled=False),
            timeline=(),
            timeline_kinds=(),
            older_href=None,
            next_step=None,
            panels=(),
            accounts={},
        )
    kind, before = request.query_params.get("kind", ""), request.query_params.get("before")
    wanted = frozenset({kind}) if kind in KNOWN else frozenset[str]()
    found = await read_timeline(crm, access, contact_id, kinds=wanted, cursor=before, limit=PER_PAGE)
    staff = await staff_options(request) if may_write else ()
    writers = await writers_of(request, found, staff)
    f = formatter_of(request)
    return Story(
        composer=composer or new_composer(request, contact_id, staff, enabled=may_write),
        timeline=days_of(found.items, found.names, writers, f),
        timeline_kinds=kind_tabs(contact_id, kind),
        older_href=older(contact_id, kind, found.next_cursor),
        next_step=await next_step_of(request, contact_id, f),
        panels=tuple(failed_source(label, fault) for label, fault in found.failed),
        accounts=writers,
    )


def failed_source(label: str, fault: Fault) -> Panel:
    """The notice that stands for what one source could not tell."""
    return Panel(key=f"timeline-{fault.origin.key}", title=label, html=None, notice=fault.notice)


async def staff_options(request: Request[Any, Any, Any]) -> tuple[Option, ...]:
    """Who can be given work; the reader is chosen."""
    own = request.state.actor.id
    return tuple(
        Option(value=str(account.id), label=account.name, chosen=account.id == own)
        for account in await active_accounts(request.state.crm)
    )


async def writers_of(request: Request[Any, Any, Any], found: TimelinePage, staff: Sequence[Option]) -> dict[UUID, str]:
    """Names of the accounts that wrote these entries; those at hand cost nothing."""
    known = {UUID(option.value): option.label for option in staff}
    # The program's own entries have no account behind them.
    missing = {item.created_by for item in found.items if item.created_by} - known.keys() - {SYSTEM_ID}
    return known | await account_names(request.state.crm, sorted(missing)) if missing else known


def kind_tabs(contact_id: UUID, current: str) -> tuple[Tab, ...]:
    base = f"/contacts/{contact_id}/timeline"
    everything = Tab(label="Everything", href=base, current=current not in KNOWN)
    kinds = (
        Tab(label=label, href=f"{base}?kind={key}", current=key == current, icon=icon)
        for key, (label, icon) in KINDS.items()
    )
    return (everything, *kinds)


def older(contact_id: UUID, kind: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = {"kind": kind, "before": cursor} if kind in KNOWN else {"before": cursor}
    return f"/contacts/{contact_id}/timeline?{urlencode(query)}"


async def next_step_of(request: Request[Any, Any, Any], contact_id: UUID, f: Formatter) -> NextStep | None:
    """The open task that is due first."""
    task = await next_task(request.state.crm, access_for(request, "relationship"), contact_id)
    if task is None:
        return None
    return NextStep(
        subject=task.subject,
        href=f"/interactions/{task.id}",
        due_at=task.due_at or midday(task.due_on, f),
        overdue=is_overdue(task.due_on, task.due_at, f),
    )


def new_composer(
    request: Request[Any, Any, Any], contact_id: UUID, staff: Sequence[Option], *, enabled: bool = True
) -> Composer:
    """An empty form about one contact."""
    return Composer(action=f"/contacts/{contact_id}/interactions", assignees=tuple(staff), enabled=enabled)


async def composer_again(
    request: Request[Any, Any, Any],
    action: str,
    form: FormData,
    errors: Errors,
    *,
    attachments: Iterable[Attachment] = (),
    version: int = 0,
) -> Composer:
    """The form as it was sent, with what is wrong. Chosen files are not in it: a browser asks for them again."""
    staff = await staff_options(request)
    return Composer(
        action=action,
        kind=form.get("kind", "note"),
        subject=form.get("subject"),
        body=form.get("body"),
        direction=form.get("direction"),
        at=form.get("at"),
        duration_minutes=form.get("duration_minutes"),
        outcome=form.get("outcome"),
        due_on=form.get("due_on"),
        due_time=form.get("due_time"),
        remind_minutes=form.get("remind_minutes"),
        people=await people_options(request, form.all("participants")),
        assignees=tuple(
            Option(value=one.value, label=one.label, chosen=one.value == form.get("assignee")) for one in staff
        ),
        attachments=tuple(attachments),
        errors=errors,
        version=version,
    )


async def people_options(request: Request[Any, Any, Any], ids: Iterable[str]) -> tuple[Option, ...]:
    """The chosen people with their names; ids that are none, or may not be seen, are left out."""
    wanted = [UUID(text) for text in ids if is_id(text)]
    names = await display_names(request.state.crm, access_for(request, "relationship"), wanted) if wanted else {}
    return tuple(Option(value=str(one), label=name, chosen=True) for one, name in names.items())


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

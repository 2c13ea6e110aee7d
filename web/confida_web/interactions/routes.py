"""Interactions and tasks: written, shown, changed, thrown away and taken back, done and opened again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.staff import account_names, active_accounts
from confida_core.contacts.people import display_names, visible_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.interactions.content import InteractionContent, InteractionDraft
from confida_core.interactions.interactions import (
    delete_interaction,
    log_interaction,
    restore_interaction,
    update_interaction,
    visible_interaction,
)
from confida_core.interactions.timeline import item_of
from confida_core.storage.database import VersionConflict
from confida_core.storage.sealed_files import discard_files
from confida_core.vault.door import Opened
from confida_web.contacts.pages import ContactHead, ContactPage
from confida_web.declarations import NavDeclaration
from confida_web.formatting import formatter_of
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.interactions.entries import Composer
from confida_web.interactions.filled import filled_composer
from confida_web.interactions.pages import InteractionFormPage, InteractionPage
from confida_web.interactions.reading import PostedInteraction, read_draft, read_posted
from confida_web.interactions.story import composer_again, is_id, story_of
from confida_web.interactions.tasks import TASK_ROUTES, due_badge
from confida_web.interactions.words import attachment_of, entry_of, person_of
from confida_web.page import is_fragment_request, page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

CHANGED_MEANWHILE = "Somebody else changed this while you were writing. Nothing of yours is lost: compare, and save again to replace theirs."


@get("/contacts/{contact_id:uuid}/timeline", permission="interactions.read")
async def timeline(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """A part of the timeline for htmx; without JavaScript the contact's page, which takes the same query."""
    query = request.scope["query_string"].decode("latin-1")
    if not is_fragment_request(request.headers):
        return redirect(request, f"/contacts/{contact_id}" + (f"?{query}" if query else ""))
    before = request.query_params.get("before")
    return await story_page(request, contact_id, block="older" if before else "timeline")


async def story_page(
    request: Request[Any, Any, Any],
    contact_id: UUID,
    *,
    block: str,
    composer: Composer | None = None,
    status: int = 200,
) -> Response[Any]:
    """One block of the contact's page that shows the story; the rest of the page is not made."""
    opened = await visible_contact(request.state.crm, access_for(request, "relationship"), contact_id)
    story = await story_of(request, contact_id, composer=composer)
    head = ContactHead(id=str(contact_id), name=opened.content.display_name, kind=opened.row["kind"])
    content = ContactPage(
        contact=head,
        composer=story.composer,
        timeline=story.timeline,
        timeline_kinds=story.timeline_kinds,
        older_href=story.older_href,
    )
    return page(request, content, block=block, status=status)


@post("/contacts/{contact_id:uuid}/interactions", permission="interactions.write", status_code=200)
async def write_down(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
    """From the composer, with its files."""
    crm, access = request.state.crm, access_for(request, "relationship")
    await visible_contact(crm, access, contact_id)
    posted = await read_posted(request)
    try:
        draft = await draft_of(request, posted, people=(contact_id,))
        await log_interaction(crm, access, draft, posted.files)
    except InvalidContent as wrong:
        return await composer_refused(request, contact_id, posted, wrong)
    if is_fragment_request(request.headers):
        return await story_page(request, contact_id, block="story")
    return redirect(request, f"/contacts/{contact_id}", Toast(message="Planned." if draft.planned else "Written down."))


async def draft_of(
    request: Request[Any, Any, Any], posted: PostedInteraction, people: tuple[UUID, ...] = ()
) -> InteractionDraft:
    """Raises InvalidContent; then the received files are gone."""
    try:
        staff = (
            [account.id for account in await active_accounts(request.state.crm)] if posted.form.get("assignee") else []
        )
        return read_draft(request, posted.form, people=people, assignees=staff)
    except BaseException:
        await discard_files(request.state.crm, posted.files)
        raise


async def composer_refused(
    request: Request[Any, Any, Any], contact_id: UUID, posted: PostedInteraction, wrong: InvalidContent
) -> Response[Any]:
    """The form again, as it was, with what is wrong: in its place for htmx, else on a page of its own."""
    action = f"/contacts/{contact_id}/interactions"
    composer = await composer_again(request, action, posted.form, wrong.errors)
    if is_fragment_request(request.headers):
        return await story_page(request, contact_id, block="story", composer=composer, status=422)
    names = await display_names(request.state.crm, access_for(request, "relationship"), [contact_id])
    content = InteractionFormPage(
        composer=composer, contacts=(person_of(contact_id, names),), cancel_href=f"/contacts/{contact_id}"
    )
    return page(request, content, status=422)


@get("/interactions/{interaction_id:uuid}", permission="interactions.read")
async def show(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "relationship")
    opened = await visible_interaction(crm, access, interaction_id)
    names = await display_names(crm, access, opened.people) if opened.people else {}
    writers = await account_names(crm, [opened.row["created_by"]])
    may_write = access.actor.may("interactions.write")
    content = InteractionPage(
        entry=entry_of(item_of(opened), names, writers, formatter_of(request), whole=True),
        contacts=tuple(person_of(one, names) for one in opened.people if one in names),
        may_edit=may_write,
        may_delete=may_write,
    )
    return page(request, content, block="entry")


@get("/interactions/{interaction_id:uuid}/edit", permission="interactions.write")
async def edit(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "relationship")
    opened = await visible_interaction(crm, access, interaction_id)
    return await edit_page(request, opened, await filled_composer(request, opened))


async def edit_page(
    request: Request[Any, Any, Any], opened: Opened[InteractionContent], composer: Composer, status: int = 200
) -> Response[Any]:
    names = {UUID(option.value): option.label for option in composer.people if option.chosen}
    content = InteractionFormPage(
        composer=composer,
        contacts=tuple(person_of(one, names) for one in opened.people if one in names),
        cancel_href=f"/interactions/{opened.row['id']}",
    )
    return page(request, content, block="form", status=status)


@post("/interactions/{interaction_id:uuid}/edit", permission="interactions.write", status_code=200)
async def change(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, "relationship")
    opened = await visible_interaction(crm, access, interaction_id)
    posted = await read_posted(request)
    try:
        draft = await draft_of(request, posted)
        await update_interaction(
            crm,
            access,
            interaction_id,
            draft,
            seen=posted.form.integer("version"),
            files=posted.files,
            remove_files=[UUID(text) for text in posted.form.all("attachment-remove") if is_id(text)],
        )
    except InvalidContent as wrong:
        return await change_refused(request, opened, posted, wrong.errors, 422)
    except VersionConflict:
        opened = await visible_interaction(crm, access, interaction_id)
        return await change_refused(request, opened, posted, {"": CHANGED_MEANWHILE}, 409)
    return redirect(request, f"/interactions/{interaction_id}", Toast(message="Saved."))


async def change_refused(
    request: Request[Any, Any, Any],
    opened: Opened[InteractionContent],
    posted: PostedInteraction,
    errors: dict[str, str],
    status: int,
) -> Response[Any]:
    """After a conflict the form carries the version now stored, so that saving again is a decision, not an accident."""
    composer = await composer_again(
        request,
        f"/interactions/{opened.row['id']}/edit",
        posted.form,
        errors,
        attachments=map(attachment_of, opened.content.attachments),
        version=opened.row["version"] if status == 409 else posted.form.integer("version"),
    )
    return await edit_page(request, opened, composer, status)


@post("/interactions/{interaction_id:uuid}/delete", permission="interactions.write", status_code=303)
async def delete(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    """Into the trash, with an undo."""
    await parse_form(request)
    crm, access = request.state.crm, access_for(request, "relationship")
    opened = await visible_interaction(crm, access, interaction_id)
    await delete_interaction(crm, access, interaction_id)
    target = f"/contacts/{opened.people[0]}" if opened.people else "/tasks"
    return redirect(
        request, target, Toast(message="Moved to the trash.", undo_url=f"/interactions/{interaction_id}/restore")
    )


@post("/interactions/{interaction_id:uuid}/restore", permission="interactions.write", status_code=303)
async def restore(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await restore_interaction(request.state.crm, access_for(request, "relationship"), interaction_id)
    return redirect(request, f"/interactions/{interaction_id}", Toast(message="Taken out of the trash."))


ROUTES = (timeline, write_down, show, edit, change, delete, restore, *TASK_ROUTES)

NAV_ITEMS = (
    NavDeclaration(
        key="tasks",
        label="Tasks",
        icon="task",
        href="/tasks",
        permission="interactions.read",
        order=30,
        badge=due_badge,
    ),
    NavDeclaration(
        key="new_task",
        label="Task",
        icon="task",
        href="/tasks/new",
        permission="interactions.write",
        order=30,
        quick_add=True,
    ),
)

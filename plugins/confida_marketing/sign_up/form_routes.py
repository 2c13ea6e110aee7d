"""Forms for colleagues: the list, the builder, and what other sites may put into their pages."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Installation, InvalidContent, Opened, VersionConflict, address_of, custom_fields
from confida_marketing.segments.kept import every_segment, in_use
from confida_marketing.sign_up.content import FormContent, FormField
from confida_marketing.sign_up.fields import asked_of, kinds_of
from confida_marketing.sign_up.forms import (
    FormDraft,
    list_forms,
    offered_purposes,
    save_form,
    trash_form,
    visible_form,
)
from confida_marketing.sign_up.pages import (
    CHANGED_MEANWHILE,
    FORMS,
    FieldRow,
    FormFormPage,
    FormRow,
    FormsPage,
    tabs_of,
)
from confida_marketing.sign_up.public_form_routes import FORMS as PUBLIC
from confida_web.api import Errors, FormData, Option, Toast, access_for, gettext, page, parse_form, redirect

PURPOSE = "relationship"
ONE = FORMS + "/{form_id:uuid}"
BEGIN = FormDraft(
    content=FormContent(fields=[FormField(key="name"), FormField(key="email", required=True), FormField(key="message")])
)
WORDS = ("title", "intro", "thanks", "button", "redirect", "slug")


@get(FORMS, permission="marketing.read")
async def show_forms(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    trash = request.query_params.get("kind") == "trash"
    found = await list_forms(crm, access, trashed=trash)
    counted = await crm.data.fetch("SELECT form_id, count(*) AS number FROM marketing_submission GROUP BY form_id")
    sent = {row["form_id"]: row["number"] for row in counted}
    rows = tuple(
        FormRow(
            id=str(one.row["id"]), title=one.content.title, href=f"{FORMS}/{one.row['id']}", active=one.row["active"],
            sent=sent.get(one.row["id"], 0), asks=len(one.content.purposes),
        )
        for one in found
    )  # fmt: skip
    may_write = access.actor.may("marketing.manage")
    return page(request, FormsPage(tabs=tabs_of(FORMS), rows=rows, trash=trash, may_write=may_write))


@get(f"{FORMS}/new", permission="marketing.manage")
async def new_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await form_page(request, BEGIN))


@post(f"{FORMS}/new", permission="marketing.manage", status_code=200)
async def add_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@get(ONE, permission="marketing.read")
async def show_form(request: Request[Any, Any, Any], form_id: FromPath[UUID]) -> Response[Any]:
    one = await visible_form(request.state.crm, access_for(request, PURPOSE), form_id)
    return page(request, await form_page(request, draft_of(one), one, version=one.row["version"]))


@post(ONE, permission="marketing.manage", status_code=200)
async def change_form(request: Request[Any, Any, Any], form_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, await visible_form(request.state.crm, access_for(request, PURPOSE), form_id))


@post(ONE + "/trash", permission="marketing.manage", status_code=303)
async def trash_it(request: Request[Any, Any, Any], form_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await trash_form(request.state.crm, access_for(request, PURPOSE), form_id)
    return redirect(request, FORMS, Toast(message="In the trash.", undo_url=f"{FORMS}/{form_id}/restore"))


@post(ONE + "/restore", permission="marketing.manage", status_code=303)
async def restore_it(request: Request[Any, Any, Any], form_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await trash_form(request.state.crm, access_for(request, PURPOSE), form_id, trashed=False)
    return redirect(request, f"{FORMS}/{form_id}", Toast(message="Back from the trash."))


def draft_of(one: Opened[FormContent]) -> FormDraft:
    row = one.row
    return FormDraft(content=one.content, slug=row["slug"], active=row["active"], segment_id=row["segment_id"])


async def saved(request: Request[Any, Any, Any], there: Opened[FormContent] | None) -> Response[Any]:
    """Kept, or shown again with what was typed."""
    form, crm = await parse_form(request), request.state.crm
    draft, seen = await typed_draft(crm, form), form.integer("version")
    form_id = there.row["id"] if there else None
    status = 422
    errors: Errors = {}
    try:
        kept = await save_form(crm, access_for(request, PURPOSE), draft, form_id, seen=seen)
    except InvalidContent as wrong:
        errors = wrong.errors
    except VersionConflict as conflict:
        errors, seen, status = {"": CHANGED_MEANWHILE}, conflict.current or 0, 409
    else:
        return redirect(request, f"{FORMS}/{kept}", Toast(message="Saved."))
    return page(request, await form_page(request, draft, there, errors=errors, version=seen), status=status)


async def typed_draft(crm: Installation, form: FormData) -> FormDraft:
    """As the boxes say; what is asked in the order of its places."""
    kinds = kinds_of(await custom_fields(crm))
    asked = [
        (form.integer(f"place-{key}", 99, lowest=0, highest=99), number, key)
        for number, key in enumerate(kinds)
        if form.flag(f"ask-{key}")
    ]
    fields = [
        FormField(key=key, label=form.get(f"words-{key}").strip()[:200], required=form.flag(f"required-{key}"))
        for _, _, key in sorted(asked)
    ]
    content = FormContent(
        **{name: form.get(name)[:20_000] for name in WORDS if name != "slug"},
        fields=fields, purposes=form.all("purposes"), sites=form.get("sites")[:4_000].split(),
    )  # fmt: skip
    chosen = form.get("segment")
    try:
        segment_id = UUID(chosen) if chosen else None
    except ValueError:
        segment_id = None
    return FormDraft(content=content, slug=form.get("slug").strip(), active=form.flag("active"), segment_id=segment_id)


async def form_page(
    request: Request[Any, Any, Any],
    draft: FormDraft,
    there: Opened[FormContent] | None = None,
    *,
    errors: Errors | None = None,
    version: int = 0,
) -> FormFormPage:
    crm, content = request.state.crm, draft.content
    values = {name: getattr(content, name) for name in WORDS if name != "slug"}
    offered = await offered_purposes(crm)
    lists = [one for one in in_use(await every_segment(crm)).values() if not one.living]
    shown = FormFormPage(
        action=f"{FORMS}/{there.row['id']}" if there else f"{FORMS}/new",
        new=there is None,
        version=version,
        values=values | {"slug": draft.slug, "sites": "\n".join(content.sites)},
        active=draft.active,
        rows=field_rows(content, kinds_of(await custom_fields(crm))),
        purposes=tuple(
            Option(value=key, label=one.declared.wording("en")[1].title, chosen=key in content.purposes)
            for key, one in offered.items()
        ),
        lists=tuple(Option(value=str(one.id), label=one.name, chosen=one.id == draft.segment_id) for one in lists),
        errors=errors or {},
    )
    return await with_codes(crm, shown, there) if there is not None and there.row["active"] else shown


def field_rows(content: FormContent, kinds: Any) -> tuple[FieldRow, ...]:
    """Everything that may be asked: what is asked first, in its order."""
    asked = {one.key: (number, one) for number, one in enumerate(content.fields, start=1)}
    keys = sorted(kinds, key=lambda key: asked[key][0] if key in asked else len(asked) + 1)
    return tuple(
        FieldRow(
            name=key,
            label=kinds[key].label,
            asked=key in asked,
            required=key in asked and asked[key][1].required,
            words=asked[key][1].label if key in asked else "",
            place=str(asked[key][0]) if key in asked else "",
        )
        for key in keys
    )


async def with_codes(crm: Installation, shown: FormFormPage, there: Opened[FormContent]) -> FormFormPage:
    """With its address, and what other sites may put into their pages."""
    address = f"{address_of(crm)}{PUBLIC}/{there.row['slug']}"
    rows = await crm.data.fetch(
        "SELECT count(*) AS number FROM marketing_submission WHERE form_id = ?", there.row["id"]
    )
    return replace(
        shown,
        public=address,
        iframe=f'<iframe src="{escape(address)}?frame=yes" title="{escape(there.content.title)}" width="100%" height="900" '
        f'loading="lazy"></iframe>',
        snippet=plain_html(address, there.content, kinds_of(await custom_fields(crm))),
        sent=rows[0]["number"],
    )


def plain_html(address: str, content: FormContent, kinds: Any) -> str:
    """A form for somebody else's page: no scripts, no cookies. What it sends is shown once more on our own page, with the texts
    of what can be agreed to, before it counts.
    """
    lines = [f'<form method="post" action="{escape(address)}">']
    for one in asked_of(content.fields, kinds):
        name, label, needed = escape(one.name), escape(gettext(one.label)), " required" if one.required else ""
        if one.type == "area":
            box = f'<textarea name="{name}" rows="6" maxlength="{one.longest}"{needed}></textarea>'
        elif one.type == "choice":
            options = "".join(
                f'<option value="{escape(key)}">{escape(words)}</option>' for key, words in one.choices.items()
            )
            box = f'<select name="{name}"{needed}><option value=""></option>{options}</select>'
        elif one.type == "tick":
            box = f'<input type="checkbox" name="{name}" value="yes"{needed}>'
        else:
            box = f'<input type="{one.type}" name="{name}" maxlength="{one.longest}"{needed}>'
        lines.append(f"  <p><label>{label}<br>{box}</label></p>")
    lines.append(f"  <p><button>{escape(content.button or gettext('Send'))}</button></p>\n</form>")
    return "\n".join(lines)


ROUTES = (show_forms, new_form, add_form, show_form, change_form, trash_it, restore_it)

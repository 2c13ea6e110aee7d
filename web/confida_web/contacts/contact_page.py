"""Puts the page of one contact together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from litestar import Request

from confida_core.contacts.content import ContactContent
from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.relationship_types import MEMBER_OF, WORKS_AT, relationship_kinds
from confida_core.contacts.relationships import Related, relationships_of
from confida_core.isolation.shapes import listed, require_path, require_plain
from confida_core.vault.access import Access
from confida_core.vault.door import Opened
from confida_web.contacts.facts import fact_groups
from confida_web.contacts.head import head_of, owner_and_team
from confida_web.contacts.pages import ConfidenceChip, ContactPage, Relationship
from confida_web.contacts.walk import walk_of
from confida_web.declarations import ContactPanel
from confida_web.display import Errors, Option, Panel, PersonRef
from confida_web.formatting import formatter
from confida_web.interactions.entries import Composer
from confida_web.interactions.story import story_of
from confida_web.isolation import filled

MOST_CHIPS = 20
# Who belongs to an organisation stands in a list of its own on the organisation's page, told from their side.
_BELONGING = {WORKS_AT.id: "works here", MEMBER_OF.id: "is a member"}


async def contact_page(
    request: Request[Any, Any, Any],
    access: Access,
    contact: Opened[ContactContent],
    *,
    relationship_errors: Errors | None = None,
) -> ContactPage:
    """Everything on the page of a contact that has passed the gate."""
    crm, actor, frame = request.state.crm, request.state.actor, request.state.frame
    contact_id = contact.row["id"]
    related = await relationships_of(crm, access, contact_id)
    story = await story_of(request, contact_id)
    owner, team = await owner_and_team(crm, contact, story.accounts)
    f = formatter(frame.lang, frame.time_zone)
    living = contact.row["deleted_at"] is None and access.purpose == "relationship"
    may_edit = living and actor.may("contacts.write")
    boxes, chips = await panels(request, access, contact)
    people, others = divided(related, contact)
    definitions = await custom_fields(crm)
    return ContactPage(
        contact=head_of(
            crm, contact, organisation=employer(related), owner=owner, team=team, next_step=story.next_step
        ),
        walk=await walk_of(request, contact_id, definitions),
        composer=story.composer if living else Composer(enabled=False),
        timeline=story.timeline,
        timeline_kinds=story.timeline_kinds,
        older_href=story.older_href,
        facts=fact_groups(contact.content, definitions, f, lang=frame.lang, region=crm.settings.region),
        note=contact.content.note,
        relationships=others,
        relationship_types=await type_options(request) if may_edit else (),
        relationship_errors=relationship_errors or {},
        people=people,
        chips=chips,
        panels=(*boxes, *story.panels),
        vcard_href=f"/contacts/{contact_id}/vcard" if living and actor.may("exchange.export") else "",
        may_edit=may_edit,
        may_restrict=actor.may("contacts.restrict") and contact.row["deleted_at"] is None,
        may_delete=actor.may("contacts.delete"),
        may_see_reads=actor.may("reads.read"),
    )


def divided(
    related: Sequence[Related], contact: Opened[ContactContent]
) -> tuple[tuple[Relationship, ...], tuple[Relationship, ...]]:
    """Those who belong to an organisation, and all other relationships."""
    belongs = {
        one.id
        for one in related
        if contact.row["kind"] == "organisation" and not one.forwards and one.kind.id in _BELONGING
    }
    people = tuple(replace(shown(one), label=_BELONGING[one.kind.id]) for one in related if one.id in belongs)
    return people, tuple(shown(one) for one in related if one.id not in belongs)


def shown(one: Related) -> Relationship:
    return Relationship(
        id=str(one.id),
        label=one.label,
        other=reference(one.other),
        role=one.role,
        since=one.started_on,
        until=one.ended_on,
    )


def reference(contact: Opened[ContactContent]) -> PersonRef:
    row = contact.row
    return PersonRef(name=contact.content.display_name, href=f"/contacts/{row['id']}", kind=row["kind"])


def employer(related: Sequence[Related]) -> PersonRef | None:
    """The contact at which this one works now."""
    for one in related:
        if one.kind.id == WORKS_AT.id and one.forwards and one.ended_on is None:
            return reference(one.other)
    return None


async def type_options(request: Request[Any, Any, Any]) -> tuple[Option, ...]:
    """Both directions of every kind; a value that begins with "-" reads backwards."""
    options = []
    for kind in await relationship_kinds(request.state.crm):
        if kind.retired:
            continue
        options.append(Option(value=kind.key, label=kind.forward))
        if not kind.symmetric:
            options.append(Option(value=f"-{kind.key}", label=kind.backward))
    return tuple(options)


async def panels(
    request: Request[Any, Any, Any], access: Access, contact: Opened[ContactContent]
) -> tuple[tuple[Panel, ...], tuple[ConfidenceChip, ...]]:
    """The boxes, and the chips of the strip; one that fails is replaced by a notice, and the page lives."""
    crm, contact_id = request.state.crm, contact.row["id"]
    found = await filled(
        request, access, "contact_panels", lambda panel, own: panel.data(crm, own, contact_id), chips_of
    )
    return tuple(panel for panel, _ in found), tuple(chip for _, chips in found for chip in chips or ())


def chips_of(panel: ContactPanel, data: Mapping[str, Any]) -> Sequence[ConfidenceChip]:
    """For the strip. Raises Rubbish, and what the panel raises."""
    chips = listed(panel.chips(data), ConfidenceChip, MOST_CHIPS) if panel.chips else ()
    for chip in chips:
        require_plain(chip, "channel", "state", "text")
        if chip.href is not None:
            require_path(chip.href)
    return chips

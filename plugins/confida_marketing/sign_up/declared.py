"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import EventHandler, IndexField, JobDeclaration, TimelineSource
from confida_marketing.sign_up import (
    content,
    donation_routes,
    donations,
    event_mails,
    event_routes,
    form_routes,
    handing_over,
    interface,
    own_donation_routes,
    public_event_routes,
    public_form_routes,
    registering,
    score_routes,
    scores,
    submission_routes,
)
from confida_marketing.sign_up.arriving import TAKE
from confida_marketing.sign_up.elsewhere import donation_items, event_items
from confida_marketing.sign_up.pages import FORMS
from confida_marketing.sign_up.taking import forget_arrivals, take_arrival
from confida_web.api import ContactPanel, NavDeclaration

TABLE_MODULES = ("confida_marketing.sign_up.tables",)
RECORDS = content.RECORDS
ROUTES = (
    *form_routes.ROUTES,
    *submission_routes.ROUTES,
    *event_routes.ROUTES,
    *donation_routes.ROUTES,
    *score_routes.ROUTES,
)
PORTAL_ROUTES = (
    *public_form_routes.PORTAL_ROUTES,
    *public_event_routes.PORTAL_ROUTES,
    *own_donation_routes.PORTAL_ROUTES,
)
PORTAL_ITEMS = own_donation_routes.PORTAL_ITEMS
API_RESOURCES = interface.RESOURCES
CONSENT_PURPOSES = (event_mails.EVENTS,)
TIMELINE_SOURCES = (
    TimelineSource(key="marketing.events", label="Events", entries=event_items, covers=(registering.PURPOSE,)),
    TimelineSource(key="marketing.donations", label="Donations", entries=donation_items),
)
EVENT_KINDS = handing_over.EVENT_KINDS
DONATED = (content.DONATION.name,)
INDEX_FIELDS = (
    IndexField(
        key=scores.FIELD, type="number", label="Score", gather=scores.points_of, follows=(content.SCORE.name,)
    ),
    IndexField(
        key="marketing.donated_last_12m", type="number", label="Donated in twelve months", gather=donations.donated_last_12m,
        follows=DONATED,
    ),
    IndexField(
        key="marketing.last_donation", type="date", label="Last donation", gather=donations.last_donations, follows=DONATED
    ),
)  # fmt: skip
JOBS = (
    JobDeclaration(
        key=scores.COMPUTE, run=scores.compute_scores, label="Compute scores", every=3600, seconds=1800, background=True
    ),
    JobDeclaration(
        key="marketing.forget_old_sums",
        run=donations.forget_old_sums,
        label="Let sums of donations fall after a year",
        every=24 * 3600,
    ),
    JobDeclaration(
        key="marketing.forget_arrivals", run=forget_arrivals, label="Forget what nobody could take", every=24 * 3600
    ),
    JobDeclaration(key=TAKE, run=take_arrival, label="Take what was sent by a form"),
    JobDeclaration(key=registering.TELL, run=event_mails.tell_guest, label="Tell somebody about their place"),
    JobDeclaration(
        key="marketing.remind_guests", run=event_mails.remind_guests, label="Remind people of events", every=1_800
    ),
)
NAV_ITEMS = (
    NavDeclaration(
        key="marketing.forms", label="Forms", icon="fields", href=FORMS, permission="marketing.read", order=53,
        group="Marketing",
    ),
)  # fmt: skip
EVENT_HANDLERS = (
    EventHandler(
        key="marketing.scores",
        label="Forget scores of who objected",
        run=scores.heed_objections,
        kinds=("consent.changed",),
    ),
)
CONTACT_PANELS = (
    ContactPanel(
        key="marketing.score", title="Score", template="marketing/sign_up/score_panel.html", permission="marketing.read",
        data=scores.score_panel, order=130,
    ),
)  # fmt: skip

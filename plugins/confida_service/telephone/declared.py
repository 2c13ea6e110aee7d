"""What the telephone declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, Listener
from confida_service.telephone import content, elsewhere, routes, setting_routes, stream_routes
from confida_service.telephone.ami_listening import listen_to_exchange
from confida_service.telephone.calls import end_lost, follow_missed, forget_unknown
from confida_service.telephone.listing import count_missed
from confida_service.telephone.phones import is_shown
from confida_service.telephone.webhook import CALLS
from confida_web.api import Command, ContactPanel, NavDeclaration, PageScript

TABLE_MODULES = ("confida_service.telephone.tables",)
RECORDS = content.RECORDS
TABLES = content.TABLES
ROUTES = (*stream_routes.ROUTES, *routes.ROUTES, *setting_routes.ROUTES)
INBOUND_WEBHOOKS = (CALLS,)
LISTENERS = (Listener(key="service.exchange", label="The telephone exchange", run=listen_to_exchange),)
JOBS = (
    JobDeclaration(
        key="service.end_calls", run=end_lost, label="End calls whose end was not heard", every=600, attempts=1
    ),
    JobDeclaration(key="service.missed_call", run=follow_missed, label="See to a call that nobody took"),
    JobDeclaration(
        key="service.forget_calls",
        run=forget_unknown,
        label="Forget calls of unknown numbers",
        every=86_400,
        attempts=1,
    ),
)
NAV_ITEMS = (
    NavDeclaration(
        key="service.calls",
        label="Calls",
        icon="phone",
        href="/x/service/calls",
        permission="service.read",
        order=62,
        group="Service",
        badge=count_missed,
    ),
)
COMMANDS = (
    Command(
        key="service.telephone",
        label="My telephone",
        permission="service.read",
        href="/x/service/telephone",
        keywords=("extension", "calls", "phone"),
        icon="phone",
    ),
)
CONTACT_PANELS = (
    ContactPanel(
        key="service.calls",
        title="Telephone",
        template="service/telephone/panel.html",
        permission="service.read",
        data=elsewhere.panel_data,
        order=61,
    ),
)
PAGE_SCRIPTS = (PageScript(key="service.calls", src="x/service/calls.js", permission="service.read", wanted=is_shown),)
TIMELINE_SOURCES = elsewhere.TIMELINE_SOURCES

"""The hooks core calls: each once, at start, in no particular order; each returns frozen dataclasses and does nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from confida_core.declarations import (
    CLICommand,
    Exporter,
    Importer,
    IndexField,
    JobDeclaration,
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    PurposeDeclaration,
    RecordDeclaration,
    SelfCheck,
    SettingsModel,
    StoreDeclaration,
    TableDeclaration,
    TimelineSource,
    TrashGuard,
)
from confida_core.demo.declarations import DemoData
from confida_core.events.declarations import EventHandler, EventKind, check_events
from confida_core.inbound.declarations import InboundWebhook, check_inbound
from confida_core.outbound.declarations import SendingGate, Transport
from confida_core.plugin_settings.model import check_models

PROJECT = "confida"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class CoreHooks:
    """Core's hookspecs."""

    _checks = (check_events, check_inbound, check_models)

    # What a disabled plugin is still asked as long as its tables hold something: its data take part in every answer,
    # erasure, retention and restriction.
    _parked = ("plugin_info", "piccolo_apps", "records", "tables", "stores", "purposes", "permissions")

    @hookspec
    def plugin_info(self) -> PluginInfo:  # type: ignore[empty-body]
        """Who this is. Required of every plugin.

        def plugin_info():
            return PluginInfo(key="membership", name="Membership", summary="Members, fees and renewals.")
        """

    @hookspec
    def piccolo_apps(self) -> Sequence[PiccoloApp]:  # type: ignore[empty-body]
        """The Piccolo apps whose migrations are run and whose tables are checked."""

    @hookspec
    def records(self) -> Sequence[RecordDeclaration]:  # type: ignore[empty-body]
        """Tables with personal content: struct, subject, retention class, purpose, what erasure does."""

    @hookspec
    def tables(self) -> Sequence[TableDeclaration]:  # type: ignore[empty-body]
        """Tables without personal content, each with the reason why it needs none of the above."""

    @hookspec
    def stores(self) -> Sequence[StoreDeclaration]:  # type: ignore[empty-body]
        """Places beside the tables that keep personal data, such as files or another system: what they hold of a person
        is part of the copy that person gets, and is removed when that person is erased.
        """

    @hookspec
    def trash_guards(self) -> Sequence[TrashGuard]:  # type: ignore[empty-body]
        """Reasons why a contact in the trash must not be erased yet, although its thirty days are over, such as a request
        that waits for an answer; or why it cannot be taken out any more. Asked by the job that empties the trash, and when
        a contact is taken out. A guard that raises stops both: nothing is erased that nobody could be asked about.

        def trash_guards():
            async def stays(crm, contact_ids):
                rows = await crm.data.fetch("SELECT contact_id FROM membership_fee WHERE paid_at IS NULL")
                owing = {row["contact_id"] for row in rows}
                return {one: "A fee is open." for one in contact_ids if one in owing}

            return [TrashGuard(key="membership.fees", stays=stays)]
        """

    @hookspec
    def purposes(self) -> Sequence[PurposeDeclaration]:  # type: ignore[empty-body]
        """What personal data may be opened for."""

    @hookspec
    def permissions(self) -> Sequence[PermissionDeclaration]:  # type: ignore[empty-body]
        """Permission keys and the roles that have them at first."""

    @hookspec
    def jobs(self) -> Sequence[JobDeclaration]:  # type: ignore[empty-body]
        """Work that runs after commit or on a schedule."""

    @hookspec
    def self_checks(self) -> Sequence[SelfCheck]:  # type: ignore[empty-body]
        """What an installation looks at when it is asked whether it is sound."""

    @hookspec
    def index_fields(self) -> Sequence[IndexField]:  # type: ignore[empty-body]
        """Attributes of a contact that lists, filters and segments can use."""

    @hookspec
    def timeline_sources(self) -> Sequence[TimelineSource]:  # type: ignore[empty-body]
        """What appears on a contact's timeline."""

    @hookspec
    def importers(self) -> Sequence[Importer]:  # type: ignore[empty-body]
        """File formats that can be read."""

    @hookspec
    def exporters(self) -> Sequence[Exporter]:  # type: ignore[empty-body]
        """File formats that can be written."""

    @hookspec
    def settings_model(self) -> SettingsModel:  # type: ignore[empty-body]
        """What an operator can choose, on a page, in the environment or in a file."""

    @hookspec
    def cli_commands(self) -> Sequence[CLICommand]:  # type: ignore[empty-body]
        """Commands of the command line."""

    @hookspec
    def demo_data(self) -> Sequence[DemoData]:  # type: ignore[empty-body]
        """What `confida demo` adds to its invented people."""

    @hookspec
    def sending_gates(self) -> Sequence[SendingGate]:  # type: ignore[empty-body]
        """Who must agree before anything leaves for, or about, a person. With no gate at all, nothing leaves."""

    @hookspec
    def transports(self) -> Sequence[Transport]:  # type: ignore[empty-body]
        """Ways out of the house: e-mail is core's own, others hand over text messages or letters."""

    @hookspec
    def event_kinds(self) -> Sequence[EventKind]:  # type: ignore[empty-body]
        """What can happen to a plugin's records, for handlers of events and for webhooks.

        Called once, at start; returns kinds, each told from the change feed after the commit. One that names a table nobody
        declares, or lacks the plugin's key, stops the start. Core and consent declare theirs this way.

        def event_kinds():
            since = EventField(key="since", label="Member since", value=lambda row, _: row["since"].isoformat(), sealed=False)
            return [EventKind(key="membership.joined", label="Somebody became a member", table="membership_member",
                              change="created", fields=(since,))]
        """

    @hookspec
    def event_handlers(self) -> Sequence[EventHandler]:  # type: ignore[empty-body]
        """Who is told of what happened, after the commit, at least once and in order.

        Called once, at start. Each handler follows the feed by itself in jobs: what it raises is tried again, and stops after
        five times nobody but itself, as a dead letter on the page of jobs. Events hold ids only. Webhooks are told this way.

        async def count(crm, events):
            for event in events:
                await note_once(crm, event.id, event.record_id)

        def event_handlers():
            return [EventHandler(key="membership.count", label="Count members", kinds=("contact.created",), run=count)]
        """

    @hookspec
    def inbound_webhooks(self) -> Sequence[InboundWebhook]:  # type: ignore[empty-body]
        """What other systems may tell a plugin, at an address and with a secret of its own.

        Called: once, at start. An administrator switches each on under Settings, Webhooks; then `receive` gets what comes to
        `/hooks/in/<plugin>/<name>/<token>`, after token, signature, age and size were checked, once for each message.
        Returns: a list of `InboundWebhook`. Core takes reports of bounced mail this way.
        Failure: a key that does not begin with the plugin's, or an undeclared purpose, stops the start. What `receive` raises is
        logged by its type, and the sender is asked to send it again; after `InboundRefused` it is told not to.

        ```python
        async def note_payment(crm, access, body, headers):
            if b"member" not in body:
                raise InboundRefused


        @hookimpl
        def inbound_webhooks():
            return [
                InboundWebhook(
                    key="membership.payments", label="Payments", summary="Your bank tells who has paid.", receive=note_payment,
                    purpose="relationship",
                )
            ]
        ```
        """

"""The hooks core calls: each once, at start, in no particular order; each returns frozen dataclasses and does nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import pluggy

from confida_core.declarations import (
    CLICommand,
    IndexField,
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
from confida_core.exchange.declarations import Exporter, Importer
from confida_core.inbound.declarations import InboundWebhook, check_inbound
from confida_core.jobs.declarations import JobDeclaration, Listener
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
    _parked = ("plugin_info", "parts", "piccolo_apps", "records", "tables", "stores", "purposes", "permissions")

    @hookspec
    def plugin_info(self) -> PluginInfo:  # type: ignore[empty-body]
        """Who declares: key, name and one sentence. Required of every plugin.

        Called: once, at start, before every other hook.
        Returns: one `PluginInfo`. Its key is the name of the entry point, and stands before everything the plugin declares: tables
        `<key>_`, pages `/x/<key>/`, settings `[plugin.<key>]`, permissions `<key>.<verb>`. `api` is the number of the public surface
        the plugin was made for.
        Failure: without it, with another api number, or with a key that another plugin has, the start stops.

        ```python
        @hookimpl
        def plugin_info():
            return PluginInfo(key="membership", name="Membership", summary="Members, fees and renewals.", api=1)
        ```
        """

    @hookspec
    def parts(self) -> Sequence[ModuleType]:  # type: ignore[empty-body]
        """The modules that a larger plugin is divided into, each of which lists what it declares.

        Called: once, at start, right after `plugin_info`; of a disabled plugin too, as long as its tables hold something.
        Returns: a list of modules. Whatever one of them lists under the name of a hook in capitals (`ROUTES`, `JOBS`,
        `NAV_ITEMS`) counts as if that hook had returned it, after what the hook of the plugin's module itself returns. That
        holds for every hook that returns a list; `plugin_info` and `settings_model` stay functions.
        Failure: what is listed is checked like what is returned, and the error names the part's file; so does a list whose name is
        nearly that of a hook.

        ```python
        from types import ModuleType

        members = ModuleType("members")  # In your plugin: from confida_membership.members import declared as members
        members.PERMISSIONS = (PermissionDeclaration(key="membership.read", label="See members", roles=EVERYBODY),)

        @hookimpl
        def parts():
            return [members]
        ```
        """

    @hookspec
    def piccolo_apps(self) -> Sequence[PiccoloApp]:  # type: ignore[empty-body]
        """The tables of a plugin and the folder with their migrations.

        Called: once, at start; of a disabled plugin too, as long as its tables hold something.
        Returns: a list with one `PiccoloApp`, named as the plugin. `confida migrate` runs each file of the folder once, in the order
        of the names; the tables are checked whenever a process starts.
        Failure: a table that is declared neither by `records` nor by `tables`, or whose name does not begin with the key, stops the
        start: its data would escape answers and erasure. A migration that raises is undone as a whole, and the migrating stops there.

        ```python
        from pathlib import Path

        from piccolo.columns import UUID, Integer
        from piccolo.table import Table


        class Place(Table, tablename="membership_place", db=DATA):
            id = UUID(primary_key=True)
            size = Integer()


        @hookimpl
        def piccolo_apps():
            return [PiccoloApp(name="membership", migrations=Path("migrations"), tables=(Place,))]


        @hookimpl
        def tables():
            return [TableDeclaration(table=Place, subject_free="Rooms, nobody's.")]
        ```
        """

    @hookspec
    def records(self) -> Sequence[RecordDeclaration]:  # type: ignore[empty-body]
        """Tables with personal content: the sealed struct, whose it is, and what becomes of it.

        Called: once, at start; of a disabled plugin too, as long as its tables hold something.
        Returns: a list of `RecordDeclaration`. What is declared here is part of the copy a person gets, of their erasure, of holds,
        of retention and of restriction without another line of code.
        Failure: a table without `id`, `version` and `sealed`, a text column that is neither sealed nor on the `clear` list, or a
        record that is kept on erasure without a reason, stops the start.

        ```python
        import msgspec
        from piccolo.columns import UUID, Bytea, Integer
        from piccolo.table import Table


        class Member(Table, tablename="membership_member", db=DATA):
            id = UUID(primary_key=True)
            contact_id = UUID(index=True)
            version = Integer()
            sealed = Bytea()


        class MemberContent(Sealed, frozen=True):
            number: ShortText = ""
            note: LongText = ""


        @hookimpl
        def records():
            return [
                RecordDeclaration(
                    table=Member,
                    content=MemberContent,
                    subject="contact_id",
                    retention_class="relationship",
                    purpose="relationship",
                    label="Membership",
                )
            ]
        ```
        """

    @hookspec
    def tables(self) -> Sequence[TableDeclaration]:  # type: ignore[empty-body]
        """Tables without personal content, each with the reason why nothing in it leads to a person.

        Called: once, at start; of a disabled plugin too, as long as its tables hold something.
        Returns: a list of `TableDeclaration`. With `subject`, its rows go when the contact they name is erased.
        Failure: a column of text, JSON or bytes that is not on the `clear` list with a reason stops the start.

        ```python
        from piccolo.columns import UUID, Integer, Varchar
        from piccolo.table import Table


        class Fee(Table, tablename="membership_fee", db=DATA):
            id = UUID(primary_key=True)
            kind = Varchar(length=20)
            amount_minor = Integer()


        @hookimpl
        def tables():
            return [TableDeclaration(table=Fee, subject_free="A list of prices.", clear={"kind": "One of three words."})]
        ```
        """

    @hookspec
    def stores(self) -> Sequence[StoreDeclaration]:  # type: ignore[empty-body]
        """Places beside the tables that keep personal data, such as files or another system.

        Called: once, at start; of a disabled plugin too, as long as its tables hold something.
        Returns: a list of `StoreDeclaration`. `collect` is called for every copy of a person's data, `erase` for every erasure.
        Failure: an error in `collect` fails the whole copy: nobody gets an answer that silently lacks something. An error in `erase`
        stops the erasure, which is taken up again later; so `erase` may be called twice.

        ```python
        async def collect_badges(crm, access, contact_id):
            async def read():
                yield b"..."

            return [StoredItem(name="badge.png", media_type="image/png", read=read)]


        async def erase_badges(crm, contact_id):
            return 1


        @hookimpl
        def stores():
            return [StoreDeclaration(key="membership.badges", label="Badges", collect=collect_badges, erase=erase_badges)]
        ```
        """

    @hookspec
    def trash_guards(self) -> Sequence[TrashGuard]:  # type: ignore[empty-body]
        """Reasons why a contact in the trash must not be erased yet, although its thirty days are over; or cannot come back.

        Called: once, at start. What it declares is asked by the job that empties the trash, and when a contact is taken out.
        Returns: a list of `TrashGuard`; each answers with those contacts that stay, and why, in words without anything personal.
        Failure: a guard that raises stops both: nothing is erased that nobody could be asked about.

        ```python
        async def owing(crm, contact_ids):
            rows = await crm.data.fetch("SELECT contact_id FROM membership_fee WHERE paid_at IS NULL")
            unpaid = {row["contact_id"] for row in rows}
            return {one: "A fee is open." for one in contact_ids if one in unpaid}


        @hookimpl
        def trash_guards():
            return [TrashGuard(key="membership.fees", stays=owing)]
        ```
        """

    @hookspec
    def purposes(self) -> Sequence[PurposeDeclaration]:  # type: ignore[empty-body]
        """What personal data may be opened for.

        Called: once, at start; of a disabled plugin too, as long as its tables hold something.
        Returns: a list of `PurposeDeclaration`. The door opens sealed content for a declared purpose only, and the read log names it.
        Failure: a key that is declared twice, or does not begin with the plugin's, stops the start. Opening for a purpose that nobody
        declared raises `PurposeRefused`.

        ```python
        @hookimpl
        def purposes():
            return [PurposeDeclaration(key="membership.care", label="Looking after members", basis="contract")]
        ```
        """

    @hookspec
    def permissions(self) -> Sequence[PermissionDeclaration]:  # type: ignore[empty-body]
        """Permission keys and the roles that have them at first.

        Called: once, at start; of a disabled plugin too, as long as its tables hold something.
        Returns: a list of `PermissionDeclaration`. Routes, panels and places in the navigation name such a key; functions that do the
        work ask for it with `access.actor.require(...)`.
        Failure: a key that is declared twice, or does not begin with the plugin's, stops the start; so does a route that names a
        permission nobody declared. Whoever lacks a permission sees what they would see if the thing did not exist.

        ```python
        @hookimpl
        def permissions():
            return [
                PermissionDeclaration(key="membership.read", label="See members", roles=EVERYBODY),
                PermissionDeclaration(key="membership.write", label="Look after members", roles=WORKERS),
            ]
        ```
        """

    @hookspec
    def jobs(self) -> Sequence[JobDeclaration]:  # type: ignore[empty-body]
        """Work that runs after the commit that caused it, or on a schedule.

        Called: once, at start. `run` is called in a worker, at least once for every time it was queued with `enqueue`.
        Returns: a list of `JobDeclaration`. Arguments are ids, whole numbers, yes or no, and registered keys, never personal data.
        Failure: what `run` raises is logged by its type, and the job is tried again with growing pauses until its attempts are used
        up; then it stands on the page of jobs. One that takes longer than its lease is cancelled and counts as failed.

        ```python
        async def renew(crm, arguments):
            await crm.data.fetch("UPDATE membership_member SET year = year + 1 WHERE id = ?", arguments["member_id"])


        @hookimpl
        def jobs():
            return [JobDeclaration(key="membership.renew", label="Renew a membership", run=renew, seconds=60)]
        ```
        """

    @hookspec
    def listeners(self) -> Sequence[Listener]:  # type: ignore[empty-body]
        """Connections that are held open as long as the program runs: a mailbox that says when mail comes, a telephone exchange.

        Called: once, at start. `run` is called in every process that does jobs, as soon as it does them.
        Returns: a list of `Listener`. It must not keep the processor from others: it waits for what it hears, and leaves the work
        that follows to a job.
        Failure: what `run` raises is logged by its type, and it is begun anew after a pause that grows from one second to a minute.
        When the program stops, `stop` is set; whoever still runs a few seconds later is cancelled.

        ```python
        import asyncio
        import contextlib


        async def watch_gate(crm, stop):
            while not stop.is_set():
                await enqueue(crm, "membership.count_visitors")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), timeout=60)


        @hookimpl
        def listeners():
            return [Listener(key="membership.gate", label="Turnstile at the door", run=watch_gate)]
        ```
        """

    @hookspec
    def self_checks(self) -> Sequence[SelfCheck]:  # type: ignore[empty-body]
        """What an installation looks at when it is asked whether it is sound.

        Called: once, at start. `findings` is called by `confida doctor` and by the page of the system.
        Returns: a list of `SelfCheck`. A finding is a plain sentence with what can be done about it, and changes nothing.
        Failure: a check that raises is a finding of its own, with the plugin's name and the type of the error; the others are made.

        ```python
        async def look_at_numbers(crm):
            rows = await crm.data.fetch("SELECT count(*) AS members FROM membership_member WHERE number IS NULL")
            missing = rows[0]["members"]
            text = f"{missing} members have no number." if missing else "Every member has a number."
            return [Finding("Members", "warning" if missing else "good", text, "Run `confida membership number`.")]


        @hookimpl
        def self_checks():
            return [SelfCheck(key="membership.numbers", findings=look_at_numbers)]
        ```
        """

    @hookspec
    def index_fields(self) -> Sequence[IndexField]:  # type: ignore[empty-body]
        """Attributes of a contact that lists, filters and segments can ask for.

        Called: once, at start. `value` is called for every contact that changes, and for all when the index is built anew. A field
        that tells of a plugin's own tables has `gather` instead, which is asked for many contacts at once, and `follows`, the
        record tables whose rows, when written, have their subject asked about again.
        Returns: a list of `IndexField`. It becomes a field of the condition language, `{"field": "membership.seniority", ...}`.
        Failure: a key that is declared twice or lacks the plugin's stops the start. What `value` or `gather` raises stops the
        building of the index, so `value` answers None for what is not known, and `gather` leaves it out.

        ```python
        def seniority(content, row):
            return (now() - row["created_at"]).days // 365


        @hookimpl
        def index_fields():
            return [IndexField(key="membership.seniority", type="number", label="Years with us", value=seniority)]
        ```
        """

    @hookspec
    def timeline_sources(self) -> Sequence[TimelineSource]:  # type: ignore[empty-body]
        """What appears on a contact's timeline beside interactions and messages.

        Called: once, at start. `entries` is called for every piece of a timeline that somebody looks at.
        Returns: a list of `TimelineSource`. It opens through the access it is given, so that the read log knows. `kinds` are those
        somebody asked for, none for all; `before` is the place to go on from, None for the newest.
        Failure: a source that raises, hangs or returns rubbish is replaced by a notice that names it; the page and the other sources
        live. After five failures in a row it is left alone for a while.

        ```python
        async def member_entries(crm, access, contact_id, *, kinds, before, limit):
            if kinds and "membership" not in kinds:
                return []
            found = await crm.data.fetch(
                "SELECT * FROM membership_member WHERE contact_id = ? AND joined_at < ? ORDER BY joined_at DESC LIMIT ?",
                contact_id, before.at if before else now(), limit,
            )
            return [
                TimelineItem(id=row["id"], at=row["joined_at"], kind="membership", kind_label="Became a member") for row in found
            ]


        @hookimpl
        def timeline_sources():
            return [TimelineSource(key="membership.joined", label="Membership", entries=member_entries)]
        ```
        """

    @hookspec
    def importers(self) -> Sequence[Importer]:  # type: ignore[empty-body]
        r"""File formats that contacts can be read from.

        Called: once, at start. `recognises` and `drafts` are called for every file that somebody brings.
        Returns: a list of `Importer`. What no importer recognises is read as a table, whose columns are matched on a page.
        Failure: `UnreadableFile` refuses the file with its message; anything else that is raised fails the import, which has changed
        nothing or can be undone. A card or row that cannot be read is a `RowError`, and stands in the report.

        ```python
        def read_addresses(data, region):
            for number, line in enumerate(data.decode().splitlines(), 1):
                content = ContactContent(display_name=line, emails=[EmailAddress(address=line)])
                yield ContactDraft(kind=ContactKind.PERSON, content=validate_content(content), source_row=number, source_text=line)


        @hookimpl
        def importers():
            return [
                Importer(
                    key="membership.addresses",
                    label="List of addresses",
                    suffixes=("addresses",),
                    recognises=lambda head: head.startswith(b"#addresses"),
                    drafts=read_addresses,
                    count=lambda data: data.count(b"\n"),
                )
            ]
        ```
        """

    @hookspec
    def exporters(self) -> Sequence[Exporter]:  # type: ignore[empty-body]
        r"""File formats that contacts can be taken out as.

        Called: once, at start. `write` is called for every batch of some 200 contacts of an export, in order.
        Returns: a list of `Exporter`. It is given contacts that were opened already, and noted as read; it opens nothing itself.
        Failure: what is raised ends the file where it is: the browser says that the download failed, and the export stands in the
        record without an end.

        ```python
        async def write_names(crm, access, contacts, custom):
            for contact in contacts:
                yield f"{contact.content.display_name}\n".encode()


        @hookimpl
        def exporters():
            return [
                Exporter(
                    key="membership.names", label="Names only", suffix="txt", media_type="text/plain", write=write_names
                )
            ]
        ```
        """

    @hookspec
    def settings_model(self) -> SettingsModel:  # type: ignore[empty-body]
        """What an operator can choose: on a page, in the environment, or in `config.toml`.

        Called: once, at start.
        Returns: one `SettingsModel`. `await plugin_settings(crm, MembershipSettings)` gives the values in force, from
        `CONFIDA_MEMBERSHIP_FEE_MINOR`, else `[plugin.membership]`, else the page `/settings/plugins/membership`, else the default.
        Failure: a struct that is not frozen, a field without a default or of a type that no page can show, and a name that another
        setting has in the environment, stop the start; so does a value in the environment or the file that the type refuses. A value
        saved on the page that a newer version refuses counts as not chosen.

        ```python
        from typing import Annotated

        import msgspec


        class MembershipSettings(msgspec.Struct, frozen=True):
            fee_minor: Annotated[int, msgspec.Meta(ge=0, title="Yearly fee", description="In cents.")] = 2_500
            api_token: Secret = ""


        @hookimpl
        def settings_model():
            return SettingsModel(model=MembershipSettings)
        ```
        """

    @hookspec
    def cli_commands(self) -> Sequence[CLICommand]:  # type: ignore[empty-body]
        """Commands of the command line: `confida <key> ...`.

        Called: once, when a command is looked for that is not Confida's own, or when all are listed.
        Returns: a list of `CLICommand`; a plugin has one, named as its key, usually a click group. `@pass_program` gives its commands
        the settings and, with `program.run(work)`, the open installation.
        Failure: a command of another name stops the start. What a command raises ends it with a sentence and an exit code, where the
        error is one of ours, and with a traceback otherwise.

        ```python
        @hookimpl
        def cli_commands():
            return [CLICommand(name="membership", place="confida_membership.cli:membership")]
        ```
        """

    @hookspec
    def demo_data(self) -> Sequence[DemoData]:  # type: ignore[empty-body]
        """What `confida demo load` adds to its invented people, so that the plugin's pages have something to show.

        Called: once, at start. `load` is called by `confida demo load`, `remove` by `confida demo purge`.
        Returns: a list of `DemoData`. Both get the ids of the invented people, always in the same order.
        Failure: an error ends the command; what it had done by then can be removed with `confida demo purge`, which can be repeated.

        ```python
        async def load_members(crm, access, people):
            for contact_id in people[:10]:
                await enqueue(crm, "membership.renew", {"member_id": contact_id})


        async def remove_members(crm, access, people):
            return None


        @hookimpl
        def demo_data():
            return [DemoData(key="membership", load=load_members, remove=remove_members)]
        ```
        """

    @hookspec
    def sending_gates(self) -> Sequence[SendingGate]:  # type: ignore[empty-body]
        """Who must agree before anything leaves for, or about, a person. With no gate at all, nothing leaves.

        Called: once, at start. `ask` is called when something is to be sent, and again at the moment it leaves.
        Returns: a list of `SendingGate`. All of them must allow; none can allow what another refuses.
        Failure: whoever is missing from the answer is refused; an error stops the sending, which is tried again later.

        ```python
        async def only_members(crm, contact_ids, purpose, channel):
            members = {row["contact_id"] for row in await crm.data.fetch("SELECT contact_id FROM membership_member")}
            refused = Verdict(allowed=False, reason="no_member", sentence="This goes to members only.")
            return {
                one: Verdict(allowed=True) if one in members or purpose != "membership.letter" else refused
                for one in contact_ids
            }


        @hookimpl
        def sending_gates():
            return [SendingGate(key="membership.letters", ask=only_members)]
        ```
        """

    @hookspec
    def transports(self) -> Sequence[Transport]:  # type: ignore[empty-body]
        """Ways out of the house: e-mail is core's own, others hand over text messages or letters.

        Called: once, at start. The sending door alone calls `deliver`, after all gates have agreed.
        Returns: a list of `Transport`. `await delivery.confirm()` asks the gates once more and writes the disclosure down; it comes
        after whatever takes long and before anything personal leaves.
        Failure: `Undeliverable` ends the message for good; any other error means that it is tried again, for up to three days.

        ```python
        async def hand_over(crm, delivery):
            await delivery.confirm()
            ...


        @hookimpl
        def transports():
            return [
                Transport(
                    path="fax", label="Fax", channels=("fax",), deliver=hand_over, recipient=lambda crm: "Example Fax Ltd"
                )
            ]
        ```
        """

    @hookspec
    def event_kinds(self) -> Sequence[EventKind]:  # type: ignore[empty-body]
        """What can happen to a plugin's records, for handlers of events and for webhooks.

        Called: once, at start. Each kind is told from the change feed, after the commit.
        Returns: a list of `EventKind`. Events hold ids only; `fields` says what may be chosen to be told to others.
        Failure: a kind that names a table nobody declares, or lacks the plugin's key, stops the start.

        ```python
        from piccolo.columns import UUID, Bytea, Integer, Timestamptz
        from piccolo.table import Table


        class Member(Table, tablename="membership_member", db=DATA):
            id = UUID(primary_key=True)
            contact_id = UUID(index=True)
            version = Integer()
            sealed = Bytea()
            since = Timestamptz()


        class MemberContent(Sealed, frozen=True):
            number: ShortText = ""


        @hookimpl
        def records():
            return [
                RecordDeclaration(
                    table=Member, content=MemberContent, subject="contact_id", retention_class="relationship",
                    purpose="relationship", label="Membership",
                )
            ]


        @hookimpl
        def event_kinds():
            since = EventField(
                key="since", label="Member since", value=lambda row, content: row["since"].isoformat(), sealed=False
            )
            return [
                EventKind(
                    key="membership.joined", label="Somebody became a member", table="membership_member", change="created",
                    fields=(since,),
                )
            ]
        ```
        """

    @hookspec
    def event_handlers(self) -> Sequence[EventHandler]:  # type: ignore[empty-body]
        """Who is told of what happened, after the commit, at least once and in order.

        Called: once, at start. `run` is called in a job with the events of its kinds, some at a time.
        Returns: a list of `EventHandler`. Each follows the feed by itself; webhooks are told this way.
        Failure: what a handler raises is tried again, and after five times it stops nobody but itself, as a dead letter on the page of
        jobs.

        ```python
        async def count(crm, events):
            for event in events:
                await crm.data.fetch("UPDATE membership_figure SET contacts = contacts + 1 WHERE last <> ?", event.id)


        @hookimpl
        def event_handlers():
            return [EventHandler(key="membership.count", label="Count contacts", kinds=("contact.created",), run=count)]
        ```
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

"""The hooks web calls: each once, at start; each returns data and does nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confida_core.hookspecs import hookspec
from confida_web.declarations import (
    Command,
    ContactPanel,
    DashboardWidget,
    ListAction,
    NavDeclaration,
    PageScript,
    PortalItem,
    SearchSource,
)
from confida_web.rest.declarations import ApiResource
from confida_web.route_check import plugin_routes


class WebHooks:
    """Web's hookspecs."""

    _checks = (plugin_routes,)

    @hookspec
    def routes(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """Pages: Litestar handlers, each with the permission it needs.

        Called: once, at start.
        Returns: a list of handlers. Each names its permission or says `public=True`; a plugin's paths begin with `/x/<key>/`. Session,
        permission and CSRF token are checked before the handler runs, and what it read is written down before its answer leaves.
        Failure: a route that nobody guards, that names a permission nobody declared, or that lies elsewhere, stops the start. What a
        handler raises is answered with a page: NotFound and Forbidden alike (404), VersionConflict (409), BadBody (4xx), else 500.

        ```python
        @get("/x/membership/{contact_id:uuid}", permission="contacts.read")
        async def member(request: Request[Any, Any, Any], contact_id: FromPath[UUID]) -> Response[Any]:
            access, contact = await open_contact(request, contact_id)
            return page(request, MemberPage(name=contact.content.display_name))


        class MemberPage(Page):
            template: ClassVar[str] = "membership/member.html"
            title: ClassVar[str] = "Member"


        @hookimpl
        def routes():
            return [member]
        ```
        """

    @hookspec
    def nav_items(self) -> Sequence[NavDeclaration]:  # type: ignore[empty-body]
        """Places of the side navigation and of quick add.

        Called: once, at start. `badge` is called once for every whole page.
        Returns: a list of `NavDeclaration`; whoever lacks its permission does not see it.
        Failure: a badge that raises shows nothing; the page lives.

        ```python
        @hookimpl
        def nav_items():
            return [
                NavDeclaration(
                    key="membership", label="Members", icon="users", href="/x/membership/", permission="contacts.read", order=60
                )
            ]
        ```
        """

    @hookspec
    def contact_panels(self) -> Sequence[ContactPanel]:  # type: ignore[empty-body]
        """Boxes on a contact's page.

        Called: once, at start. `data` is called whenever somebody who has the permission looks at a contact.
        Returns: a list of `ContactPanel`. What `data` returns are the names its template may use.
        Failure: a panel that raises, hangs or returns rubbish is replaced by a notice, and logged with its plugin; the page lives. After
        five failures in a row it is left alone for a while.

        ```python
        async def member_data(crm, access, contact_id):
            rows = await crm.data.fetch("SELECT joined_at FROM membership_member WHERE contact_id = ?", contact_id)
            return {"joined_at": rows[0]["joined_at"] if rows else None}


        @hookimpl
        def contact_panels():
            return [
                ContactPanel(
                    key="membership", title="Membership", template="membership/panel.html", permission="contacts.read",
                    data=member_data,
                )
            ]
        ```
        """

    @hookspec
    def dashboard_widgets(self) -> Sequence[DashboardWidget]:  # type: ignore[empty-body]
        """Boxes on "My day".

        Called: once, at start. `data` is called whenever somebody who has the permission looks at their day.
        Returns: a list of `DashboardWidget`.
        Failure: as of a panel on a contact's page: a notice in its place, and the page lives.

        ```python
        async def figures(crm, access):
            rows = await crm.data.fetch("SELECT count(*) AS members FROM membership_member")
            return {"members": rows[0]["members"]}


        @hookimpl
        def dashboard_widgets():
            return [
                DashboardWidget(
                    key="membership", title="Members", template="membership/figures.html", permission="contacts.read",
                    data=figures,
                )
            ]
        ```
        """

    @hookspec
    def template_folders(self) -> Sequence[Path]:  # type: ignore[empty-body]
        """Folders with templates.

        Called: once, at start.
        Returns: a list of folders, each with one folder named after the plugin's key, so that `membership/panel.html` is a name no
        other plugin can take. Ours come first: no plugin can replace a page of Confida.
        Failure: a template that is missing or raises fails what it was for: a panel shows its notice, a page answers with 500.

        ```python
        from pathlib import Path


        @hookimpl
        def template_folders():
            return [Path("templates")]
        ```
        """

    @hookspec
    def static_folders(self) -> Sequence[Path]:  # type: ignore[empty-body]
        """Folders with style sheets, scripts and pictures.

        Called: once, at start, when their files are read; what changes later is not seen before the next start.
        Returns: a list of folders. The file `card.css` of a plugin is `static("x/membership/card.css")` in templates, an address
        with a mark of the content, which browsers keep for a year. Pages put it into the block `assets`; the template of a panel or
        widget begins with its own `<link rel="stylesheet">`. Scripts are `<script type="module" src="...">`: nothing inline runs,
        and nothing of another host. Rules stand in `@layer app`, like ours, and use the colours of ours, which know light and dark.
        Served are `.css`, `.js`, `.svg`, `.png`, `.jpg`, `.webp`, `.woff2`, `.json` and `.txt`; to everybody, so nothing secret.
        Failure: a name that is not there raises in the template, and so fails the page or panel that asks for it.

        ```python
        from pathlib import Path


        @hookimpl
        def static_folders():
            return [Path("static")]
        ```
        """

    @hookspec
    def page_scripts(self) -> Sequence[PageScript]:  # type: ignore[empty-body]
        """Scripts on every page of staff, for what must reach people wherever they are, such as a call.

        Called: once, at start. `wanted` is asked for whole pages, of those who have the permission, so it answers by one small query.
        Returns: a list of `PageScript`. It is loaded as a module, after the page; whatever it shows must also stand on a page of
        its own, for those without scripts.
        Failure: one whose `wanted` raises, hangs, or says no is left out, and the page lives. A file that is not there stops the start.

        ```python
        async def listens(crm, access):
            return bool(await crm.data.fetch("SELECT id FROM account WHERE id = ?", access.actor.id))


        @hookimpl
        def page_scripts():
            return [PageScript(key="membership.bell", src="x/membership/bell.js", permission="contacts.read", wanted=listens)]
        ```
        """

    @hookspec
    def translation_folders(self) -> Sequence[Path]:  # type: ignore[empty-body]
        """Folders with the words of a plugin in other languages, for its pages on the public side.

        Called: once, at start. The file of a language is read when somebody asks for the first page in it.
        Returns: a list of folders, each with files such as `de.po`: what stands in `_('...')` in templates and in `gettext` in code,
        in the plugin's own English, and the same in the other language. Nothing is compiled.
        Failure: what has no words in a language is shown in English; what Confida says itself, it says as it always does.

        ```python
        from pathlib import Path


        @hookimpl
        def translation_folders():
            return [Path("translations")]
        ```
        """

    @hookspec
    def portal_routes(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """Pages of the public side: Litestar handlers that say who may see them.

        Called: once, at start.
        Returns: a list of handlers; a plugin's paths begin with `/my/x/<key>/`. Each says `person=True` (for somebody who is signed in
        there, by a code sent to an address that is stored; anybody else is led to the page that asks for the address) or
        `public=True` (for everybody). `request.state.person` is that person, `access_for(request, purpose)` their own access, which
        the read log names like any other. Pages are shown with `show_portal`, their templates extend "portal/layout.html", and
        `ui.csrf(frame)` stands in each form.
        Failure: a handler that says neither, or whose path lies elsewhere, stops the start. What a handler raises is answered with the
        public side's own page of errors.

        ```python
        class CardPage(Page):
            template: ClassVar[str] = "membership/card.html"
            title: ClassVar[str] = "Your membership"


        @get("/my/x/membership/card", person=True)
        async def card(request: Request[Any, Any, Any]) -> Response[Any]:
            access = access_for(request, "relationship")
            access.actor.require("contacts.read")
            return show_portal(request, CardPage())


        @hookimpl
        def portal_routes():
            return [card]
        ```
        """

    @hookspec
    def portal_items(self) -> Sequence[PortalItem]:  # type: ignore[empty-body]
        """Places in the navigation of people who are signed in to the public side.

        Called: once, at start. A badge is asked for once per whole page, with the person's own access.
        Returns: a list of `PortalItem`.
        Failure: a badge that raises, takes longer than five seconds or returns no number shows nothing, is logged with its plugin, and
        is left alone for a while after five failures in a row.

        ```python
        @hookimpl
        def portal_items():
            return [
                PortalItem(
                    key="membership.card", label="Your membership", labels={"de": "Ihre Mitgliedschaft"},
                    href="/my/x/membership/card", icon="user",
                )
            ]
        ```
        """

    @hookspec
    def commands(self) -> Sequence[Command]:  # type: ignore[empty-body]
        """Entries of the palette (Ctrl K). The places of the navigation stand there by themselves.

        Called: once, at start.
        Returns: a list of `Command`, each shown to whoever has its permission, when every word that was typed begins a word of its
        label or keywords.
        Failure: a command that leads out of this installation, or does something at an address that is not the plugin's own, stops the
        start.

        ```python
        @hookimpl
        def commands():
            return [
                Command(
                    key="membership.renew", label="Renew memberships", permission="contacts.write",
                    action="/x/membership/renew", keywords=("fees", "year"),
                )
            ]
        ```
        """

    @hookspec
    def list_actions(self) -> Sequence[ListAction]:  # type: ignore[empty-body]
        """Buttons below the list of contacts, for those that are ticked.

        Called: once, at start.
        Returns: a list of `ListAction`. The ids are posted to its address in the fields `ids`, at most some hundreds; whoever takes
        them passes each through its gate, as with any id from outside.
        Failure: an address that is not the plugin's own stops the start.

        ```python
        @hookimpl
        def list_actions():
            return [
                ListAction(
                    key="membership.invite", label="Invite to join", action="/x/membership/invite",
                    permission="contacts.write", icon="letter",
                )
            ]
        ```
        """

    @hookspec
    def search_sources(self) -> Sequence[SearchSource]:  # type: ignore[empty-body]
        """What the search and the palette find besides contacts.

        Called: once, at start. `find` is called with every search of somebody who has the permission.
        Returns: a list of `SearchSource`, whose `find` answers with a list of `Found`, the best first.
        Failure: a source that raises, takes longer than five seconds or returns anything else is replaced by a notice with its plugin's
        name; after five failures in a row it is left alone for a while. The other results are shown all the same.

        ```python
        async def find_clubs(crm, access, words, limit):
            clubs = await crm.data.fetch("SELECT id, name FROM membership_club")
            found = [club for club in clubs if matches_words(club["name"], words)]
            return [Found(label=club["name"], href=f"/x/membership/clubs/{club['id']}") for club in found[:limit]]


        @hookimpl
        def search_sources():
            return [SearchSource(key="membership.clubs", label="Clubs", permission="contacts.read", find=find_clubs)]
        ```
        """

    @hookspec
    def api_resources(self) -> Sequence[ApiResource]:  # type: ignore[empty-body]
        """What programs may read and change through the REST API, at `/api/v1/<key>`, a plugin's at `/api/v1/x/<plugin>/<key>`.

        Called: once, at start. The functions of a resource are called with the access of the token's owner, for the token's purpose.
        Returns: a list of `ApiResource`. From each come the routes, the part of the OpenAPI document, and the paragraph of its page. A
        record that is shown as it was declared needs one line, `record_resource`.
        Failure: one that does not fit together (a permission or purpose nobody declares, a shape that can be changed but not read) stops
        the start. What its functions raise is answered like everywhere: NotFound 404, InvalidContent 422, VersionConflict 412, and
        anything else with 500 and a reference to the log.

        ```python
        from piccolo.columns import UUID, Bytea, Integer
        from piccolo.table import Table


        class Member(Table, tablename="membership_member", db=DATA):
            id = UUID(primary_key=True)
            contact_id = UUID(index=True)
            version = Integer()
            sealed = Bytea()


        class MemberContent(Sealed, frozen=True):
            number: ShortText = ""


        MEMBER = RecordDeclaration(
            table=Member, content=MemberContent, subject="contact_id", retention_class="relationship", purpose="relationship",
            label="Membership",
        )


        @hookimpl
        def records():
            return [MEMBER]


        @hookimpl
        def api_resources():
            return [
                record_resource(
                    MEMBER, key="memberships", label="Memberships", summary="Who is a member.", read="contacts.read",
                    write="contacts.write", delete="contacts.write",
                )
            ]
        ```
        """

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
    NavDeclaration,
    PortalItem,
    SearchSource,
)
from confida_web.rest.declarations import ApiResource


class WebHooks:
    """Web's hookspecs."""

    @hookspec
    def routes(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """Litestar handlers. Each names its permission or says public=True; a plugin's paths begin with /x/<key>/.

        @get("/x/membership/{member_id:uuid}", permission="membership.read")
        async def member(request: Request, member_id: UUID) -> Response: ...

        def routes():
            return [member]
        """

    @hookspec
    def nav_items(self) -> Sequence[NavDeclaration]:  # type: ignore[empty-body]
        """Places of the side navigation and of quick add."""

    @hookspec
    def contact_panels(self) -> Sequence[ContactPanel]:  # type: ignore[empty-body]
        """Boxes on a contact's page."""

    @hookspec
    def dashboard_widgets(self) -> Sequence[DashboardWidget]:  # type: ignore[empty-body]
        """Boxes on "My day"."""

    @hookspec
    def template_folders(self) -> Sequence[Path]:  # type: ignore[empty-body]
        """Folders with templates, each with one folder named after the plugin's key."""

    @hookspec
    def portal_routes(self) -> Sequence[Any]:  # type: ignore[empty-body]
        """Pages of the public side: Litestar handlers that say who may see them; a plugin's paths begin with /my/x/<key>/.

        Called once at start. Each handler says `person=True` (for somebody who is signed in there, by a code sent to an
        address that is stored; anybody else is led to the page that asks for the address) or `public=True` (for everybody).
        `request.state.person` is that person, `access_for(request, purpose)` their own access, which the read log names
        like any other. Forms are checked as on our own public pages: `ui.csrf(frame)` stands in each of them. Pages are
        shown with `show_portal`, and their templates extend "portal/layout.html".

        A handler that says neither, or whose path lies elsewhere, stops the start. What a handler raises is answered with
        the public side's own page of errors. Core's pages below /my are declared here too.

        ```python
        @get("/my/x/membership/card", person=True)
        async def card(request: Request[Any, Any, Any]) -> Response[Any]:
            member = await membership_of(request.state.crm, access_for(request, "membership"), request.state.person.id)
            return show_portal(request, CardPage(member=member))


        @hookimpl
        def portal_routes():
            return [card]
        ```
        """

    @hookspec
    def portal_items(self) -> Sequence[PortalItem]:  # type: ignore[empty-body]
        """Places in the navigation of people who are signed in to the public side.

        Called once at start. The badge is asked once per whole page, with the person's own access; one that raises, takes
        longer than five seconds or returns no number shows no badge, is logged with its plugin, and is left alone for a
        while after five failures in a row. "Your choices" and "Your requests" are declared here too.

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

        Called once at start; a command that leads out of this installation, or does something at an address that is not
        the plugin's own, stops the start. Shown to whoever has its permission, when every word that was typed begins a
        word of its label or keywords.

        ```python
        @hookimpl
        def commands():
            return [
                Command(
                    key="membership.renew", label="Renew memberships", permission="membership.write",
                    action="/x/membership/renew", keywords=("fees", "year"),
                )
            ]
        ```
        """

    @hookspec
    def search_sources(self) -> Sequence[SearchSource]:  # type: ignore[empty-body]
        """What the search and the palette find besides contacts.

        Called once at start; `find` is called with every search of somebody who has the permission. A source that raises,
        takes longer than five seconds or returns anything but a list of `Found` is replaced by a notice with its plugin's
        name; after five failures in a row it is left alone for a while. The other results are shown all the same.

        ```python
        async def find_clubs(crm, access, words, limit):
            found = [club for club in await all_clubs(crm) if matches_words(club.name, words)]
            return [Found(label=club.name, href=f"/x/membership/clubs/{club.id}") for club in found[:limit]]


        @hookimpl
        def search_sources():
            return [
                SearchSource(key="membership.clubs", label="Clubs", permission="membership.read", find=find_clubs)
            ]
        ```
        """

    @hookspec
    def api_resources(self) -> Sequence[ApiResource]:  # type: ignore[empty-body]
        """What programs may read and change through the REST API, at /api/v1/<key>, a plugin's at /api/v1/x/<plugin>/<key>.

        Called once at start. From each declaration come the routes, the part of the OpenAPI document, and the paragraph of
        its page. One that does not fit together (a permission or purpose nobody declares, a shape that can be changed but
        not read) stops the start. Its functions are called with the access of the token's owner, for the token's purpose;
        what they raise is answered like everywhere (NotFound 404, InvalidContent 422, VersionConflict 412), anything else
        with 500 and a reference to the log. A record that is kept as it was declared needs one line. Core's own resources
        are declared here too.

        ```python
        @hookimpl
        def api_resources():
            return [
                record_resource(
                    MEMBERSHIP, key="memberships", label="Memberships", summary="Who is a member, and since when.",
                    read="membership.read", write="membership.write", delete="membership.write",
                )
            ]
        ```
        """

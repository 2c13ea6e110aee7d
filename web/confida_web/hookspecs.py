"""The hooks web calls: each once, at start; each returns data and does nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confida_core.hookspecs import hookspec
from confida_web.declarations import ContactPanel, DashboardWidget, NavDeclaration


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

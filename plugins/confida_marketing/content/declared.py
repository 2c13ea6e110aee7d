"""What this part of marketing declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_marketing.content import (
    edit_routes,
    email_content,
    email_routes,
    list_routes,
    picture_routes,
    public_routes,
)
from confida_web.api import Command, mark

TABLE_MODULES = ("confida_marketing.content.tables",)
RECORDS = email_content.RECORDS
TABLES = email_content.TABLES
ROUTES = (*list_routes.ROUTES, *email_routes.ROUTES, *edit_routes.ROUTES, *picture_routes.ROUTES)
PORTAL_ROUTES = public_routes.PORTAL_ROUTES
COMMANDS = (
    Command(
        key="marketing.emails",
        label=mark("E-mails to many"),
        permission="marketing.read",
        href=list_routes.EMAILS,
        keywords=("newsletter", "template", "mailing"),
        icon="mail",
    ),
    Command(
        key="marketing.new_email",
        label=mark("Write an e-mail to many"),
        permission="marketing.write",
        href=f"{list_routes.EMAILS}/new",
        keywords=("newsletter", "appeal", "invitation"),
        icon="mail",
    ),
)

"""Contacts in the browser."""

from __future__ import annotations

from confida_web.contacts import routes_contact, routes_edit, routes_list, routes_relationships
from confida_web.declarations import NavDeclaration

ROUTES = (*routes_list.ROUTES, *routes_edit.ROUTES, *routes_contact.ROUTES, *routes_relationships.ROUTES)

NAV_ITEMS = (
    NavDeclaration(
        key="contacts", label="Contacts", icon="users", href="/contacts", permission="contacts.read", order=20
    ),
    NavDeclaration(
        key="person",
        label="Person",
        icon="add-user",
        href="/contacts/new?kind=person",
        permission="contacts.write",
        order=10,
        quick_add=True,
    ),
    NavDeclaration(
        key="organisation",
        label="Organisation",
        icon="organisation",
        href="/contacts/new?kind=organisation",
        permission="contacts.write",
        order=20,
        quick_add=True,
    ),
)

"""Who is behind a request to the public side, which language they read, and the frame of their page.

A person comes with a session (an e-mailed code opened it) or with a link of their own, `/my/p/<token>/...`. Staff are
nobody here: their session is not even looked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from confida_consent.sharing import INSIDE
from confida_consent.tokens import find_token
from confida_consent.ways_in import find_person_session
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.vault.access import Actor
from confida_web.frame import Frame, LanguageLink, NavItem
from confida_web.languages import LANGUAGES, choose, direction_of, known
from confida_web.portal.cookies import LANGUAGE, PERSON
from confida_web.portal.places import places_of
from confida_web.portal.wanted import wanted_in
from confida_web.security.cookies import read_cookie

HOME = "/my"
LINK = re.compile(r"/my/p/([A-Za-z0-9_-]{1,100})(?:/|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on their own pages. base: where these begin. session_id: None for those who came by a link."""

    id: UUID
    name: str
    language: str
    base: str
    session_id: UUID | None = None
    csrf_token: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(id=self.id, kind="subject")


def is_portal(path: str) -> bool:
    return path == HOME or path.startswith(HOME + "/")


async def recognise_person(crm: Installation, scope: MutableMapping[str, Any]) -> None:
    """Put `person` (None for strangers), `actor` and `frame` into the request's state. Two or three queries at most."""
    state = scope["state"]
    link = LINK.match(scope["path"])
    person = await by_link(crm, link[1]) if link else await by_session(crm, scope)
    state["person"] = person
    if person is not None:
        state["actor"] = person.actor
    state["frame"] = portal_frame(crm, person, scope, await organisation_of(crm))


async def by_link(crm: Installation, token: str) -> Person | None:
    grant = await find_token(crm, token, "preferences")
    # Both cases look a contact up, so that neither is the faster one.
    return await person_of(crm, grant.subject_id if grant else UUID(int=0), base=f"{HOME}/p/{token}")


async def by_session(crm: Installation, scope: Mapping[str, Any]) -> Person | None:
    secret = read_cookie(scope["headers"], PERSON)
    session = await find_person_session(crm, secret) if secret else None
    if session is None:
        return None
    return await person_of(crm, session.subject_id, session_id=session.id, csrf_token=session.csrf_token)


async def person_of(crm: Installation, subject_id: UUID, base: str = HOME, **session: Any) -> Person | None:
    """None if the contact is gone. Opens its sealed content, for the name and the language of the person's own pages."""
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ?", subject_id)
    opened = await crm.door.open_one(INSIDE, CONTACT, rows[0]) if rows else None
    if opened is None:
        return None
    content = opened.content
    return Person(id=subject_id, name=content.display_name, language=content.language, base=base, **session)


async def organisation_of(crm: Installation) -> str:
    rows = await crm.data.fetch("SELECT value FROM setting WHERE key = 'organisation_name'")
    return rows[0]["value"] if rows and rows[0]["value"] else crm.settings.name


def portal_frame(crm: Installation, person: Person | None, scope: Mapping[str, Any], organisation: str = "") -> Frame:
    """organisation: else the installation's own name, for answers that come before anything was read."""
    language = choose(
        asked=asked_language(scope),
        kept=read_cookie(scope["headers"], LANGUAGE),
        person=person.language if person else "",
        header=header_of(scope, b"accept-language"),
        default=crm.settings.language,
    )
    return Frame(
        lang=language,
        words=language,
        dir=direction_of(language),
        time_zone=crm.settings.time_zone,
        instance_name=organisation or crm.settings.name,
        csrf_token=person.csrf_token if person else "",
        portal=True,
        base=person.base if person else HOME,
        person_name=person.name if person else "",
        person_in=person is not None,
        may_sign_out=person is not None and person.session_id is not None,
        places=own_places(crm, person, scope["path"], language),
        languages=language_links(scope["path"], language, wanted_in(scope)),
    )


def own_places(crm: Installation, person: Person | None, path: str, language: str) -> tuple[NavItem, ...]:
    if person is None:
        return ()
    return places_of(crm.registry, path, language, base=person.base, session=person.session_id is not None)


def asked_language(scope: Mapping[str, Any]) -> str:
    """The language of `?lang=`, "" if there is none of ours."""
    query = scope.get("query_string", b"")
    return known(parse_qs(query.decode("latin-1")).get("lang", [""])[0]) if b"lang=" in query else ""


def language_links(path: str, current: str, following: str = "") -> tuple[LanguageLink, ...]:
    """following: the page somebody wants after signing in."""
    more = f"&next={following}" if following else ""
    return tuple(
        LanguageLink(code=code, label=label, href=f"{path}?lang={code}{more}", current=code == current)
        for code, label in LANGUAGES.items()
    )


def header_of(scope: Mapping[str, Any], name: bytes) -> str:
    """The first header of this name."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")

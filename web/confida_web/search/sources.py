"""What our own pages let the search find besides contacts."""

from __future__ import annotations

from collections.abc import Sequence

from confida_consent.purposes import all_purposes
from confida_core.contacts.views import saved_views
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_web.declarations import Found, SearchSource
from confida_web.search.words import matches_words


async def find_views(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """Lists under a name, of one's own and shared ones."""
    views = [one for one in await saved_views(crm, access) if matches_words(one.content.name, words)]
    return [Found(label=one.content.name, href=f"/contacts?view={one.id}", icon="columns") for one in views[:limit]]


async def find_purposes(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """What consent is asked for, by key or title in any language."""
    found = []
    for key, purpose in (await all_purposes(crm)).items():
        titles = [wording.title for wording in purpose.declared.texts.values()]
        if matches_words(" ".join((key, *titles)), words):
            found.append(
                Found(label=titles[0] if titles else key, href=f"/consents/purposes/{key}", detail=key, icon="shield")
            )
    return found[:limit]


SEARCH_SOURCES = (
    SearchSource(key="views", label="Saved views", permission="contacts.read", find=find_views, order=20),
    SearchSource(key="purposes", label="Purposes", permission="consents.read", find=find_purposes, order=30),
)
